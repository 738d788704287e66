"""What was measured on one row: tokens of random-Pauli shots, detection events, or nothing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.channel import DEVICE
from builders.physics.label import Wrong

MAX_SHOTS = 65_536


class Record(ABC):
    """Base of every kind of record.

    Class attributes:
        kind: its name, which a baseline lists in `records`.
        per_shot: whether a row is one shot; then a label belongs to a shot, and rows are many.
        default_shots: copies a row that a build stores.
        names: of its columns.
        has_copies: whether a row holds several copies, along the second axis of its columns.
        channels: kinds of noise channel that act on it, see `Channel`.
        given: what every method gets of it in a cell of n rows and M copies, for people.
    """

    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    has_copies: ClassVar[bool] = False
    per_shot: ClassVar[bool] = False
    channels: ClassVar[tuple[str, ...]] = ()
    default_shots: ClassVar[int]
    given: ClassVar[str]

    @abstractmethod
    def columns(self, size: Size, shots: int) -> tuple[Column, ...]:
        """The columns that hold it, M = `shots` copies a row."""

    @abstractmethod
    def check_shots(self, shots: int) -> None:
        """Refuse numbers of copies a row that it cannot have.

        Raises:
            RequestError: such a number.
        """

    @abstractmethod
    def sentence(self, size: Size) -> str:
        """How a row was measured, for people."""

    def first(self, arrays: Mapping[str, NDArray[Any]], shots: int) -> dict[str, NDArray[Any]]:
        """Its columns cut to the first copies of every row; they are copies, no views."""
        return {
            name: arrays[name][:, :shots].copy() if self.has_copies else arrays[name].copy()
            for name in self.names
        }

    def wrong(self, arrays: Mapping[str, NDArray[Any]], size: Size) -> Iterator[tuple[str, Wrong]]:
        """Columns with impossible values, the rows and how."""
        del arrays, size
        yield from ()


@dataclass(frozen=True)
class PauliTokens(Record):
    """M shots of N qubits, each qubit measured in a random Pauli basis: column `shots`."""

    kind: ClassVar[str] = "pauli_tokens"
    names: ClassVar[tuple[str, ...]] = ("shots",)
    has_copies: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("readout", "depolarizing", DEVICE)
    default_shots: ClassVar[int] = 512
    given: ClassVar[str] = (
        "Every method gets the first n training rows and the first M shots of each, with training "
        "labels estimated from those shots; tasks that ask for a class give the exact classes of "
        "these rows."
    )

    def columns(self, size: Size, shots: int) -> tuple[Column, ...]:
        """`shots`, uint8 (M, N)."""
        return (
            Column(
                *("shots", "uint8", (shots, size.sites), "1"),
                "one token a shot and site: 2*basis + bit, basis 0, 1, 2 = X, Y, Z, "
                "bit 0 is eigenvalue +1",
            ),
        )

    def check_shots(self, shots: int) -> None:
        """See `Record.check_shots`."""
        if not 1 <= shots <= MAX_SHOTS:
            raise RequestError(f"shots {shots}: allowed are 1 to {MAX_SHOTS}.")

    def sentence(self, size: Size) -> str:
        """See `Record.sentence`."""
        return (
            f"A shot measures each of the {size.sites} qubits in X, Y or Z, chosen at random and "
            "independently."
        )

    def wrong(self, arrays: Mapping[str, NDArray[Any]], size: Size) -> Iterator[tuple[str, Wrong]]:
        """Tokens above 5."""
        del size
        if "shots" in arrays:
            yield "shots", ((arrays["shots"] > 5).any(axis=(1, 2)), "hold tokens above 5")


@dataclass(frozen=True)
class DetectionEvents(Record):
    """The D detection events of one shot of a circuit, packed eight a byte: column `events`.

    Attributes:
        bits: function of the size, D. Bit k is in byte k // 8, at place k % 8 from the lowest.
    """

    kind: ClassVar[str] = "detection_events"
    names: ClassVar[tuple[str, ...]] = ("events",)
    per_shot: ClassVar[bool] = True
    default_shots: ClassVar[int] = 1
    given: ClassVar[str] = (
        "A row is one shot, so that M is 1: every method gets the first n training rows with their "
        "exact labels, and of the test rows the events."
    )

    bits: Callable[[Size], int]

    def columns(self, size: Size, shots: int) -> tuple[Column, ...]:  # noqa: ARG002
        """`events`, uint8 (⌈D/8⌉,)."""
        count = self.bits(size)
        return (
            Column(
                *("events", "uint8", (-(-count // 8),), "1"),
                f"{count} detection events, packed little-endian",
                extra=(("bits", str(count)),),
            ),
        )

    def check_shots(self, shots: int) -> None:
        """See `Record.check_shots`."""
        if shots != 1:
            raise RequestError(f"shots {shots}: a row is one shot here, so it is 1.")

    def sentence(self, size: Size) -> str:
        """See `Record.sentence`."""
        return f"A row is one shot of the circuit, with {self.bits(size)} detection events."

    def wrong(self, arrays: Mapping[str, NDArray[Any]], size: Size) -> Iterator[tuple[str, Wrong]]:
        """Bits that are set past the last one."""
        spare = -self.bits(size) % 8
        if "events" in arrays and spare:
            high = arrays["events"][:, -1] >> (8 - spare)
            yield "events", (high != 0, f"set one of the {spare} bits past the last")

    def unpack(self, events: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
        """Bits 0 or 1, uint8 (R, D), of packed rows uint8 (R, ⌈D/8⌉)."""
        return np.unpackbits(events, axis=1, count=self.bits(size), bitorder="little")


@dataclass(frozen=True)
class Nothing(Record):
    """No measurement: the parameters are all that is given."""

    kind: ClassVar[str] = "nothing"
    names: ClassVar[tuple[str, ...]] = ()
    default_shots: ClassVar[int] = 0
    given: ClassVar[str] = (
        "Nothing is measured, so that M is 0: every method gets the first n training rows with "
        "their exact labels, and of the test rows the parameters."
    )

    def columns(self, size: Size, shots: int) -> tuple[Column, ...]:  # noqa: ARG002
        """None."""
        return ()

    def check_shots(self, shots: int) -> None:
        """See `Record.check_shots`."""
        if shots != 0:
            raise RequestError(f"shots {shots}: nothing is measured here, so it is 0.")

    def sentence(self, size: Size) -> str:  # noqa: ARG002
        """See `Record.sentence`."""
        return "Nothing is measured: a row is its parameters."
