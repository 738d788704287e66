"""The name of a cell and the answer that a submission gives for it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class CellKey(NamedTuple):
    """One cell: a config, a task, the first `n` training rows and the first `shots` of each.

    A named tuple, so that `(config, task, n, shots)` written plainly is the same key.
    """

    config: str
    task: str
    n: int
    shots: int

    def __str__(self) -> str:
        return f"{self.config} / {self.task} / n={self.n} / shots={self.shots}"


class Answer(NamedTuple):
    """Predictions for the test rows of one cell.

    Attributes:
        row_id: int64 (R,), in any order.
        prediction: float32 (R, L), the flattened label of each row, row-major, in its unit; text
            (R,), the name of a class; bool (R,) or (R, K), bits; or float32 (R,), one number a row,
            as the probability of a bit.
        std: float32 (R, L) or (R,), the standard deviation that is stated of each number; None
            where none is.
    """

    row_id: NDArray[np.int64]
    prediction: NDArray[Any]
    std: NDArray[np.float32] | None = None

    def take(self, at: NDArray[Any]) -> "Answer":
        """Some of its rows, by number or by a mask, in that order."""
        std = None if self.std is None else self.std[at]
        return Answer(self.row_id[at], self.prediction[at], std)
