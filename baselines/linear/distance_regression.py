"""One linear model for all pairs of a system, its weights smooth functions of their distance."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels
from baselines.inputs.pairs import Pairs
from baselines.inputs.shot_noise import CommonNoise
from baselines.linear.evidence import most_likely

Floats = NDArray[np.float64]


class Features(Protocol):
    """What pairs see: features of all pairs of a distance, for one distance after the other."""

    kinds: NDArray[np.int64]

    def blocks(self, given: Channels, distances: Iterable[int]) -> Iterator[NDArray[np.float32]]:
        """Float32 (R, K_d, F) for each distance."""


@dataclass(frozen=True)
class Noise:
    """Noise of the values that are learnt from.

    Attributes:
        variance: float64 (D,), of a pair's value, by distance.
        common: what pairs of a row have in common; None: they are independent.
    """

    variance: Floats
    common: CommonNoise | None = None


class DistanceRegression:
    """y_ij = Σ_m φ_m(d) w_m · x_ij, d the distance, with priors chosen by the evidence.

    φ are hat functions in log d, one set for even and one for odd distances, falling as the mean
    curve does, for what acts at a certain place; and two that fall slower and have the curve's
    sign, for what acts on the order as a whole. Every kind of feature has a prior variance with
    each of the two.

    Args:
        features: what the pairs see.
        pairs: all pairs.
        curve: float64 (K,), the mean by distance; its sign is used.
        alike: a third set of φ, the sums of the hats over d, for what acts alike at all distances.

    Attributes:
        degrees: effective number of weights, known after `fit`.
    """

    def __init__(
        self, features: Features, pairs: Pairs, curve: Floats, *, alike: bool = False
    ) -> None:
        self._features = features
        self._at = [np.flatnonzero(pairs.distance == d) for d in np.unique(pairs.distance)]
        self._distances = np.unique(pairs.distance)
        means = np.array([curve[at[0]] for at in self._at])
        self._basis, self._set = _basis(self._distances, means, alike=alike)

    def fit(self, given: Channels, values: Floats, noise: Noise) -> None:
        """Learn from values float64 (n, K) of the rows `given`."""
        grams, targets, row_sums = [], [], []
        for x, at, variance in self._each(given, noise.variance):
            y = values[:, at].astype(np.float32)
            flat = x.reshape(-1, x.shape[2])
            grams.append((flat.T @ flat).astype(np.float64) / variance)
            targets.append((flat.T @ y.ravel()).astype(np.float64) / variance)
            row_sums.append(np.concatenate([x.sum(axis=1), y.sum(axis=1)[:, None]], axis=1))
        gram = np.einsum("dp,dq,dfg->pfqg", self._basis, self._basis, grams, optimize=True)
        width = self._basis.shape[1] * len(self._features.kinds)
        gram, target = gram.reshape(width, width), (self._basis.T @ np.stack(targets)).ravel()
        if noise.common is not None:
            count = np.array([len(at) for at in self._at])
            self._take_common(gram, target, np.stack(row_sums), count, noise)
        groups = self._set[:, None] * (self._features.kinds.max() + 1) + self._features.kinds
        fitted = most_likely(gram, target, groups.ravel())
        self._weights, self.degrees = fitted.weights.reshape(len(self._set), -1), fitted.degrees

    @property
    def n_weights(self) -> int:
        """Number of weights that are not switched off."""
        return int(np.count_nonzero(self._weights))

    def __call__(self, given: Channels) -> Floats:
        """Values float64 (R, K) of other rows."""
        out = np.zeros((len(given.shared), sum(len(at) for at in self._at)))
        for x, at, weights in self._each(given, self._basis @ self._weights):
            out[:, at] = x @ weights.astype(np.float32)
        return out

    def _each(
        self, given: Channels, numbers: Floats
    ) -> Iterator[tuple[NDArray[np.float32], Any, Any]]:
        blocks = self._features.blocks(given, [int(d) for d in self._distances])
        return zip(blocks, self._at, numbers, strict=True)

    def _take_common(
        self, gram: Floats, target: Floats, sums: Floats, count: NDArray[np.int64], noise: Noise
    ) -> None:
        """Subtract from XᵀX and Xᵀy what lies along the common noise of each row."""
        common = noise.common
        assert common is not None
        bands = [common.band == b for b in range(len(common.covariance))]
        gain = common.gain(np.array([(count / noise.variance)[b].sum() for b in bands]))
        scaled = sums * (common.sign / noise.variance)[:, None, None]
        x = np.stack(
            [
                np.einsum("dm,drf->rmf", self._basis[b], scaled[b][:, :, :-1], optimize=True)
                for b in bands
            ]
        ).reshape(len(bands), sums.shape[1], -1)
        y = np.stack([scaled[b][:, :, -1].sum(axis=0) for b in bands])
        moved = np.einsum("ab,brp->arp", gain, x)
        gram -= x.reshape(-1, x.shape[2]).T @ moved.reshape(-1, x.shape[2])
        target -= np.einsum("arp,ar->p", moved, y)


def _basis(
    distances: NDArray[np.int64], means: Floats, *, alike: bool
) -> tuple[Floats, NDArray[np.int64]]:
    """Functions of the distance float64 (D, m), and the set that each belongs to, int64 (m,)."""
    sign = np.sign(means)
    envelope = np.maximum.accumulate(np.abs(means)[::-1])[::-1]
    falling = envelope / envelope.max(initial=np.finfo(float).tiny)
    columns, sums = [], []
    for odd, first in ((1, 1), (0, 2)):
        here = distances % 2 == odd
        sums.append(np.where(here, falling, 0.0))
        # Spacing doubles: 1, 3, 5, 9, 17 … and 2, 4, 8, 16 …
        knots = [first, *(2**k + odd for k in range(2 - odd, 11))]
        knots = [k for k in knots if k <= distances[here].max(initial=0)]
        for k in range(len(knots)):
            hat = np.interp(np.log(distances), np.log(knots), np.eye(len(knots))[k])
            columns.append(np.where(here, hat * falling, 0.0))
    sign = np.sign(means)
    order = [0.1 * sign * envelope**0.25, 0.2 * sign * np.sqrt(envelope)]
    sets = [0] * len(columns) + [1, 1]
    if alike:
        columns, sets = [*sums, *columns], [2, 2, *sets]
    return np.stack([*columns, *order], axis=1), np.array(sets)
