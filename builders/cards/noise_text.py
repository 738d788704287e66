"""What a card says of the noise that the shots of some configs went through."""

from collections.abc import Mapping, Sequence

import numpy as np

from builders import families
from builders.dataset.manifest import ConfigEntry
from builders.physics.calibration import Calibration
from builders.physics.channel import EXPERIMENT, Channel

MICRO, NANO = 1e6, 1e9


def channels(entries: Mapping[str, ConfigEntry]) -> str:
    """One more list item for every config with a channel, and the numbers of their devices."""
    items = "".join(f"\n- `{n}`: {noise(e)}" for n, e in entries.items() if e.channel)
    devices = {n: e.calibration for n, e in entries.items() if e.calibration is not None}
    return items + "".join(_device(name, device) for name, device in devices.items())


def noise(entry: ConfigEntry) -> str:
    """What the channel of a config does, and that labels do not know of it where they do not."""
    said = Channel.parse(entry.channel or "").sentence
    if families.load(entry.family).record.per_shot:
        return said
    return f"{said} Labels are those of the noiseless state."


def _device(config: str, device: Calibration) -> str:
    head = f"Device of `{config}`, median (smallest to largest) over its qubits and couplings here"
    lines = [
        f"\n\n{head}:\n",
        "| what | number |",
        "|---|---|",
        *(f"| {what} | {number} |" for what, number in summary(device).items()),
    ]
    return "\n".join(lines)


def limits(entries: Mapping[str, ConfigEntry]) -> str:
    """What the shots lack of an experiment, one sentence."""
    if all(families.load(e.family).record.default_shots == 0 for e in entries.values()):
        return "Nothing here was measured."
    kinds = {Channel.parse(e.channel).kind if e.channel else "" for e in entries.values()}
    if kinds == {EXPERIMENT}:
        return "The shots are those of experiments, with all the faults of their devices."
    noisy = sum(e.channel is not None for e in entries.values())
    if not noisy:
        return "The shots are simulated and free of device noise."
    those = " and in configs with a channel alone" if noisy < len(entries) else ""
    return (
        f"The shots are simulated: noise is what the channel says{those}, every "
        "qubit and gate by itself, without crosstalk, leakage or drift."
    )


def summary(device: Calibration) -> dict[str, str]:
    """What is known of a device → its numbers in words."""
    said = {
        "device": f"{device.device}, backend version {device.version}",
        "source": device.source,
        "calibrated": device.date or "not recorded",
        "qubits, site by site": ", ".join(map(str, device.qubits)),
        "a bit 0 is read as 1": _range(device.p01),
        "a bit 1 is read as 0": _range(device.p10),
        "T1": _range(device.t1, MICRO, " µs"),
        "T2": _range(device.t2, MICRO, " µs"),
        "length of a measurement": _range(device.length, MICRO, " µs"),
    }
    gates = device.gates
    if gates is None:
        return said
    return said | {
        f"error of {gates.gate.upper()} on {len(gates.pairs)} couplings": _range(gates.pair_error),
        f"length of {gates.gate.upper()}": _range(gates.pair_length, NANO, " ns"),
        "error of √X": _range(gates.error),
        "length of √X": _range(gates.length, NANO, " ns"),
    }


def _range(values: Sequence[float], times: float = 1.0, unit: str = "") -> str:
    """`0.0098 (0.0044 to 0.034)`, or one number where all are the same."""
    ends = np.quantile(np.array(values) * times, (0.0, 0.5, 1.0))
    low, middle, high = (f"{float(v):.3g}" for v in ends)
    return f"{middle}{unit}" if low == high else f"{middle} ({low} to {high}){unit}"
