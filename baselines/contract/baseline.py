"""What a baseline is: fitted to a cell, asked for rows, and never shown anything else."""

import copy
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell, Rows
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.cells import Answer
from leaderboard.kinds.task import Kind, Task


class Baseline(ABC):
    """Base of every `Model`; a subclass states the class attributes, `_fit` and `_predict`.

    Class attributes:
        title: one line for people.
        entry_class: `learned`, `hybrid` or `solver`, as on the board.
        uses_test_shots: whether `predict` looks at the shots of the rows it answers for.
        kinds: kinds of task it does; within them it may still refuse a cell.
        is_random: whether the seed matters; protocols run the others with one seed alone.
        any_size: whether a fitted model also answers for other sizes of its family, see `at`.

    Attributes:
        seed: of everything random in the model; the same seed gives the same bytes.
        n_parameters: trained numbers, known after `fit`.
    """

    title: ClassVar[str]
    entry_class: ClassVar[Literal["learned", "hybrid", "solver"]] = "learned"
    uses_test_shots: ClassVar[bool] = False
    kinds: ClassVar[tuple[Kind, ...]] = ("regression",)
    is_random: ClassVar[bool] = False
    any_size: ClassVar[bool] = False

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.n_parameters = 0
        self._cell: tuple[Task, Family, Size] | None = None

    def fit(self, cell: Cell) -> Self:
        """Learn from the training rows of `cell`: their labels are `cell.labels`.

        Raises:
            RequestError: the model does not apply to this cell.
        """
        if cell.task.kind not in self.kinds:
            raise RequestError(
                f"{self._name} does tasks of the kind {' and '.join(self.kinds)}; "
                f"{cell.task.name} is a {cell.task.kind}. Choose another baseline or task "
                "(`qslbench list baselines --json`)."
            )
        if self.uses_test_shots and cell.exact is not None:
            raise RequestError(
                f"{self._name} looks at the shots of the test rows, and a noise-free cell has "
                "none. Give a number of shots, or choose another baseline."
            )
        self._fit(cell)
        self._cell = (cell.task, cell.family, cell.size)
        return self

    def predict(self, rows: Rows) -> NDArray[Any]:
        """Answers for the rows: flattened labels float32 (R, L) in the task's unit, or names (R,).

        Raises:
            RequestError: called before `fit`.
        """
        if self._cell is None:
            raise RequestError(f"{self._name} is not fitted. Call fit(cell) first.")
        task, family, size = self._cell
        kind: type[np.generic] = np.str_ if task.kind == "classification" else np.float32
        values = np.ascontiguousarray(self._predict(rows), dtype=kind)
        faults = [fault.how for fault in task.faults(Answer(rows.row_id, values), family, size)]
        if faults or len(values) != len(rows):
            raise ValueError(f"{self._name}: {values.shape=} for {len(rows)} rows, {faults=}")
        return values

    def at(self, size: Size) -> Self:
        """The fitted model for rows of another size of its family; this one stays as it is.

        Raises:
            RequestError: called before `fit`, or the model answers at the size of its cell alone.
        """
        if self._cell is None:
            raise RequestError(f"{self._name} is not fitted. Call fit(cell) first.")
        task, family, home = self._cell
        if size == home:
            return self
        if not self.any_size:
            raise RequestError(
                f"{self._name} answers at the size of its training rows, {home}, and not at "
                f"{size}. Choose another baseline (graph_net, distance_mean)."
            )
        moved = copy.copy(self)
        moved._move(task, family, size)
        moved._cell = (task, family, size)
        return moved

    def _move(self, task: Task, family: Family, size: Size) -> None:
        """Make what depends on the size anew, in a copy whose attributes are still shared."""
        raise NotImplementedError(f"{self._name} says any_size and does not move: {size}")

    @property
    def _name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def _fit(self, cell: Cell) -> None:
        """Learn; set `n_parameters`."""

    @abstractmethod
    def _predict(self, rows: Rows) -> NDArray[Any]:
        """Values (R, L), or names of classes (R,)."""
