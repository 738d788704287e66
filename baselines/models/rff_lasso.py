"""Lasso on random Fourier features of the parameters near each pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.geometry import site_distances, support
from baselines.inputs.pairs import Pairs
from baselines.linear.lasso_path import choose, descend, fold_masks
from baselines.linear.smoothers import Scaler


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
"""A wider neighbourhood needs more ω."""

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
    needs_hamiltonian = True
    needs_pairs = True
    is_random = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = self._pairs.read(self._target.training(cell))
        self._scale = Scaler(cell.parameters)
        self._mean = values.mean(axis=0)
        self._slopes, self.penalty = np.zeros((values.shape[1], 0)), np.inf
        draws = ON_CHAINS if cell.size.is_chain else ON_LATTICES
        tried = [self._learnt(cell, draw, values) for draw in draws if cell.n > 1]
        learnt = [one for one in tried if one is not None]
        if learnt:
            best = min(learnt, key=lambda one: one.error)
            self._waves, self._centre = best.waves, best.centre
            self._slopes, self.penalty = best.slopes, best.penalty
        self.n_parameters = self._mean.size + int(np.count_nonzero(self._slopes))

    def _learnt(self, cell: Cell, draw: Draw, values: Floats) -> "_Learnt | None":
        """None where no feature says anything."""
        waves = _frequencies(cell, self._scale.used, draw, np.random.default_rng(self.seed))
        held = [np.flatnonzero(out) for out in fold_masks(len(values), FOLDS)]
        sums, centre = self._sums(cell.parameters, waves, values, held)
        total = reduce(_Sums.plus, sums)
        folds = [_Problem(total.plus(fold, -1), fold) for fold in sums]
        whole = _Problem(total)
        largest = float(np.abs(whole.target).max())
        if largest == 0:
            return None
        errors: dict[float, float] = {}

        def held_out(penalty: float) -> float:
            errors[penalty] = sum(fold.error(penalty) for fold in folds)
            return errors[penalty]

        penalty = choose(held_out, largest)
        return _Learnt(waves, centre, whole.at(penalty), penalty, errors[penalty])

    def _sums(
        self, parameters: Floats, waves: Floats, values: Floats, held: list[NDArray[np.int64]]
    ) -> "tuple[list[_Sums], Floats]":
        """Sums over the rows of each fold, features and values about their mean over all rows; and
        the mean of the features, float64 (K, 2·frequencies).
        """
        order = np.concatenate(held)
        cuts = np.cumsum([len(rows) for rows in held])[:-1]
        centred = (values - self._mean)[order].T
        parts: list[list[_Sums]] = [[] for _ in held]
        centre = np.empty((len(centred), 2 * waves.shape[2]))
        for pairs, x in self._features(parameters[order], waves, np.arange(len(centred))):
            centre[pairs] = x.mean(axis=2)
            x -= centre[pairs, :, None]
            splits = np.split(x, cuts, axis=2), np.split(centred[pairs], cuts, axis=1)
            for part, a, b in zip(parts, *splits, strict=True):
                part.append(_Sums.of(a, b))
        return [_Sums.join(part) for part in parts], centre

    def _features(
        self, parameters: Floats, waves: Floats, pairs: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], Floats]]:
        """Some pairs at a time and their features, float64 (pairs, 2·frequencies, R)."""
        phase = np.tensordot(waves, self._scale(parameters), axes=([0], [1]))
        cos, sin = np.cos(phase), np.sin(phase)
        for at in range(0, len(pairs), _BLOCK):
            part = pairs[at : at + _BLOCK]
            i, j = self._pairs.sites[part].T
            # cos and sin of the sum of the two sites' phases
            both = [cos[i] * cos[j] - sin[i] * sin[j], sin[i] * cos[j] + cos[i] * sin[j]]
            yield part, np.concatenate(both, axis=1)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        used = np.flatnonzero(self._slopes.any(axis=1))
        for pairs, x in self._features(rows.parameters, self._waves, used) if len(used) else ():
            slopes = self._slopes[pairs]
            shift = np.einsum("ks,ks->k", slopes, self._centre[pairs])
            out[:, pairs] += (slopes[:, None, :] @ x)[:, 0].T - shift
        return self._target.to_label(self._pairs.write(out))


@dataclass(frozen=True)
class _Learnt:
    """What a draw of features leads to; `error` is held out, less that of the training mean."""

    waves: Floats
    centre: Floats
    slopes: Floats
    penalty: float
    error: float


@dataclass(frozen=True)
class _Sums:
    """Sums over some rows, for each of K pairs: 1, x, y, x xᵀ, x y; x has s entries."""

    rows: int
    x: Floats
    y: Floats
    xx: Floats
    xy: Floats

    @staticmethod
    def of(x: Floats, y: Floats) -> "_Sums":
        """Of features (K, s, rows) and values (K, rows)."""
        xy = (x @ y[:, :, None])[:, :, 0]
        return _Sums(y.shape[1], x.sum(axis=2), y.sum(axis=1), x @ x.mT, xy)

    @staticmethod
    def join(parts: "list[_Sums]") -> "_Sums":
        """Those of different pairs, over the same rows."""
        arrays = [np.concatenate([getattr(p, name) for p in parts]) for name in _SUMS]
        return _Sums(parts[0].rows, *arrays)

    def plus(self, other: "_Sums", sign: int = 1) -> "_Sums":
        """Those of the rows of both, or of the rows that the other has not."""
        arrays = [getattr(self, name) + sign * getattr(other, name) for name in _SUMS]
        return _Sums(self.rows + sign * other.rows, *arrays)

    def about(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Σ (x − x₀)(x − x₀)ᵀ and Σ (x − x₀)(y − y₀)."""
        half = (self.x - 0.5 * self.rows * x)[:, :, None] * x[:, None, :]
        gram = self.xx - half
        gram -= half.mT
        shift = self.x * y[:, None] + x * (self.y - self.rows * y)[:, None]
        return gram, self.xy - shift


_SUMS = ("x", "y", "xx", "xy")


class _Problem:
    """The Lasso of all pairs on some rows; each penalty starts from the one before."""

    def __init__(self, known: _Sums, held: _Sums | None = None) -> None:
        mean = known.x / known.rows, known.y / known.rows
        gram, target = known.about(*mean)
        self._gram, self.target = gram / known.rows, target / known.rows
        self._held = () if held is None else held.about(*mean)
        self._last = np.zeros_like(self.target)

    def at(self, penalty: float) -> Floats:
        self._last = descend(self._gram, self.target, penalty, self._last)
        return self._last

    def error(self, penalty: float) -> float:
        """Squared error on the rows held out, less that of the training mean."""
        slopes = self.at(penalty)
        used = np.flatnonzero(slopes.any(axis=1))
        mine, gram, target = slopes[used], *(x[used] for x in self._held)
        return float(np.sum(mine * ((gram @ mine[:, :, None])[:, :, 0] - 2.0 * target)))


def _frequencies(
    cell: Cell, used: NDArray[np.bool_], draw: Draw, rng: np.random.Generator
) -> Floats:
    """γ ω/√m of every site, 0 for parameters that are not near, float64 (P used, N, frequencies).

    The phase of a pair is the sum of those of its sites; m counts what the two see on average.
    """
    terms, far = support(cell.family, cell.size), site_distances(cell.family, cell.size)
    near = np.zeros((len(used), cell.size.sites), dtype=np.bool_)
    near[terms.entry] = (far[terms.sites] <= draw.radius).all(axis=1)
    near[terms.common] = True
    near = near[used]
    seen = max(1.0, 2.0 * float(near.sum(axis=0).mean()))
    waves = rng.normal(size=(*near.shape, draw.frequencies)) * near[:, :, None]
    return np.asarray(draw.gamma / np.sqrt(seen) * waves)
