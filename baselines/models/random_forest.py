"""Random forest from the flat parameter vector to all labels at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.folds import are_single, fold_masks
from baselines.inputs.pairs import layout
from baselines.linear.smoothers import Scaler

TREES = 50
FOLDS = 5
Floats = NDArray[np.float64]
LEAVES = (0.05, 0.1, 0.2)
"""Smallest leaf, as a share of the training rows."""


class Model(Baseline):
    """Trees that split on squared error summed over all labels.

    Rotating the labels changes no such sum, so the trees grow on the at most n coordinates of the
    training labels in the space that they span, and the leaves' means are turned back: the same
    forest at a small part of the cost. The size of the leaves is the best by out-of-bag error on
    the noisy labels, or, where rows are states of evolutions, of which a bag holds some of nearly
    each, by that of forests grown without a fold of them; no tree at all, the training mean, is one
    of the choices.
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
        if are_single(cell.groups):
            self._forest = _best_out_of_bag(inputs, outputs, self.seed)
        else:
            self._forest = _best_of_folds(inputs, outputs, cell.groups, self.seed)
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


def _best_out_of_bag(inputs: Floats, outputs: Floats, seed: int) -> Any:
    """The forest of the smallest out-of-bag error; None where the mean has a smaller one."""
    # A row left out is predicted by the mean of the others.
    best, chosen = float(np.sum(outputs**2)) * (len(inputs) / (len(inputs) - 1.0)) ** 2, None
    for share in LEAVES:
        forest = _grow(inputs, outputs, share, seed, oob_score=_same_score)
        held_out = forest.oob_prediction_.reshape(outputs.shape)
        error = float(np.sum((outputs - held_out) ** 2))
        if error < best:
            best, chosen = error, forest
    return chosen


def _best_of_folds(inputs: Floats, outputs: Floats, groups: NDArray[np.int64], seed: int) -> Any:
    """That of the smallest error on groups left out; None where the mean has a smaller one."""
    folds = fold_masks(groups, FOLDS)
    best = sum(float(np.sum((outputs[o] - outputs[~o].mean(axis=0)) ** 2)) for o in folds)
    chosen = None
    for share in LEAVES:
        error = 0.0
        for out in folds:
            found = _grow(inputs[~out], outputs[~out], share, seed).predict(inputs[out])
            error += float(np.sum((outputs[out] - found.reshape(-1, outputs.shape[1])) ** 2))
        if error < best:
            best, chosen = error, share
    return None if chosen is None else _grow(inputs, outputs, chosen, seed)


def _grow(
    inputs: Floats, outputs: Floats, share: float, seed: int, *, oob_score: Any = False
) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        TREES,
        min_samples_leaf=max(1, round(share * len(inputs))),
        max_features="sqrt",
        oob_score=oob_score,
        bootstrap=True,
        random_state=seed,
    )
    return forest.fit(inputs, outputs.ravel() if outputs.shape[1] == 1 else outputs)


def _same_score(*_: object) -> float:
    return 0.0
