"""Gradient-boosted trees on what a pair sees, shared over all pairs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pair_features import PairFeatures
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from baselines.linear.lasso_path import fold_masks

FOLDS = 4
SAMPLES = 60_000
"""(row, pair) examples that trees are grown on; more are drawn from at random."""

TREES = 30
_BLOCK = 20  # rows at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """Label = base_ij + scale(d) · trees(x_ij, d), the histogram trees of scikit-learn.

    base, scale and x are those of `ridge_pairs`. Examples are drawn with probability in proportion
    to scale², and weigh the same: far, small correlations tell little of the couplings. The number
    of trees is the best on one fold of rows held out, on the noisy labels; none is a choice.
    """

    title = "Gradient boosting shared over pairs"
    needs_hamiltonian = True
    needs_pairs = True
    is_random = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = self._pairs.read(self._target.training(cell))
        self._curve, self._base = pair_base(self._pairs, values)
        self._features = PairFeatures(cell.family, self._pairs, cell.parameters)
        self._trees: Any = None
        self.n_parameters = self._base.size
        if cell.n < 2 or not self._curve.any():
            return
        rng = np.random.default_rng(self.seed)
        held = fold_masks(cell.n, FOLDS)[0]
        x, y = self._examples(cell.parameters[~held], values[~held], rng)
        x_held, y_held = self._examples(cell.parameters[held], values[held], rng)
        grown = _grow(x, y, TREES, self.seed)
        errors = [float(np.sum(y_held**2))]
        errors += [float(np.sum((y_held - p) ** 2)) for p in grown.staged_predict(x_held)]
        best = int(np.argmin(errors))
        if best:
            x, y = self._examples(cell.parameters, values, rng)
            self._trees = _grow(x, y, best, self.seed)
            self.n_parameters += 8 * best

    def _examples(
        self, parameters: Floats, values: Floats, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], Floats]:
        """Features and changes relative to the scale of some pairs, as many of each row."""
        chance = self._curve**2 / np.sum(self._curve**2)
        some = min(int(np.count_nonzero(chance)), max(1, SAMPLES // len(values)))
        inputs, outputs = [], []
        for start in range(0, len(values), _BLOCK):
            seen = self._inputs(parameters[start : start + _BLOCK])
            for x, y in zip(seen, values[start : start + _BLOCK], strict=True):
                at = rng.choice(len(chance), some, replace=False, p=chance)
                inputs.append(x[at])
                outputs.append((y - self._base)[at] / self._curve[at])
        return np.concatenate(inputs), np.concatenate(outputs)

    def _inputs(self, parameters: Floats) -> NDArray[np.float32]:
        x = self._features(parameters)
        distance = np.broadcast_to(self._pairs.distance[:, None], (*x.shape[:2], 1))
        return np.concatenate([x, distance], axis=2, dtype=np.float32)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._base, (len(rows), 1))
        if self._trees is not None:
            for start in range(0, len(rows), _BLOCK):
                x = self._inputs(rows.parameters[start : start + _BLOCK])
                changes = self._trees.predict(x.reshape(-1, x.shape[2])).reshape(x.shape[:2])
                out[start : start + _BLOCK] += changes * self._curve
        return self._target.to_label(self._pairs.write(out))


def _grow(x: NDArray[np.float32], y: Floats, trees: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    grown = HistGradientBoostingRegressor(
        max_iter=trees,
        learning_rate=0.2,
        max_leaf_nodes=8,
        min_samples_leaf=200,
        max_bins=63,
        early_stopping=False,
        random_state=seed,
    )
    return grown.fit(x, y)
