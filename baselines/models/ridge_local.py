"""Ridge regression of each pair on the parameters near it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from baselines.lasso_path import fold_masks
from baselines.model import Baseline
from baselines.pair_features import PairFeatures
from baselines.pairs import Pairs
from baselines.targets import Target

FOLDS = 5
PENALTIES = tuple(10.0**k for k in range(-2, 7))
_BLOCK = 500  # pairs at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """Label_ij = mean_ij + w_ij · x_ij: `ridge_pairs` with a w for each pair, and no scale.

    Local and linear, with nothing shared: beside `ridge_pairs` it shows what sharing is worth. One
    penalty for all pairs, the best of five-fold cross-validation on the noisy labels; an infinite
    one, the mean of the training labels, is a choice.
    """

    title = "Local ridge regression, each pair by itself"

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell.regression), Pairs.of(cell.task, cell.size)
        values = self._pairs.read(self._target.training(cell))
        self._mean, self.penalty = values.mean(axis=0), np.inf
        self._slopes: Floats | None = None
        if cell.n > 1:
            self._features = PairFeatures(cell.family, self._pairs, cell.parameters)
            x = self._features(cell.parameters)
            self._centre = x.mean(axis=0)
            x -= self._centre
            self.penalty = _choose(x, values - self._mean)
            if np.isfinite(self.penalty):
                self._slopes = _solve(x, values - self._mean, [self.penalty])[0]
        self.n_parameters = self._mean.size + (0 if self._slopes is None else self._slopes.size)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._slopes is not None:
            x = self._features(rows.parameters) - self._centre
            out += np.einsum("nks,ks->nk", x, self._slopes)
        return self._target.to_label(self._pairs.write(out))


def _choose(x: NDArray[np.float32], y: Floats) -> float:
    """The penalty of the smallest held-out error; infinity if none is below that of the mean."""
    errors = np.zeros(len(PENALTIES))
    for out in fold_masks(len(x), FOLDS):
        for k, slopes in enumerate(_solve(x[~out], y[~out], PENALTIES)):
            change = np.einsum("nks,ks->nk", x[out], slopes)
            errors[k] += float(np.sum(change * (change - 2.0 * y[out])))
    best = len(errors) - 1 - int(np.argmin(errors[::-1]))
    return PENALTIES[best] if errors[best] < 0 else np.inf


def _solve(x: NDArray[np.float32], y: Floats, penalties: Sequence[float]) -> Floats:
    """Slopes of every pair for each penalty, float64 (penalties, K, F).

    Penalties are in units of the mean of all features' squares. One decomposition a pair serves
    all of them.
    """
    unit = max(float(np.mean(np.square(x, dtype=np.float64))) * len(x), np.finfo(float).tiny)
    out = np.empty((len(penalties), x.shape[1], x.shape[2]))
    for start in range(0, x.shape[1], _BLOCK):
        part = slice(start, start + _BLOCK)
        features = x[:, part].transpose(1, 2, 0).astype(np.float64)
        values, vectors = np.linalg.eigh(features @ features.mT)
        target = vectors.mT @ (features @ y[:, part].T[:, :, None])
        for k, penalty in enumerate(penalties):
            shrunk = target[:, :, 0] / (values.clip(0.0) + penalty * unit)
            out[k, part] = (vectors @ shrunk[:, :, None])[:, :, 0]
    return out
