"""Lasso from the flat parameter vector to all labels at once."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import layout
from baselines.linear.lasso_path import LassoPath, choose, fold_masks
from baselines.linear.smoothers import Scaler

FOLDS = 5
Floats = NDArray[np.float64]


class Model(Baseline):
    """Linear with an L1 penalty, one output a label entry, one penalty for all.

    Inputs are standardised. The penalty is chosen by five-fold cross-validation on the noisy
    training labels, from the one that leaves the training mean downwards (arXiv 2505.13852).
    """

    title = "Lasso"

    def _fit(self, cell: Cell) -> None:
        self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
        values = self._layout.read(self._target.training(cell))
        self._scale = Scaler(cell.parameters)
        inputs = self._scale(cell.parameters)
        self._mean = values.mean(axis=0)
        self._outputs, self._slopes = np.zeros(0, dtype=np.int64), np.zeros((inputs.shape[1], 0))
        self.penalty = np.inf
        if cell.n > 1 and self._scale.used.any():
            path = LassoPath(inputs, values - self._mean)
            if path.largest > 0:
                self.penalty = choose(_Held(inputs, values), path.largest)
                self._outputs, self._slopes = path.at(self.penalty)
        self.n_parameters = self._mean.size + int(np.count_nonzero(self._slopes))

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        out[:, self._outputs] += self._scale(rows.parameters) @ self._slopes
        return self._target.to_label(self._layout.write(out))


class _Held:
    """Squared error on held-out rows, less that of their training mean, for a penalty."""

    def __init__(self, inputs: Floats, values: Floats) -> None:
        self._folds = []
        for out in fold_masks(len(inputs), FOLDS):
            x, y = (a[~out] - a[~out].mean(axis=0) for a in (inputs, values))
            held = tuple(a[out] - a[~out].mean(axis=0) for a in (inputs, values))
            self._folds.append((LassoPath(x, y), *held))

    def __call__(self, penalty: float) -> float:
        error = 0.0
        for path, x, y in self._folds:
            outputs, slopes = path.at(penalty)
            change = x @ slopes
            error += float(np.sum(change * (change - 2.0 * y[:, outputs])))
        return error
