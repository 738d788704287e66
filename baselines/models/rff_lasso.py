"""Lasso on random Fourier features of the parameters near each pair."""

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from baselines.geometry import site_distances, support
from baselines.lasso_path import choose, descend, fold_masks
from baselines.model import Baseline
from baselines.pairs import Pairs
from baselines.smoothers import Scaler
from baselines.targets import Target

FREQUENCIES = 8
GAMMA = 0.4
RADIUS = 1
"""Steps from a site of the pair to all sites of a parameter, at most."""

FOLDS = 3
_BLOCK = 1000  # pairs at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """For each pair a Lasso on cos(γ ω·z/√m) and sin(γ ω·z/√m), ω ~ N(0, 1), 8 draws of ω.

    z are the m standardised parameters around the two sites of the pair, and the scalars, so that
    the model is local by construction. Lewis et al., Nature Communications 15, 895 (2024), give
    the features of all neighbourhoods to every pair and leave the choice to the penalty; here each
    pair has its own ones only. One penalty for all pairs, by cross-validation on the noisy labels.
    """

    title = "Lasso on local random Fourier features"
    is_random = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell.regression), Pairs.of(cell.task, cell.size)
        values = self._pairs.read(self._target.training(cell))
        self._scale = Scaler(cell.parameters)
        self._waves = _frequencies(cell, self._scale.used, np.random.default_rng(self.seed))
        self._mean = values.mean(axis=0)
        self._slopes = np.zeros((values.shape[1], 2 * FREQUENCIES))
        self.penalty = np.inf
        if cell.n > 1:
            self._learn(self._features(cell.parameters), values)
        self.n_parameters = self._mean.size + int(np.count_nonzero(self._slopes))

    def _learn(self, x: Floats, values: Floats) -> None:
        """x: features (n, K, s)."""
        self._centre = x.mean(axis=0)
        folds = [
            (_Problem(x[~out], values[~out]), x[out], values[out])
            for out in fold_masks(len(x), FOLDS)
        ]
        whole = _Problem(x, values)
        largest = float(np.abs(whole.target).max())
        if largest > 0:
            self.penalty = choose(lambda p: sum(f.error(p, a, b) for f, a, b in folds), largest)
            self._slopes = whole.at(self.penalty)

    def _features(self, parameters: Floats) -> Floats:
        """Float64 (R, K, 2·FREQUENCIES)."""
        phase = np.tensordot(self._scale(parameters), self._waves, axes=1)
        i, j = self._pairs.sites.T
        both = phase[:, i] + phase[:, j]
        return np.concatenate([np.cos(both), np.sin(both)], axis=2)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._slopes.any():
            for k in range(len(rows)):  # a row at a time: its features are s times its labels
                x = self._features(rows.parameters[k : k + 1])[0] - self._centre
                out[k] += np.einsum("ks,ks->k", x, self._slopes)
        return self._target.to_label(self._pairs.write(out))


class _Problem:
    """The Lasso of all pairs on some rows; each penalty starts from the one before."""

    def __init__(self, x: Floats, y: Floats) -> None:
        self._mean_x, self._mean_y = x.mean(axis=0), y.mean(axis=0)
        n, pairs, s = x.shape
        self._gram, self.target = np.empty((pairs, s, s)), np.empty((pairs, s))
        for at in range(0, pairs, _BLOCK):
            part = slice(at, at + _BLOCK)
            features = (x[:, part] - self._mean_x[part]).transpose(1, 2, 0)
            self._gram[part] = features @ features.mT / n
            change = (y[:, part] - self._mean_y[part]).T[:, :, None]
            self.target[part] = (features @ change)[:, :, 0] / n
        self._last = np.zeros_like(self.target)

    def at(self, penalty: float) -> Floats:
        self._last = descend(self._gram, self.target, penalty, self._last)
        return self._last

    def error(self, penalty: float, x: Floats, y: Floats) -> float:
        """Squared error on other rows, less that of the training mean."""
        slopes = self.at(penalty)
        used = np.flatnonzero(slopes.any(axis=1))
        change = np.einsum("nks,ks->nk", x[:, used] - self._mean_x[used], slopes[used])
        return float(np.sum(change * (change - 2.0 * (y[:, used] - self._mean_y[used]))))


def _frequencies(cell: Cell, used: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """γ ω/√m of every site, 0 for parameters that are not near, float64 (P used, N, FREQUENCIES).

    The phase of a pair is the sum of those of its sites; m counts what the two see on average.
    """
    found, far = support(cell.family, cell.size), site_distances(cell.size)
    near = np.zeros((len(used), cell.size.sites), dtype=np.bool_)
    near[found.entry] = (far[found.sites] <= RADIUS).all(axis=1)
    near[found.common] = True
    near = near[used]
    seen = max(1.0, 2.0 * float(near.sum(axis=0).mean()))
    waves = rng.normal(size=(*near.shape, FREQUENCIES)) * near[:, :, None]
    return np.asarray(GAMMA / np.sqrt(seen) * waves)
