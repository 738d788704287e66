"""Lasso on random Fourier features of the parameters near each pair."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from baselines.geometry import site_distances, support
from baselines.lasso_path import choose, descend, fold_masks
from baselines.model import Baseline
from baselines.pairs import Pairs
from baselines.smoothers import Scaler
from baselines.targets import Target


@dataclass(frozen=True)
class Draw:
    """How features are drawn.

    Attributes:
        frequencies: number of ω.
        gamma: γ.
        radius: steps from a site of the pair to all sites of a parameter, at most.
    """

    frequencies: int
    gamma: float
    radius: int


ON_CHAINS = (Draw(8, 0.4, 1),)
ON_LATTICES = (*ON_CHAINS, Draw(40, 0.5, 2))
"""A wider neighbourhood needs more ω; cross-validation takes the first where it has no use."""

FOLDS = 3
_BLOCK = 1000  # pairs at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """For each pair a Lasso on cos(γ ω·z/√m) and sin(γ ω·z/√m), some draws of ω ~ N(0, 1).

    z are the m standardised parameters around the two sites of the pair, and the scalars, so that
    the model is local by construction. Lewis et al., Nature Communications 15, 895 (2024), give
    the features of all neighbourhoods to every pair and leave the choice to the penalty; here each
    pair has its own ones only. One penalty for all pairs, and on lattices one of two
    neighbourhoods, by cross-validation on the noisy labels.
    """

    title = "Lasso on local random Fourier features"
    is_random = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell.regression), Pairs.of(cell.task, cell.size)
        values = self._pairs.read(self._target.training(cell))
        self._scale = Scaler(cell.parameters)
        self._mean = values.mean(axis=0)
        self._slopes, self.penalty = np.zeros((values.shape[1], 0)), np.inf
        draws = ON_CHAINS if cell.size.is_chain else ON_LATTICES
        found = [self._learnt(cell, draw, values) for draw in draws if cell.n > 1]
        learnt = [one for one in found if one is not None]
        if learnt:
            best = min(learnt, key=lambda one: one.error)
            self._waves, self._centre = best.waves, best.centre
            self._slopes, self.penalty = best.slopes, best.penalty
        self.n_parameters = self._mean.size + int(np.count_nonzero(self._slopes))

    def _learnt(self, cell: Cell, draw: Draw, values: Floats) -> "_Learnt | None":
        """None where no feature says anything."""
        waves = _frequencies(cell, self._scale.used, draw, np.random.default_rng(self.seed))
        x = self._features(cell.parameters, waves)
        whole = _Problem(x, values)
        largest = float(np.abs(whole.target).max())
        if largest == 0:
            return None
        folds = [
            (_Problem(x[~out], values[~out]), x[out], values[out])
            for out in fold_masks(len(x), FOLDS)
        ]
        errors: dict[float, float] = {}

        def held_out(penalty: float) -> float:
            errors[penalty] = sum(f.error(penalty, a, b) for f, a, b in folds)
            return errors[penalty]

        penalty = choose(held_out, largest)
        return _Learnt(waves, x.mean(axis=0), whole.at(penalty), penalty, errors[penalty])

    def _features(self, parameters: Floats, waves: Floats) -> Floats:
        """Float64 (R, K, 2·frequencies)."""
        phase = np.tensordot(self._scale(parameters), waves, axes=1)
        i, j = self._pairs.sites.T
        both = phase[:, i] + phase[:, j]
        return np.concatenate([np.cos(both), np.sin(both)], axis=2)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._slopes.any():
            for k in range(len(rows)):  # a row at a time: its features are s times its labels
                x = self._features(rows.parameters[k : k + 1], self._waves)[0] - self._centre
                out[k] += np.einsum("ks,ks->k", x, self._slopes)
        return self._target.to_label(self._pairs.write(out))


@dataclass(frozen=True)
class _Learnt:
    """What a draw of features leads to; `error` is held out, less that of the training mean."""

    waves: Floats
    centre: Floats
    slopes: Floats
    penalty: float
    error: float


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


def _frequencies(
    cell: Cell, used: NDArray[np.bool_], draw: Draw, rng: np.random.Generator
) -> Floats:
    """γ ω/√m of every site, 0 for parameters that are not near, float64 (P used, N, frequencies).

    The phase of a pair is the sum of those of its sites; m counts what the two see on average.
    """
    found, far = support(cell.family, cell.size), site_distances(cell.size)
    near = np.zeros((len(used), cell.size.sites), dtype=np.bool_)
    near[found.entry] = (far[found.sites] <= draw.radius).all(axis=1)
    near[found.common] = True
    near = near[used]
    seen = max(1.0, 2.0 * float(near.sum(axis=0).mean()))
    waves = rng.normal(size=(*near.shape, draw.frequencies)) * near[:, :, None]
    return np.asarray(draw.gamma / np.sqrt(seen) * waves)
