"""Circuits of memory experiments with noise, and their detector error models, as text by stim.

`uniform:P` is the circuit-level noise of stim's generated circuits with all four probabilities P:
after a Clifford gate its qubits are depolarized, before a round all data qubits are, after a reset
and before a measurement qubits are flipped. `biased:P,Z` is the same but for the depolarizing: each
qubit concerned, both of a gate too, suffers by itself a Z with probability P·Z and an X or a Y with
P·(1 − Z)/2 each.

The error model is what shots are sampled from: independent faults, each with its probability, the
detectors and the observable that it flips. A channel of exclusive faults is one of independent ones
exactly: depolarizing ones, and biased ones whose Z is a third at least, since z ≥ (x + z)² there.
So nothing is approximate.
Where faults decompose into parts that flip two detectors at most, the model says how, as matching
needs it. Probabilities are written with twelve digits, so that the last bits of a processor's
arithmetic do not show.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.channel import OF_CODES, Channel

if TYPE_CHECKING:
    import stim

CIRCUIT, MODEL = "circuit.stim", "model.dem"
"""Names of the files beside the rows."""
_DIGITS = 12
_UNREADABLE = (OSError, ValueError, IndexError)
"""Bytes that are no UTF-8 are a ValueError; stim calls unknown instructions an IndexError."""


def need_stim() -> Any:
    """The module stim.

    Raises:
        RequestError: it is not installed.
    """
    try:
        import stim
    except ImportError:
        raise RequestError(
            "circuits of codes need stim, which is not installed: pip install 'qslbench[codes]'."
        ) from None
    return stim


def read_circuit(path: Path) -> "stim.Circuit":
    """A circuit from its file.

    Raises:
        RequestError: it cannot be read as one, or stim is not installed.
    """
    stim = need_stim()
    try:
        return stim.Circuit(path.read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        reason = str(error).splitlines()[0]
        raise RequestError(f"{path} cannot be read as a stim circuit: {reason}") from None


def read_model(path: Path) -> "stim.DetectorErrorModel":
    """A detector error model from its file; raises as `read_circuit`."""
    stim = need_stim()
    try:
        return stim.DetectorErrorModel(path.read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        reason = str(error).splitlines()[0]
        raise RequestError(f"{path} cannot be read as an error model: {reason}") from None


def events_of_outcomes(
    circuit: "stim.Circuit",
    outcomes: NDArray[np.uint8] | None,
    sweeps: NDArray[np.uint8] | None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Detection events and flips of the observables that measured outcomes give, bits packed.

    Args:
        circuit: R shots of which were taken.
        outcomes: of its M measurements, uint8 (R, ⌈M/8⌉).
        sweeps: of its sweep bits, uint8 (R, ⌈S/8⌉), where it has any.
    """
    converter = circuit.compile_m2d_converter()
    events, flips = converter.convert(
        measurements=outcomes, sweep_bits=sweeps, separate_observables=True, bit_packed=True
    )
    return events, flips


def memory_texts(task: str, distance: int, rounds: int, channel: str) -> dict[str, str]:
    """A circuit with noise and its error model, by the names of their files.

    Args:
        task: as in `stim.Circuit.generated`, such as `surface_code:rotated_memory_z`.
        distance: of the code.
        rounds: of measurement.
        channel: one of `OF_CODES`.

    Raises:
        RequestError: stim is not installed, or another channel.
    """
    circuit = memory_circuit(task, distance, rounds, Channel.parse(channel))
    return {CIRCUIT: f"{circuit}\n", MODEL: model_text(circuit)}


def memory_circuit(task: str, distance: int, rounds: int, channel: Channel) -> "stim.Circuit":
    """The circuit with noise; see `memory_texts`."""
    if channel.kind not in OF_CODES:
        raise RequestError(
            f"channel {channel}: its shots were measured by others and cannot be sampled. Import "
            "them (`qslbench import`), or give uniform:P or biased:P,Z."
        )
    p = channel.probabilities[0]
    circuit = need_stim().Circuit.generated(
        task,
        distance=distance,
        rounds=rounds,
        after_clifford_depolarization=p,
        before_round_data_depolarization=p,
        before_measure_flip_probability=p,
        after_reset_flip_probability=p,
    )
    if channel.kind == "biased":
        circuit = _biased(circuit, *channel.probabilities)
    return circuit


def _biased(circuit: "stim.Circuit", p: float, z: float) -> "stim.Circuit":
    """The circuit with every depolarizing made a biased fault of each of its qubits."""
    stim = need_stim()
    out = stim.Circuit()
    faults = [p * (1.0 - z) / 2.0, p * (1.0 - z) / 2.0, p * z]
    for instruction in circuit:
        if isinstance(instruction, stim.CircuitRepeatBlock):
            body = _biased(instruction.body_copy(), p, z)
            out.append(stim.CircuitRepeatBlock(instruction.repeat_count, body))
        elif instruction.name.startswith("DEPOLARIZE"):
            out.append("PAULI_CHANNEL_1", instruction.targets_copy(), faults)
        else:
            out.append(instruction)
    return out


def model_text(circuit: "stim.Circuit") -> str:
    """The detector error model of a circuit, a fault a line, without loops."""
    model = circuit.detector_error_model(
        decompose_errors=True, ignore_decomposition_failures=True, flatten_loops=True
    )
    return "".join(f"{_line(instruction)}\n" for instruction in model.flattened())


def _line(instruction: Any) -> str:
    if instruction.type != "error":
        return str(instruction)
    (p,) = instruction.args_copy()
    targets = " ".join(map(str, instruction.targets_copy()))
    return f"error({p:.{_DIGITS}g}) {targets}"
