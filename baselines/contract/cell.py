"""The cell: the only door through which a baseline sees data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import unmitigable
from baselines.contract.rows import Arrays, Rows
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.config import Config
from builders.physics.family import Family
from leaderboard.cells import CellKey
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task
from leaderboard.submission.metadata import Resources

Floats = NDArray[np.float64]
Estimate = Callable[[Rows], Floats]
"""What is estimated of rows, each by itself, from their own record: float64 (R, L)."""

LABEL = "label"
"""The name of the label's own estimate among those of a cell."""


@dataclass(frozen=True, eq=False)
class Cell:
    """The training data of one cell, cut to its first n rows and their first M copies.

    Attributes:
        task: what is predicted.
        train: the n training rows.
        rows: the test rows, their record cut to M copies as well.
        given: exact training labels, where they are not estimated from the record: names (n,),
            numbers float64 (n, L), bits (n, K); else None.
        shown: the record of the training rows that a model sees as input, where that is not what
            labels are estimated from; None elsewhere.
        pretrain: rows that are known by their record alone, where a part of the cell's copies is
            spent on them; None elsewhere.
        budget: n and M that name the cell and bound its copies, n·M in all, where they are not
            those of the arrays; None elsewhere.
        mitigated: whether the noise channel of the record is undone where labels are estimated,
            see `mitigate`.
        known: what was estimated of the training rows before, by name, float64 (n, L).
    """

    task: Task
    train: Rows
    rows: Rows
    given: NDArray[Any] | None = None
    shown: Arrays | None = None
    pretrain: Rows | None = None
    budget: tuple[int, int] | None = None
    mitigated: bool = False
    known: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        others = [self.rows] if self.pretrain is None else [self.rows, self.pretrain]
        if any(other.config != self.config for other in others):
            raise ValueError(f"rows of {[str(other.config) for other in others]} in {self.config}")
        if self.shown is not None:
            shapes = [{k: x.shape for k, x in r.items()} for r in (self.shown, self.train.record)]
            if shapes[0] != shapes[1]:
                raise ValueError(f"shown and measured records have shapes {shapes}")
        if self.given is None and self.task.kind != "regression":
            raise ValueError(f"{self.task.kind=} without labels")
        if self.given is not None:
            shape = self.given.shape
            if isinstance(self.task, Regression):
                shape = (self.n, self.task.length(self.size))
            if self.given.shape != shape or len(self.given) != self.n:
                raise ValueError(f"{self.given.shape=} for {self.n=} rows of {self.task.name}")
        if self.rows.copies != self.key.shots:
            raise ValueError(f"{self.rows.copies=} of test rows in {self.key}")
        spent = self.resources
        if spent is not None and spent.copies > self.key.n * self.key.shots:
            raise ValueError(f"{spent=} are more copies than those of {self.key}")

    @staticmethod
    def open(
        data_dir: str | Path,
        config: str | Config,
        task: str,
        n: int,
        shots: int | None,
        *,
        revision: str | None = None,
        spent: Resources | None = None,
    ) -> "Cell":
        """Read a cell from a data set, see `baselines.contract.cutting.cut`.

        Args:
            data_dir: a data set folder, or the id ORG/NAME of a data set on the Hub.
            config: a config, or its name such as `tfim_1d_n048`.
            task: name of a task that the config's family has.
            n: training rows.
            shots: copies of every row; None for the noise-free cell.
            revision: tag, branch or commit on the Hub.
            spent: how the n·M copies are spent, if not on n rows of M copies with labels.

        Raises:
            RequestError: unknown config or task, n or shots outside what is stored, or more copies
                spent than n·M.

        >>> import qslbench
        >>> cell = qslbench.Cell.open("data", "tfim_1d_n008", "correlation", n=12, shots=32)
        >>> cell.parameters.shape, cell.shots.shape, cell.labels.shape  # to learn from
        ((12, 15), (12, 32, 8), (12, 64))
        >>> cell.rows.parameters.shape, cell.rows.row_id[:2].tolist()  # to answer for
        ((10, 15), [1000000, 1000001])
        >>> str(cell.key)
        'tfim_1d_n008 / correlation / n=12 / shots=32'
        """
        from baselines.contract.cutting import cut
        from baselines.contract.stored import Stored

        return cut(Stored.of(data_dir, config, revision), task, n, shots, spent=spent)

    @property
    def config(self) -> Config:
        """Of all its rows."""
        return self.train.config

    @property
    def family(self) -> Family:
        """Of the config."""
        return self.config.family

    @property
    def size(self) -> Size:
        """Of the config."""
        return self.config.size

    @property
    def n(self) -> int:
        """Number of training rows."""
        return len(self.train)

    @property
    def parameters(self) -> Floats:
        """Of the training rows, float64 (n, P), flat as in `Family.flatten`."""
        return self.train.parameters

    @property
    def trajectory(self) -> NDArray[np.int64] | None:
        """Of the training rows, int64 (n,): the evolution that a row is a state of, or None."""
        return self.train.trajectory

    @property
    def groups(self) -> NDArray[np.int64]:
        """Of the training rows, int64 (n,): which are held out together, see `Rows.groups`."""
        return self.train.groups

    @property
    def record(self) -> Arrays:
        """Of the training rows, see `Rows`."""
        return self.train.record

    @property
    def shots(self) -> NDArray[np.uint8]:
        """Random-Pauli shots of the training rows, uint8 (n, M, N), tokens 0..5.

        Raises:
            RequestError: something else was measured.
        """
        return self.train.shots

    @property
    def seen(self) -> Rows:
        """The training rows as a model's input."""
        if self.shown is None:
            return self.train
        return replace(self.train, record=self.shown)

    def mitigate(self) -> "Cell":
        """The cell whose labels are estimates with the noise channel of the record undone.

        They are unbiased estimates of the noiseless labels then, of a larger spread; shots stay
        as they were read.

        Raises:
            RequestError: shots went through no channel, labels are no estimates, or no such
                estimate is known.
        """
        refused = unmitigable(self.task, self.config, noise_free=self.given is not None)
        if refused:
            raise RequestError(refused)
        return self if self.mitigated else replace(self, mitigated=True, known={})

    @property
    def is_noise_free(self) -> bool:
        """Whether labels are exact and nothing is told of the record (M = ∞)."""
        return self.given is not None and not self.rows.copies and self.family.record.has_copies

    @property
    def key(self) -> CellKey:
        """The cell's name where tokens are measured; 0 shots where no record is shown."""
        n, shots = self.budget or (self.n, self.train.copies)
        return CellKey(self.config.name, self.task.name, n, shots)

    @property
    def resources(self) -> Resources | None:
        """How the copies are spent, where that is not on n·M labelled ones; else None."""
        if self.budget is None:
            return None
        copies = {"n": self.n, "shots": self.train.copies}
        if self.pretrain is not None:
            rows, shots = len(self.pretrain), self.pretrain.copies
            copies |= {"pretrain_n": rows, "pretrain_shots": shots}
        return Resources(**copies)

    @cached_property
    def labels(self) -> NDArray[Any]:
        """Labels of the training rows.

        Of a regression float64 (n, L) in the task's unit: estimates from the record, as it was read
        or `mitigated`, or the exact values `given`. Else what is given: names (n,) of a
        classification, as in the literature, bits (n, K) of a binary task.
        """
        return self.given if self.given is not None else self.estimated(LABEL, self.estimate)

    @property
    def exact(self) -> Floats | None:
        """Exact training labels of a regression, float64 (n, L); None where they are estimates."""
        return self.given if isinstance(self.task, Regression) else None

    @property
    def regression(self) -> Regression:
        """The task, for models that need its shape or its estimate.

        Raises:
            RequestError: the task does not ask for numbers.
        """
        if not isinstance(self.task, Regression):
            raise RequestError(
                f"task {self.task.name} is a {self.task.kind}. This model predicts numbers; choose "
                "another baseline."
            )
        return self.task

    def estimated(self, name: str, estimate: Estimate) -> Floats:
        """What is estimated of the training rows, float64 (n, L), unless it is known already.

        Args:
            name: what is estimated; within a task one name stands for one estimate.
            estimate: what it is, of each row by itself.
        """
        return self.known[name] if name in self.known else estimate(self.train)

    def estimate(self, rows: Rows) -> Floats:
        """The label of rows estimated from their own record, float64 (R, L), as `labels` are.

        Raises:
            RequestError: the task asks for no numbers, or has no estimate from such a record.
        """
        return self.regression.estimate_rows(
            *(self.family, self.size, rows.shots, lambda: rows.parameters),
            channel=rows.channel if self.mitigated else None,
        )
