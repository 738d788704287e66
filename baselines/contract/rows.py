"""Rows of one config as a model sees them: public columns, and the first copies of their record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.dataset.config import Config
from builders.physics.calibration import Calibration
from builders.physics.channel import Channel
from builders.physics.record import DetectionEvents, PauliTokens
from builders.physics.site_channel import SiteChannel, place

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Rows:
    """R rows without their labels.

    Attributes:
        config: whose rows they are.
        row_id: int64 (R,).
        parameters: float64 (R, P), flat as in `Family.flatten`; P may be 0.
        record: the record's columns, cut to the first M copies of each row where a row holds
            several: (R, M, …), else (R, …).
        inputs: the further public columns of the family, `Family.inputs`, (R, …).
        trajectory: int64 (R,), number of the evolution that a row is a state of; None where the
            family has none.
        device: what was measured of the device that is the channel of the config, as it stands in
            the manifest; None elsewhere.
        texts: the text files beside the rows, by name: `circuit.stim` and `model.dem` of a code,
            its circuit with noise and its detector error model.
    """

    config: Config
    row_id: NDArray[np.int64]
    parameters: NDArray[np.float64]
    record: Arrays
    inputs: Arrays = field(default_factory=dict)
    trajectory: NDArray[np.int64] | None = None
    device: Calibration | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        family, size = self.config.family, self.config.size
        width = family.flat_length(size)
        if self.parameters.shape[1:] != (width,) or self.parameters.dtype != np.float64:
            raise ValueError(
                f"{self.parameters.shape=}, {self.parameters.dtype=}: float64 (R, {width}) needed"
            )
        columns = {c.name: c for c in family.record.columns(size, 1)}
        given = {name: columns[name] for name in family.record.names}
        if sorted(self.record) != sorted(given):
            raise ValueError(f"{sorted(self.record)=}, columns {sorted(given)} are needed")
        copies = {x.shape[1] for x in self.record.values()} if family.record.has_copies else {1}
        if len(copies) > 1:
            raise ValueError(f"the columns of a record hold {copies=} of a row")
        for name, array in self.record.items():
            inner = array.shape[2:] if family.record.has_copies else array.shape[1:]
            wanted = given[name].shape[1:] if family.record.has_copies else given[name].shape
            if inner != wanted or array.dtype != np.dtype(given[name].dtype):
                raise ValueError(f"column {name}: {array.shape=}, {array.dtype=}, {wanted=}")
        further = sorted(c.name for c in family.inputs(size))
        if sorted(self.inputs) != further:
            raise ValueError(f"{sorted(self.inputs)=}, columns {further} are needed")
        if (self.trajectory is not None) != family.trajectory:
            raise ValueError(f"{self.trajectory=} of {family.name}, {family.trajectory=}")
        for array in self.arrays():
            if len(array) != len(self):
                raise ValueError(f"{array.shape=} for {len(self)} rows")

    def __len__(self) -> int:
        return len(self.row_id)

    def arrays(self) -> Iterator[NDArray[Any]]:
        """Every array of the rows."""
        yield from (self.row_id, self.parameters, *self.record.values(), *self.inputs.values())
        if self.trajectory is not None:
            yield self.trajectory

    @property
    def groups(self) -> NDArray[np.int64]:
        """Which rows are held out together, int64 (R,), numbered from 0 by their first row.

        Those of an evolution: they share their couplings, and those learnt from would tell the
        others. Where a family has none, or all rows are of one, every row is a group by itself: of
        a single evolution nothing but times can be held out, and what is chosen by them says
        nothing of how far others are like it.
        """
        alone = np.arange(len(self))
        if self.trajectory is None:
            return alone
        _, first, which = np.unique(self.trajectory, return_index=True, return_inverse=True)
        return np.asarray(np.argsort(np.argsort(first))[which]) if len(first) > 1 else alone

    @property
    def copies(self) -> int:
        """M, copies of each row's state that the record holds."""
        record = self.config.family.record
        if record.has_copies:
            return int(self.record[record.names[0]].shape[1])
        return record.default_shots

    @property
    def shots(self) -> NDArray[np.uint8]:
        """Outcomes of random-Pauli shots, uint8 (R, M, N), tokens 0..5.

        Raises:
            RequestError: something else was measured.
        """
        record = self.config.family.record
        if not isinstance(record, PauliTokens):
            raise RequestError(
                f"the record of {self.config} is {record.kind} and holds no random-Pauli shots. "
                f"This model reads {PauliTokens.kind}; choose another baseline "
                "(`qslbench list baselines --json`, `records`)."
            )
        return self.record["shots"]

    @property
    def channel(self) -> SiteChannel | None:
        """What flipped the bits of the shots, known to everyone; None where nothing did, or nobody
        knows.

        Raises:
            RequestError: that of a device, whose calibration was not read.
        """
        if not self.config.known_channel:
            return None
        return place(Channel.parse(self.config.channel), self.config.size.sites, self.device)

    @property
    def events(self) -> NDArray[np.uint8]:
        """Detection events of single shots, 0 or 1, uint8 (R, D).

        Raises:
            RequestError: something else was measured.
        """
        return self._shots_of_code.unpack(self.record["events"], self.config.size)

    @property
    def detectors(self) -> int:
        """D, the number of detection events of a shot.

        Raises:
            RequestError: something else was measured.
        """
        return self._shots_of_code.bits(self.config.size)

    @property
    def _shots_of_code(self) -> DetectionEvents:
        record = self.config.family.record
        if not isinstance(record, DetectionEvents):
            raise RequestError(
                f"the record of {self.config} is {record.kind} and holds no detection events. "
                "Choose another baseline (`qslbench list baselines --json`, `records`)."
            )
        return record

    def take(self, which: slice | NDArray[np.int64], copies: int | None = None) -> "Rows":
        """Some of the rows, with the first copies of each or with all; arrays are copies."""
        measured = {name: array[which] for name, array in self.record.items()}
        first = self.copies if copies is None else copies
        return Rows(
            self.config,
            self.row_id[which].copy(),
            self.parameters[which].copy(),
            self.config.family.record.first(measured, first),
            {name: array[which].copy() for name, array in self.inputs.items()},
            None if self.trajectory is None else self.trajectory[which].copy(),
            self.device,
            self.texts,
        )

    def with_shots(self, shots: NDArray[np.uint8]) -> "Rows":
        """The same rows with other random-Pauli shots, uint8 (R, M, N)."""
        return replace(self, record={**self.record, "shots": shots})

    def freeze(self) -> "Rows":
        """The same rows, whose arrays nobody can write into any more."""
        for array in self.arrays():
            array.flags.writeable = False
        return self
