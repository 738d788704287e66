"""Noise channels of a record: what is between a state and the bits that are read off it.

A channel is named in commands as `readout:0.01,0.02`, `depolarizing:0.05` or
`device:FakeSherbrooke`, and in names of configs as `readout_0.01_0.02`, `depolarizing_0.05` or
`device_fake_sherbrooke`. Either is read; a number has one spelling (`.010` is `0.01`).

`readout:P01,P10`: a bit 0 is read as 1 with probability P01, a bit 1 as 0 with probability P10.
`depolarizing:P`: right before it is measured, every qubit suffers X, Y or Z, each with probability
P/3, so that the expectation value of a Pauli string of weight k is scaled by (1 − 4P/3)^k.
`device:NAME`: relaxation and readout errors of a calibrated device; see `site_channel`. Rows that
are states of circuits run in the device's gates before, with their noise; see `gate_noise`.
"""

import re
from dataclasses import dataclass

from builders.core.errors import RequestError, unknown

DEVICE = "device"
NUMBERS = {"depolarizing": ("P",), "readout": ("P01", "P10")}
"""Kind → names of its probabilities."""
KINDS = (*NUMBERS, DEVICE)

DECIMALS = 6
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,3})?")
_DEVICE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")


@dataclass(frozen=True)
class Channel:
    """One channel, the same for every size; `site_channel` places it on sites.

    Attributes:
        kind: `readout`, `depolarizing` or `device`.
        probabilities: those of `NUMBERS`; () of a device.
        device: its name, such as `fake_sherbrooke`; "" of other kinds.
    """

    kind: str
    probabilities: tuple[float, ...] = ()
    device: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("channel", self.kind, KINDS)
        asked = NUMBERS.get(self.kind, ())
        if len(self.probabilities) != len(asked) or bool(self.device) != (self.kind == DEVICE):
            raise RequestError(f"{self.probabilities=} {self.device=}: write {usage(self.kind)}.")
        for name, p in zip(asked, self.probabilities, strict=True):
            if not 0.0 <= p <= 1.0:
                raise RequestError(f"{self.kind} {name} = {p:g}: a probability is within 0 to 1.")
            if float(written(p)) != p:
                raise RequestError(
                    f"{self.kind} {name} = {p!r}: it stands in the config's name. Give at most "
                    f"{DECIMALS} decimals, such as {written(p)}."
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
        return (
            f"Every qubit relaxes (T1, T2) for the length of a measurement and is read with the "
            f"readout errors of its qubit of {self.device}; the calibration is in manifest.json. "
            "A circuit ran in the device's own gates before, with their noise."
        )


def usage(kind: str) -> str:
    """How a channel of this kind is written in commands."""
    return f"{kind}:{'FakeSherbrooke' if kind == DEVICE else ','.join(NUMBERS[kind])}"


def written(number: float) -> str:
    """The one spelling of a probability: at most `DECIMALS` decimals, no zeros at the end."""
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")


def device_name(text: str) -> str:
    """`FakeSherbrooke`, `FakeManilaV2` → `fake_sherbrooke`, `fake_manila`: as backends say it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower().strip("_")
    return words.removesuffix("_v2")
