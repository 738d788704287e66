"""Noise channels of a record: what is between an ideal state or circuit and the bits that are read.

A channel is named in commands as `readout:0.01,0.02`, `depolarizing:0.05` or
`device:FakeSherbrooke`, and in names of configs as `readout_0.01_0.02`, `depolarizing_0.05` or
`device_fake_sherbrooke`. Either is read; a number has one spelling (`.010` is `0.01`).

`readout:P01,P10`: a bit 0 is read as 1 with probability P01, a bit 1 as 0 with probability P10.
`depolarizing:P`: right before it is measured, every qubit suffers X, Y or Z, each with probability
P/3, so that the expectation value of a Pauli string of weight k is scaled by (1 − 4P/3)^k.
`device:NAME`: relaxation and readout errors of a calibrated device; see `site_channel`. Rows that
are states of circuits run in the device's gates before, with their noise; see `gate_noise`.

Circuits of error-correcting codes have channels of their own, which act on every operation:
`uniform:P`: each fails with probability P. `biased:P,Z`: the same, and where qubits are
depolarized the fault is a Z with probability Z; see `builders.solvers.codes.circuits`.
`experiment:NAME`: what was between circuit and bits in shots that others measured.
"""

import re
from dataclasses import dataclass

from builders.core.errors import RequestError, unknown

DEVICE, EXPERIMENT = "device", "experiment"
OF_CODES = ("uniform", "biased")
NUMBERS = {
    "depolarizing": ("P",),
    "readout": ("P01", "P10"),
    "uniform": ("P",),
    "biased": ("P", "Z"),
}
"""Kind → names of its probabilities."""
_NAMED = {DEVICE: "FakeSherbrooke", EXPERIMENT: "willow_d3"}
KINDS = (*NUMBERS, *_NAMED)

DECIMALS = 6
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,3})?")
_DEVICE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_LEAST_Z = 0.333333  # that of unbiased noise, to `DECIMALS`


@dataclass(frozen=True)
class Channel:
    """One channel, the same for every size; `site_channel` places it on sites.

    Attributes:
        kind: one of `KINDS`.
        probabilities: those of `NUMBERS`; () of a device and of an experiment.
        device: its name, such as `fake_sherbrooke`, or that of an experiment; "" of other kinds.
    """

    kind: str
    probabilities: tuple[float, ...] = ()
    device: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("channel", self.kind, KINDS)
        asked = NUMBERS.get(self.kind, ())
        if len(self.probabilities) != len(asked) or bool(self.device) != (self.kind in _NAMED):
            raise RequestError(f"{self.probabilities=} {self.device=}: write {usage(self.kind)}.")
        for name, p in zip(asked, self.probabilities, strict=True):
            self._check(name, p)
            if float(written(p)) != p:
                raise RequestError(
                    f"{self.kind} {name} = {p!r}: it stands in the config's name. Give at most "
                    f"{DECIMALS} decimals, such as {written(p)}."
                )

    def _check(self, name: str, p: float) -> None:
        """Refuse what is no probability, or none that such a channel can have."""
        if not 0.0 <= p <= 1.0:
            raise RequestError(f"{self.kind} {name} = {p:g}: a probability is within 0 to 1.")
        if self.kind in OF_CODES and name == "P" and not 0.0 < p < 0.5:
            raise RequestError(
                f"{self.kind} P = {p:g}: a fault has a probability above 0 and below 0.5, such as "
                f"0.005: without one nothing is to be decoded, and at a half nothing can be."
            )
        if name == "Z" and p < _LEAST_Z:
            raise RequestError(
                f"{self.kind} Z = {p:g}: the share of Z among the faults is {_LEAST_Z}, where "
                "X, Y and Z are alike, to 1."
            )

    @staticmethod
    def parse(text: str) -> "Channel":
        """Read either spelling.

        Raises:
            RequestError: no such channel, other numbers than it has, or one outside 0 to 1.
        """
        given = text.strip()
        kind, mark, rest = given.partition(":")
        if not mark:
            kind, _, rest = given.partition("_")
        if kind not in KINDS:
            raise unknown("channel", kind, KINDS)
        if kind == DEVICE:
            if not _DEVICE.fullmatch(rest):
                raise RequestError(f"channel {text!r}: write {usage(kind)}.")
            return Channel(kind, device=device_name(rest))
        if kind == EXPERIMENT:
            if not _DEVICE.fullmatch(rest) or rest != rest.lower():
                raise RequestError(f"channel {text!r}: write {usage(kind)}, in lower case.")
            return Channel(kind, device=rest)
        parts = [part.strip() for part in rest.split("," if mark else "_")]
        if len(parts) != len(NUMBERS[kind]) or not all(map(_NUMBER.fullmatch, parts)):
            raise RequestError(f"channel {text!r}: write {usage(kind)}.")
        return Channel(kind, tuple(float(part) + 0.0 for part in parts))

    @property
    def name(self) -> str:
        """As in the name of a config: `depolarizing_0.05`."""
        return "_".join([self.kind, *(self._parts or (self.device,))])

    def __str__(self) -> str:
        """As in commands: `depolarizing:0.05`."""
        return f"{self.kind}:{','.join(self._parts or (self.device,))}"

    @property
    def order(self) -> tuple[int, tuple[float, ...], str]:
        """Sorts channels by their kind and strength."""
        return KINDS.index(self.kind), self.probabilities, self.device

    @property
    def _parts(self) -> tuple[str, ...]:
        return tuple(map(written, self.probabilities))

    @property
    def sentence(self) -> str:
        """What it does, for people."""
        if self.kind == "readout":
            p01, p10 = self._parts
            return (
                f"A bit 0 is read as 1 with probability {p01}, a bit 1 as 0 with probability {p10}."
            )
        if self.kind == "depolarizing":
            (p,) = self._parts
            return (
                f"Before it is measured, every qubit suffers X, Y or Z, each with probability "
                f"{p}/3: a Pauli string of weight k is scaled by (1 - 4 * {p}/3)^k."
            )
        if self.kind in OF_CODES:
            return _of_codes(*self._parts)
        if self.kind == EXPERIMENT:
            return f"The shots are those of others, {self.device}, as they were measured."
        return (
            f"Every qubit relaxes (T1, T2) for the length of a measurement and is read with the "
            f"readout errors of its qubit of {self.device}; the calibration is in manifest.json. "
            "A circuit ran in the device's own gates before, with their noise."
        )


def usage(kind: str) -> str:
    """How a channel of this kind is written in commands."""
    return f"{kind}:{_NAMED[kind] if kind in _NAMED else ','.join(NUMBERS[kind])}"


def _of_codes(p: str, z: str = "") -> str:
    """What a channel does to the circuit of a code, for people."""
    said = (
        f"Every operation of the circuit fails with probability {p}: qubits are depolarized after "
        "a gate and data qubits before a round, flipped after a reset and before a measurement."
    )
    if z:
        said += f" Of a depolarized qubit the fault is a Z with probability {z}, else X or Y alike."
    return said


def written(number: float) -> str:
    """The one spelling of a probability: at most `DECIMALS` decimals, no zeros at the end."""
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")


def device_name(text: str) -> str:
    """`FakeSherbrooke`, `FakeManilaV2` → `fake_sherbrooke`, `fake_manila`: as backends say it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower().strip("_")
    return words.removesuffix("_v2")
