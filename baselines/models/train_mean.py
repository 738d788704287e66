"""The mean of the training labels: what is known without looking at a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from leaderboard.kinds.regression import Regression


class Model(Baseline):
    """Every row gets the entry-wise mean of the training labels.

    The metric `skill` is measured against this model. Of one bit the mean is its probability; of
    several, which have no place for probabilities in an answer, each is what it is more often.
    """

    title = "Mean of the training labels"
    answers = ("regression", "binary")

    def _fit(self, cell: Cell) -> None:
        self._mean: NDArray[Any] = cell.labels.mean(axis=0)
        self.n_parameters = self._mean.size
        if not isinstance(cell.task, Regression):
            self._mean = self._mean[0] if self._mean.size == 1 else self._mean > 0.5

    def _predict(self, rows: Rows) -> NDArray[Any]:
        return np.broadcast_to(self._mean, (len(rows), *self._mean.shape))
