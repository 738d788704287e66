"""One config of a data set: its columns, read when they are asked for, and what is made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Estimate, Floats
from baselines.contract.rows import Rows
from builders.core.errors import RequestError, UnknownError
from builders.dataset.config import Config
from builders.dataset.manifest import ConfigEntry
from builders.folders import loading
from leaderboard.kinds.task import Task

KEPT_BYTES = 1 << 29
"""Estimates that are kept of a config, at most: larger ones are made anew for every cell."""


def config_in(source: str | Path, config: str, revision: str | None = None) -> Config:
    """The config of that name; the data set is asked only of a family that is not known here.

    Raises:
        RequestError: no config name, or no such family: the data set may know in which file it is.
    """
    try:
        return Config.parse(config)
    except UnknownError:
        loading.load(source, config, revision, splits=())
        return Config.parse(config)


@dataclass(eq=False)
class Stored:
    """A config in a data set; what was read or estimated once is kept with it.

    Arrays are sorted by row_id, and nobody can write into them: cells hold copies.

    Attributes:
        source: the data set folder, or the id of a data set on the Hub.
        config: the config.
        entry: of the manifest.
        revision: on the Hub.
        texts: the text files beside its rows, by name.
    """

    source: str | Path
    config: Config
    entry: ConfigEntry
    revision: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    _columns: dict[tuple[str, str], NDArray[Any]] = field(default_factory=dict, repr=False)
    _estimates: dict[tuple[str, str, int], Floats] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(source: str | Path, config: str | Config, revision: str | None = None) -> "Stored":
        """The config of a data set; none of its columns is read yet.

        Raises:
            RequestError: no such data set or config.
            WorkError: the Hub cannot be reached.
        """
        parsed = config_in(source, config, revision) if isinstance(config, str) else config
        nothing = loading.load(source, parsed.name, revision, splits=())
        entry = nothing.manifest.config(parsed.name)
        return Stored(source, parsed, entry, revision, nothing.texts)

    def column(self, split: str, name: str) -> NDArray[Any]:
        """A column of a split, (R, …), by row_id.

        Raises:
            RequestError: no such split or column, or one that is withheld.
        """
        self._read(split, [name])
        return self._columns[split, name]

    def rows(self, split: str, *, record: bool = True) -> Rows:
        """All rows of a split with all that is public of them; its arrays are those that are kept.

        Args:
            split: which.
            record: whether their record is read; else it holds no copies.

        Raises:
            RequestError: no such split.
        """
        family, size = self.config.family, self.config.size
        inputs = [c.name for c in family.inputs(size)]
        names = ["row_id", *inputs, *(["trajectory"] if family.trajectory else [])]
        names += ["parameters"] if family.flat_length(size) else []
        names += family.record.names if record else ()
        self._read(split, names)
        columns = {name: self._columns[split, name] for name in names}
        count = len(columns["row_id"])
        measured = {name: columns[name] for name in family.record.names if record}
        for column in () if record else family.record.columns(size, 1):
            measured[column.name] = np.zeros((count, 0, *column.shape[1:]), column.dtype)
        return Rows(
            self.config,
            columns["row_id"],
            columns.get("parameters", np.zeros((count, 0))),
            measured,
            {name: columns[name] for name in inputs},
            columns.get("trajectory"),
            self.entry.calibration,
            self.texts,
        )

    @property
    def nbytes(self) -> int:
        """Of all that is kept."""
        return sum(array.nbytes for array in self._columns.values()) + self._estimated_bytes

    def _read(self, split: str, names: Iterable[str]) -> None:
        """Read those columns of a split that are not there yet, in one go."""
        missing = [name for name in names if (split, name) not in self._columns]
        if not missing:
            return
        stored = loading.load(
            *(self.source, self.config.name, self.revision),
            splits=(split,),
            columns=list(dict.fromkeys(["row_id", *missing])),
        )[split]
        order = np.argsort(stored["row_id"], kind="stable")
        in_order = bool((order == np.arange(len(order))).all())
        for name in missing:
            if name not in stored:
                raise RequestError(f"column {name} of {self.config} {split} is not told here.")
            array = stored[name] if in_order else stored[name][order]
            array.flags.writeable = False
            self._columns[split, name] = array

    def exact_labels(self, task: Task, n: int) -> NDArray[Any]:
        """Exact labels of the first n training rows, as `Task.labels` gives them.

        No test row is read.

        Raises:
            RequestError: a label that is not finite.
        """
        columns = {task.label: self.column("train", task.label)[:n].copy()}
        labels = task.labels(columns, self.config.family, self.config.size)
        if labels.dtype.kind == "f":
            bad = np.flatnonzero(~np.isfinite(labels).reshape(len(labels), -1).all(axis=1))
            if len(bad):
                raise RequestError(
                    f"{self.config}: the exact {task.name} of {len(bad)} training rows is not "
                    f"finite, first row {bad[0]}. Build the data set again."
                )
        return labels

    def estimates(self, key: tuple[str, str], n: int, copies: int, estimate: Estimate) -> Floats:
        """What is estimated of the first n training rows from their first copies, (n, L).

        A row's estimate depends on no other row: what was asked for before is taken over, and rows
        that are missing are added.

        Args:
            key: task, and what of it; it stands for one estimate.
            n: rows.
            copies: of each.
            estimate: what it is.
        """
        known = self._estimates.pop((*key, copies), None)
        have = 0 if known is None else len(known)
        if known is None or have < n:
            new = estimate(self.rows("train").take(slice(have, n), copies))
            known = new if known is None else np.concatenate([known, new])
        self._keep((*key, copies), known)
        return known[:n].copy()

    def _keep(self, key: tuple[str, str, int], estimates: Floats) -> None:
        """Keep estimates where there is room; those that were asked for longest ago make room."""
        while self._estimates and estimates.nbytes + self._estimated_bytes > KEPT_BYTES:
            del self._estimates[next(iter(self._estimates))]
        if estimates.nbytes <= KEPT_BYTES:
            self._estimates[key] = estimates

    @property
    def _estimated_bytes(self) -> int:
        return sum(array.nbytes for array in self._estimates.values())
