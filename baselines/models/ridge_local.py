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
Sums = tuple[Floats, Floats]


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
            change = values - self._mean
            folds = [_sums(x[out], change[out]) for out in fold_masks(cell.n, FOLDS)]
            gram, target = (np.sum(part, axis=0) for part in zip(*folds, strict=True))
            self.penalty = _choose(folds, (gram, target))
            if np.isfinite(self.penalty):
                self._slopes = _solve(gram, target, [self.penalty])[:, :, 0]
        self.n_parameters = self._mean.size + (0 if self._slopes is None else self._slopes.size)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._slopes is not None:
            x = self._features(rows.parameters) - self._centre
            out += np.einsum("nks,ks->nk", x, self._slopes)
        return self._target.to_label(self._pairs.write(out))


def _sums(x: NDArray[np.float32], y: Floats) -> Sums:
    """Σ x xᵀ and Σ x y over rows, for every pair."""
    gram, target = np.empty((*x.shape[1:], x.shape[2])), np.empty(x.shape[1:])
    for start in range(0, x.shape[1], _BLOCK):
        part = slice(start, start + _BLOCK)
        features = x[:, part].transpose(1, 2, 0).astype(np.float64)
        gram[part] = features @ features.mT
        target[part] = (features @ y[:, part].T[:, :, None])[:, :, 0]
    return gram, target


def _choose(folds: Sequence[Sums], total: Sums) -> float:
    """The penalty of the smallest held-out error; infinity if none is below that of the mean."""
    errors = np.zeros(len(PENALTIES))
    for gram, target in folds:
        w = _solve(total[0] - gram, total[1] - target, PENALTIES)
        # y² is the same for all penalties.
        errors += np.sum(w * (gram @ w - 2.0 * target[:, :, None]), axis=(0, 1))
    best = len(errors) - 1 - int(np.argmin(errors[::-1]))
    return PENALTIES[best] if errors[best] < 0 else np.inf


def _solve(gram: Floats, target: Floats, penalties: Sequence[float]) -> Floats:
    """Slopes of every pair for each penalty, float64 (K, F, penalties).

    Penalties are in units of the mean of all features' squares. One decomposition a pair serves
    all of them.
    """
    unit = max(float(np.einsum("kff->kf", gram).mean()), np.finfo(float).tiny)
    values, vectors = np.linalg.eigh(gram)
    turned = vectors.mT @ target[:, :, None]
    shrunk = turned / (values.clip(0.0)[:, :, None] + np.array(penalties) * unit)
    return np.asarray(vectors @ shrunk)
