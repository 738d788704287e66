"""Random forest from the flat parameter vector to all labels at once."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import layout
from baselines.linear.smoothers import Scaler

TREES = 50
LEAVES = (0.05, 0.1, 0.2)
"""Smallest leaf, as a share of the training rows."""


class Model(Baseline):
    """Trees that split on squared error summed over all labels.

    Rotating the labels changes no such sum, so the trees grow on the at most n coordinates of the
    training labels in the space that they span, and the leaves' means are turned back: the same
    forest at a small part of the cost. The size of the leaves is the best by out-of-bag error on
    the noisy labels; no tree at all, the training mean, is one of the choices.
    """

    title = "Random forest"
    is_random = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
        values = self._layout.read(self._target.training(cell))
        self._scale = Scaler(cell.parameters)
        self._mean = values.mean(axis=0)
        self._forest = None
        self.n_parameters = self._mean.size
        if cell.n < 3 or not self._scale.used.any():
            return
        left, size, right = np.linalg.svd(values - self._mean, full_matrices=False)
        inputs, outputs = self._scale(cell.parameters), left * size
        # A row left out is predicted by the mean of the others.
        best = float(np.sum(outputs**2)) * (cell.n / (cell.n - 1.0)) ** 2
        for share in LEAVES:
            forest = _grow(inputs, outputs, share, self.seed)
            held_out = forest.oob_prediction_.reshape(outputs.shape)
            error = float(np.sum((outputs - held_out) ** 2))
            if error < best:
                best, self._forest = error, forest
        if self._forest is not None:
            self._back = right
            leaves = sum(tree.get_n_leaves() for tree in self._forest.estimators_)
            self.n_parameters += int(leaves) * right.shape[0]

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._forest is not None:
            components = self._forest.predict(self._scale(rows.parameters))
            out += components.reshape(len(rows), -1) @ self._back
        return self._target.to_label(self._layout.write(out))


def _grow(inputs: NDArray[np.float64], outputs: NDArray[np.float64], share: float, seed: int):  # type: ignore[no-untyped-def]
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        TREES,
        min_samples_leaf=max(1, round(share * len(inputs))),
        max_features="sqrt",
        oob_score=_same_score,
        bootstrap=True,
        random_state=seed,
    )
    return forest.fit(inputs, outputs.ravel() if outputs.shape[1] == 1 else outputs)


def _same_score(*_: object) -> float:
    return 0.0
