"""Ridge regression from the flat parameter vector to all labels at once."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target

ALPHAS = tuple(10.0**k for k in range(-3, 9))


class Model(Baseline):
    """Linear, one output a label entry, one penalty for all, as in arXiv 2505.13852.

    Inputs are standardised. The penalty is chosen by leave-one-out error on the noisy training
    labels; the grid ends where the model is the mean of the training labels, so that it can
    decide to learn nothing.
    """

    title = "Ridge regression"

    def __init__(self, *, seed: int = 0, alphas: tuple[float, ...] = ALPHAS) -> None:
        super().__init__(seed=seed)
        self.alphas = alphas
        self.alpha = float("nan")

    def _fit(self, cell: Cell) -> None:
        from sklearn.linear_model import RidgeCV

        self._centre = cell.parameters.mean(axis=0)
        spread = cell.parameters.std(axis=0)
        # Constant parameters (a fixed field) stay out: scaling would blow up their rounding.
        self._used = spread > 1e-9 * np.abs(cell.parameters).max(initial=0.0)
        self._spread = spread[self._used]
        self._target = Target.of(cell)
        values = self._target.training(cell)
        self._mean = values.mean(axis=0)
        self._model = None
        if cell.n > 1 and self._used.any():
            self._model = RidgeCV(alphas=list(self.alphas))
            self._model.fit(self._inputs(cell.parameters), values)
            self.alpha = float(self._model.alpha_)
        self.n_parameters = (1 + int(self._used.sum())) * self._mean.size

    def _inputs(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((parameters - self._centre)[:, self._used] / self._spread)

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        if self._model is None:
            return self._target.to_label(np.tile(self._mean, (len(rows), 1)))
        # scikit-learn drops the axis of a single output.
        predicted = np.asarray(self._model.predict(self._inputs(rows.parameters)))
        return self._target.to_label(predicted.reshape(len(rows), -1))
