"""The mean of the training labels: what is known without looking at a row."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows


class Model(Baseline):
    """Every row gets the entry-wise mean of the training labels.

    The metric `skill` is measured against this model. The mean of a bit is its probability.
    """

    title = "Mean of the training labels"
    answers = ("regression", "binary")

    def _fit(self, cell: Cell) -> None:
        self._mean = cell.labels.mean(axis=0)
        self.n_parameters = self._mean.size

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        return np.broadcast_to(self._mean, (len(rows), self._mean.size))
