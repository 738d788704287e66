"""The cell: the only door through which a baseline sees data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError, unknown
from builders.core.names import Size, config_name, parse_config
from builders.physics.family import Family
from builders.physics.hamiltonian_family import need_hamiltonian
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task
from leaderboard.submission.metadata import Resources

if TYPE_CHECKING:
    from builders.folders.loading import Dataset

# A label is read for classes and by `_exact_labels` alone.
_COLUMNS = ("row_id", "parameters", "shots")


@dataclass(frozen=True)
class Rows:
    """Hamiltonians to answer for.

    Attributes:
        row_id: int64 (R,).
        parameters: float64 (R, P), flat as in `Family.flatten`.
        shots: uint8 (R, M, N), tokens 0..5; M is the cell's.
    """

    row_id: NDArray[np.int64]
    parameters: NDArray[np.float64]
    shots: NDArray[np.uint8]

    def __post_init__(self) -> None:
        _check_arrays(self.parameters, self.shots)
        if self.row_id.shape != (len(self),):
            raise ValueError(f"{self.row_id.shape=} for {len(self)} rows")

    def __len__(self) -> int:
        return len(self.parameters)


@dataclass(frozen=True)
class Cell:
    """The training data of one cell, cut to its first n rows and their first M shots.

    Attributes:
        family: the family of the Hamiltonians.
        size: system size, N sites.
        task: what is predicted.
        parameters: float64 (n, P), flat as in `Family.flatten`.
        shots: uint8 (n, M, N), tokens 0..5.
        rows: the test rows, their shots cut to M as well.
        classes: exact names (n,) in a classification; None in a regression, whose labels are
            estimated from the shots.
        exact: float64 (n, L), exact training labels of a noise-free cell (M = ∞), which has no
            shots at all, M = 0 in the arrays; None elsewhere.
        shown: uint8 (n, M, N), what a model sees of the training shots as input, where that is
            not what labels are estimated from; None elsewhere.
        pretrain: rows that are known by their shots alone, where a part of the cell's copies is
            spent on them; None elsewhere.
        budget: n and M that name the cell and bound its copies, n·M in all, where they are not
            those of the arrays; None elsewhere.
    """

    family: Family
    size: Size
    task: Task
    parameters: NDArray[np.float64]
    shots: NDArray[np.uint8]
    rows: Rows
    classes: NDArray[np.str_] | None = None
    exact: NDArray[np.float64] | None = None
    shown: NDArray[np.uint8] | None = None
    pretrain: Rows | None = None
    budget: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        _check_arrays(self.parameters, self.shots)
        if self.shown is not None and self.shown.shape != self.shots.shape:
            raise ValueError(f"{self.shown.shape=} and {self.shots.shape=}")
        if (self.classes is None) != (self.task.kind == "regression"):
            raise ValueError(f"{self.task.kind=} with {self.classes=}")
        if self.classes is not None and self.classes.shape != (self.n,):
            raise ValueError(f"{self.classes.shape=} for {self.n=} rows")
        if self.exact is not None and (
            self.exact.shape != (self.n, self.regression.length(self.size)) or self.shots.size
        ):
            raise ValueError(f"{self.exact.shape=} and {self.shots.shape=}: labels or shots")
        width = self.family.flat_length(self.size)
        for name, array in (("train", self.parameters), ("test", self.rows.parameters)):
            if array.shape[1] != width:
                raise ValueError(f"{name} parameters have {array.shape=}, {width=} is needed")
        wanted = (self.key.shots, self.size.sites)
        if self.shots.shape[2] != self.size.sites or self.rows.shots.shape[1:] != wanted:
            raise ValueError(f"{self.shots.shape=}, {self.rows.shots.shape=}, {self.size=}")
        self._check_spent(width)

    def _check_spent(self, width: int) -> None:
        spent = self.resources
        if spent is not None and spent.copies > self.key.n * self.key.shots:
            raise ValueError(f"{spent=} are more copies than those of {self.key}")
        if self.pretrain is not None and (
            self.pretrain.parameters.shape[1] != width
            or self.pretrain.shots.shape[2] != self.size.sites
        ):
            raise ValueError(f"{self.pretrain.parameters.shape=}, {self.pretrain.shots.shape=}")

    @staticmethod
    def open(
        data_dir: str | Path,
        config: str,
        task: str,
        n: int,
        shots: int | None,
        *,
        revision: str | None = None,
        spent: Resources | None = None,
    ) -> "Cell":
        """Read a cell from a data set.

        Args:
            data_dir: a data set folder, or the id ORG/NAME of a data set on the Hub.
            config: config name such as `tfim_1d_n048`.
            task: name of a task that the config's family has.
            n: training rows, those with row_id 0 … n − 1.
            shots: the first shots of every row, of the test rows too; None for the noise-free
                cell, whose training labels are exact and which holds no shots.
            revision: tag, branch or commit on the Hub.
            spent: how the n·M copies are spent, if not on n rows of M shots with labels: on the
                first `spent.n` rows and the first `spent.shots` shots of each with labels, and on
                the `pretrain_n` rows after them and the first `pretrain_shots` shots of each
                without. So no copy is counted twice, and a larger part holds every smaller one
                of the same first row.

        Raises:
            RequestError: unknown config or task, n or shots below 1 or above what is stored, or
                more copies spent than n·M.
        """
        from builders.folders import loading as dataset

        columns = stored_columns(config, task)
        stored = dataset.load(data_dir, config, revision, splits=("train", "test"), columns=columns)
        exact = partial(_exact_labels, data_dir, config, revision, tasks.load(task))
        return Cell.of(stored, task, n, shots, spent=spent, exact=exact)

    @staticmethod
    def of(
        stored: "Dataset",
        task: str,
        n: int,
        shots: int | None,
        *,
        spent: Resources | None = None,
        exact: Callable[[], NDArray[np.float64]] | None = None,
    ) -> "Cell":
        """The same from a config in memory, read with `stored_columns`; nothing of it is shared.

        Args:
            stored: its splits `train` and `test`.
            task: as for `open`.
            n: as for `open`.
            shots: as for `open`; None needs `exact`.
            spent: as for `open`.
            exact: reads the exact labels of all training rows, by row_id.

        Raises:
            RequestError: as for `open`.
        """
        from builders.dataset.config import offered_tasks

        config, family, found_task = stored.config, families.load(stored.family), tasks.load(task)
        has_classes = found_task.kind == "classification"
        offered = offered_tasks(stored.manifest.config(config))
        if task not in offered:
            raise unknown(f"task of {config}", task, offered)
        train, test = (_ordered(stored[split]) for split in ("train", "test"))
        budget = None
        if spent is not None:
            budget = _checked_budget(n, shots, spent)
            _check_request("rows", spent.n + spent.pretrain_n, "training rows", len(train), config)
            _check_request("shots", budget[1], "shots a row", train.shots.shape[1], config)
            n, shots = spent.n, spent.shots
        _check_request("n", n, "training rows", len(train.parameters), config)
        labels = None
        if shots is None:
            if exact is None:
                raise ValueError(f"{shots=} and {exact=}")
            labels, shots = exact()[:n].copy(), 0
        else:
            _check_request("shots", shots, "shots a row", train.shots.shape[1], config)
        # Copies, so that what lies past the cell cannot be reached through a view.
        return Cell(
            family=family,
            size=stored.size,
            task=found_task,
            parameters=train.parameters[:n].copy(),
            shots=train.shots[:n, :shots].copy(),
            rows=_first_shots(test, shots if budget is None else budget[1]),
            classes=_classes(found_task, family, stored, n) if has_classes else None,
            exact=labels,
            pretrain=None if spent is None else _unlabelled(train, spent, config),
            budget=budget,
        )

    @property
    def n(self) -> int:
        """Number of training rows."""
        return len(self.parameters)

    @property
    def key(self) -> CellKey:
        """The cell's name where tokens are measured; 0 shots stand for exact labels."""
        config = config_name(self.family.name, self.size)
        n, shots = self.budget or self.shots.shape[:2]
        return CellKey(config, self.task.name, n, shots)

    @property
    def resources(self) -> Resources | None:
        """How the copies are spent, where that is not on n·M labelled ones; else None."""
        if self.budget is None:
            return None
        copies = {"n": self.n, "shots": self.shots.shape[1]}
        if self.pretrain is not None:
            rows, shots = self.pretrain.shots.shape[:2]
            copies |= {"pretrain_n": rows, "pretrain_shots": shots}
        return Resources(**copies)

    @property
    def input_shots(self) -> NDArray[np.uint8]:
        """The training shots as a model's input, uint8 (n, M, N)."""
        return self.shots if self.shown is None else self.shown

    @cached_property
    def labels(self) -> NDArray[Any]:
        """Labels of the training rows.

        Shadow estimates, float64 (n, L), in the task's unit, or exact values in a noise-free cell;
        in a classification the exact names (n,), as in the literature.
        """
        if self.classes is not None:
            return self.classes
        if self.exact is not None:
            return self.exact
        return self._estimate(self.parameters, self.shots)

    def estimate(self, rows: Rows) -> NDArray[np.float64]:
        """The label of other rows estimated from their own shots, float64 (R, L).

        Raises:
            RequestError: the task is a classification.
        """
        return self._estimate(rows.parameters, rows.shots)

    @property
    def regression(self) -> Regression:
        """The task, for models that need its shape or its estimate.

        Raises:
            RequestError: the task is a classification.
        """
        if not isinstance(self.task, Regression):
            raise RequestError(
                f"task {self.task.name} asks for a class. This model predicts numbers; choose "
                "another baseline."
            )
        return self.task

    def _estimate(
        self, parameters: NDArray[np.float64], shots: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        task, hamiltonians = self.regression, None
        if task.needs_hamiltonians:
            hamiltonians = need_hamiltonian(self.family).hamiltonians(self.size, parameters)
        return task.estimate(shots, hamiltonians)


def stored_columns(config: str, task: str) -> tuple[str, ...]:
    """What is read of a config for a task.

    Raises:
        RequestError: no such task, or none of the config's family.
    """
    found, family = tasks.load(task), families.load(parse_config(config)[0])
    if task not in family.tasks:
        raise unknown(f"task of {family.name}", task, family.tasks)
    return (*_COLUMNS, found.label) if found.kind == "classification" else _COLUMNS


def open_rows(data_dir: str | Path, config: str, split: str, shots: int) -> tuple[Size, Rows]:
    """Rows of a config and split that models are asked for, their shots cut to the first ones.

    Raises:
        RequestError: unknown config, no such split, or fewer shots.
    """
    from builders.folders import loading as dataset

    stored = dataset.load(data_dir, config, splits=(split,), columns=_COLUMNS)
    found = _ordered(stored[split])
    if shots:
        _check_request("shots", shots, "shots a row", found.shots.shape[1], config)
    return stored.size, _first_shots(found, shots)


def _checked_budget(n: int, shots: int | None, spent: Resources) -> tuple[int, int]:
    if shots is None:
        raise RequestError("a noise-free cell has no copies to spend. Give a number of shots.")
    if spent.copies > n * shots:
        raise RequestError(
            f"{spent.n}·{spent.shots} + {spent.pretrain_n}·{spent.pretrain_shots} = "
            f"{spent.copies} state copies are more than the {n}·{shots} = {n * shots} of the cell. "
            "Spend fewer."
        )
    return n, shots


def _unlabelled(train: Rows, spent: Resources, config: str) -> Rows | None:
    """The rows after the labelled ones, their shots cut."""
    if not spent.pretrain_n * spent.pretrain_shots:
        return None
    shots = spent.pretrain_shots
    _check_request("pretrain_shots", shots, "shots a row", train.shots.shape[1], config)
    part = slice(spent.n, spent.n + spent.pretrain_n)
    rows = Rows(train.row_id[part].copy(), train.parameters[part].copy(), train.shots[part])
    return _first_shots(rows, shots)


def _first_shots(rows: Rows, shots: int) -> Rows:
    return Rows(rows.row_id, rows.parameters, rows.shots[:, :shots].copy())


def _classes(task: Task, family: Family, stored: "Dataset", n: int) -> NDArray[np.str_]:
    """Exact names of the first n training rows."""
    order = np.argsort(stored["train"]["row_id"], kind="stable")[:n]
    first = {task.label: stored["train"][task.label][order]}
    return np.asarray(task.labels(first, family, stored.size), dtype=np.str_)


def _ordered(split: dict[str, NDArray[Any]]) -> Rows:
    order = np.argsort(split["row_id"], kind="stable")
    row_id, parameters, shots = (split[column][order] for column in _COLUMNS)
    return Rows(row_id, parameters, shots)


def _exact_labels(
    data_dir: str | Path, config: str, revision: str | None, task: Task
) -> NDArray[np.float64]:
    """Stored labels of the training rows, by row_id; nothing of the test rows is read."""
    from builders.folders import loading as dataset

    if task.kind != "regression":
        raise RequestError(
            f"task {task.name} has exact training labels in every cell. Give a number of shots."
        )
    columns = ("row_id", task.label)
    stored = dataset.load(data_dir, config, revision, splits=("train",), columns=columns)
    family = families.load(stored.family)
    labels = task.labels(stored["train"], family, stored.size)
    labels = labels[np.argsort(stored["train"]["row_id"], kind="stable")]
    bad = np.flatnonzero(~np.isfinite(labels).all(axis=1))
    if len(bad):
        raise RequestError(
            f"{config}: the exact {task.name} of {len(bad)} training rows is not finite, first "
            f"row {bad[0]}. Build the data set again."
        )
    return labels


def _check_request(name: str, given: int, what: str, stored: int, config: str) -> None:
    if not 1 <= given <= stored:
        raise RequestError(
            f"{name}={given} is outside what {config} holds: 1 to {stored} {what}. "
            f"Give a smaller number, or build the data set with more {what}."
            if given > stored
            else f"{name}={given} is too small. Give 1 to {stored} {what}."
        )


def _check_arrays(parameters: NDArray[np.float64], shots: NDArray[np.uint8]) -> None:
    if parameters.ndim != 2 or parameters.dtype != np.float64:
        raise ValueError(f"{parameters.shape=}, {parameters.dtype=}: float64 (R, P) is needed")
    if shots.ndim != 3 or shots.dtype != np.uint8 or len(shots) != len(parameters):
        raise ValueError(f"{shots.shape=}, {shots.dtype=}: uint8 (R, M, N) is needed")
