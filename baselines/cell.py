"""The cell: the only door through which a baseline sees data."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.errors import RequestError, unknown
from builders.family import Family
from builders.names import Size, config_name
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.task import Task

_COLUMNS = ("row_id", "parameters", "shots")  # no label column is ever read


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
    """

    family: Family
    size: Size
    task: Task
    parameters: NDArray[np.float64]
    shots: NDArray[np.uint8]
    rows: Rows

    def __post_init__(self) -> None:
        _check_arrays(self.parameters, self.shots)
        width = self.family.flat_length(self.size)
        for name, array in (("train", self.parameters), ("test", self.rows.parameters)):
            if array.shape[1] != width:
                raise ValueError(f"{name} parameters have {array.shape=}, {width=} is needed")
        if (
            self.shots.shape[2] != self.size.sites
            or self.rows.shots.shape[1:] != self.shots[0].shape
        ):
            raise ValueError(f"{self.shots.shape=}, {self.rows.shots.shape=}, {self.size=}")

    @staticmethod
    def open(
        data_dir: str | Path,
        config: str,
        task: str,
        n: int,
        shots: int,
        *,
        revision: str | None = None,
    ) -> "Cell":
        """Read a cell from a data set.

        Args:
            data_dir: a data set folder, or the id ORG/NAME of a data set on the Hub.
            config: config name such as `tfim_1d_n048`.
            task: name of a task that the config's family has.
            n: training rows, those with row_id 0 … n − 1.
            shots: the first shots of every row, of the test rows too.
            revision: tag, branch or commit on the Hub.

        Raises:
            RequestError: unknown config or task, n or shots below 1 or above what is stored.
        """
        from builders import dataset

        found_task = tasks.load(task)
        stored = dataset.load(
            data_dir, config, revision, splits=("train", "test"), columns=_COLUMNS
        )
        family = families.load(stored.family)
        if task not in family.tasks:
            raise unknown(f"task of {family.name}", task, family.tasks)
        train, test = (_ordered(stored[split]) for split in ("train", "test"))
        _check_request("n", n, "training rows", len(train.parameters), config)
        _check_request("shots", shots, "shots a row", train.shots.shape[1], config)
        # Copies, so that what lies past the cell cannot be reached through a view.
        return Cell(
            family=family,
            size=stored.size,
            task=found_task,
            parameters=train.parameters[:n].copy(),
            shots=train.shots[:n, :shots].copy(),
            rows=Rows(test.row_id, test.parameters, test.shots[:, :shots].copy()),
        )

    @property
    def n(self) -> int:
        """Number of training rows."""
        return len(self.parameters)

    @property
    def key(self) -> CellKey:
        """The cell's name: (config, task, n, shots)."""
        config = config_name(self.family.name, self.size)
        return CellKey(config, self.task.name, self.n, self.shots.shape[1])

    @cached_property
    def labels(self) -> NDArray[np.float64]:
        """Shadow estimates of the training labels, float64 (n, L), in the task's unit."""
        return self.task.estimate(self.shots)


def _ordered(split: dict[str, NDArray[Any]]) -> Rows:
    order = np.argsort(split["row_id"], kind="stable")
    row_id, parameters, shots = (split[column][order] for column in _COLUMNS)
    return Rows(row_id, parameters, shots)


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
