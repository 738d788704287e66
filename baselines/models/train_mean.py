"""The mean of the training estimates: what is known without looking at a Hamiltonian."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell, Rows


class Model(Baseline):
    """Every row gets the entry-wise mean of the training labels.

    The metric `skill` is measured against this model.
    """

    title = "Mean of the training labels"

    def _fit(self, cell: Cell) -> None:
        self._mean = cell.labels.mean(axis=0)
        self.n_parameters = self._mean.size

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        return np.broadcast_to(self._mean, (len(rows), self._mean.size))
