"""Far pairs learnt from what is predicted of close ones."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels
from baselines.inputs.folds import fold_of_rows
from baselines.inputs.pairs import Pairs
from baselines.linear.distance_regression import DistanceRegression, Noise

Floats = NDArray[np.float64]
FOLDS = 5
PREDICTED = 3
"""Distances whose predicted values are seen."""


class Cascade:
    """The values at distances 1 … `PREDICTED` from the couplings; all values from those.

    Shots tell most of close pairs. Their predicted values take the place of the couplings in a
    second regression of all pairs, which then has few numbers to learn: how a pair follows the
    order that the close pairs around it show. For a training row the prediction is that of a
    model that did not see its group, so that no noise of a row is learnt as its property.

    Args:
        pairs: all pairs of a chain.
        curve: float64 (K,), the mean by distance.
        regression: channels, pairs and their curve → a model to fit.
        groups: int64 (n,), of the training rows, at least `FOLDS`, see `Rows.groups`.
    """

    def __init__(
        self,
        pairs: Pairs,
        curve: Floats,
        regression: Callable[[Channels, Pairs, Floats], DistanceRegression],
        groups: NDArray[np.int64],
    ) -> None:
        self._pairs, self._curve, self._regression = pairs, curve, regression
        self._groups = groups

    def fit(self, channels: Channels, values: Floats, noise: Noise) -> None:
        """Learn from values float64 (n, K) of the rows whose channels are given."""
        n = len(channels.shared)
        fold = fold_of_rows(self._groups, FOLDS, np.random.default_rng(0))
        count = min(PREDICTED, channels.n_sites - 1)
        apart = [np.zeros((n, channels.n_sites - d)) for d in range(1, count + 1)]
        for k in range(FOLDS):
            kept, held = _rows(channels, fold != k), _rows(channels, fold == k)
            models = self._close(kept, values[fold != k], noise)
            for out, model in zip(apart, models, strict=True):
                out[fold == k] = model(held)
        self._first = self._close(channels, values, noise)
        seen = Channels(channels.n_sites, tuple(apart), channels.shared)
        self._last = self._regression(seen, self._pairs, self._curve)
        self._last.fit(seen, values, noise)

    def __call__(self, channels: Channels) -> Floats:
        """Values float64 (R, K) of other rows."""
        local = tuple(model(channels) for model in self._first)
        return self._last(Channels(channels.n_sites, local, channels.shared))

    @property
    def n_weights(self) -> int:
        """Number of weights that are not switched off."""
        return sum(model.n_weights for model in (*self._first, self._last))

    @property
    def degrees(self) -> float:
        """Effective number of weights."""
        return sum(model.degrees for model in (*self._first, self._last))

    def _close(self, channels: Channels, values: Floats, noise: Noise) -> list[DistanceRegression]:
        models = []
        for d in range(1, min(PREDICTED, channels.n_sites - 1) + 1):
            here = self._pairs.distance == d
            pairs = replace(self._pairs, sites=self._pairs.sites[here])
            models.append(self._regression(channels, pairs, self._curve[here]))
            models[-1].fit(channels, values[:, here], Noise(noise.variance[d - 1 : d]))
        return models


def _rows(channels: Channels, kept: NDArray[np.bool_]) -> Channels:
    local = tuple(x[kept] for x in channels.local)
    return Channels(channels.n_sites, local, channels.shared[kept])
