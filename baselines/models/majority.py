"""The most frequent training label: what is known of a class or bit without looking at a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows


class Model(Baseline):
    """Every row gets the most frequent class, or value of each bit, of the training rows.

    Of equals it is the first class by name, and 0 of the values of a bit.
    """

    title = "Most frequent training label"
    answers = ("classification", "binary")

    def _fit(self, cell: Cell) -> None:
        labels = cell.labels
        if labels.dtype.kind == "U":
            names, counts = np.unique(labels, return_counts=True)
            self._label: NDArray[Any] = names[counts.argmax()]
        else:
            self._label = labels.mean(axis=0) > 0.5
        self.n_parameters = self._label.size

    def _predict(self, rows: Rows) -> NDArray[Any]:
        return np.broadcast_to(self._label, (len(rows), *self._label.shape))
