"""What a baseline is: fitted to a cell, asked for rows, and never shown anything else."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from builders.errors import RequestError


class Baseline(ABC):
    """Base of every `Model`; a subclass states the class attributes, `_fit` and `_predict`.

    Class attributes:
        title: one line for people.
        entry_class: `learned`, `hybrid` or `solver`, as on the board.
        uses_test_shots: whether `predict` looks at the shots of the rows it answers for.

    Attributes:
        seed: of everything random in the model; the same seed gives the same bytes.
        n_parameters: trained numbers, known after `fit`.
    """

    title: ClassVar[str]
    entry_class: ClassVar[Literal["learned", "hybrid", "solver"]] = "learned"
    uses_test_shots: ClassVar[bool] = False

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.n_parameters = 0
        self._length: int | None = None

    def fit(self, cell: Cell) -> Self:
        """Learn from the training rows of `cell`, with one shadow estimate a label.

        Raises:
            RequestError: the model does not apply to this cell.
        """
        self._fit(cell)
        self._length = cell.task.length(cell.size)
        return self

    def predict(self, rows: Rows) -> NDArray[np.float32]:
        """Flattened labels of the rows, float32 (R, L), in the task's unit.

        Raises:
            RequestError: called before `fit`.
        """
        if self._length is None:
            raise RequestError(f"{type(self).__module__} is not fitted. Call fit(cell) first.")
        values = np.asarray(self._predict(rows), dtype=np.float32)
        if values.shape != (len(rows), self._length):
            raise ValueError(f"{values.shape=}, ({len(rows)}, {self._length}) is needed")
        return np.ascontiguousarray(values)

    @abstractmethod
    def _fit(self, cell: Cell) -> None:
        """Learn; set `n_parameters`."""

    @abstractmethod
    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        """Values (R, L)."""
