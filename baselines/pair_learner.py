"""A number of every pair of sites, learnt from unbiased estimates of it in three steps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.chain_fields import ChainFields
from baselines.curve import distance_curve
from baselines.distance_regression import DistanceRegression, Noise
from baselines.features import Channels
from baselines.pairs import Pairs
from baselines.shot_noise import CommonNoise
from baselines.window_process import WindowProcess, Windows

Floats = NDArray[np.float64]
FOLDS = 5
PREDICTED = 3
"""Distances whose predicted values are what far pairs are predicted from."""
CLOSE = 8
"""Distances up to which a pair has a function of its window of its own."""


@dataclass(frozen=True)
class Ingredients:
    """What can be left out, to see what it is worth.

    Attributes:
        smooth: smooth fields of the couplings.
        staggered: staggered fields, and the parity of pairs.
        cascade: far pairs see the predicted values of close ones instead of the couplings.
        common_noise: the noise of pairs of a row is not taken as independent.
        sites: site averages are learnt, and pairs on top of their product.
        windows: functions of the window of sites and of close pairs that are not linear.
    """

    smooth: bool = True
    staggered: bool = True
    cascade: bool = True
    common_noise: bool = True
    sites: bool = True
    windows: bool = True


@dataclass(frozen=True)
class Values:
    """Unbiased estimates of n rows of K pairs.

    Attributes:
        less: what is expected, of a shape that broadcasts to (n, K) → estimates of the difference
            of the truth from it, float64 (n, K).
        unit: variance of an estimate where the truth is 0; None: exact values.
        product: m m' of each pair, of a shape that broadcasts to (n, K), where estimates are of
            the connected part c = ⟨PP'⟩ − m m'.
        left: likewise (1 − m²)(1 − m'²).
    """

    less: Callable[[Floats], Floats]
    unit: float | None
    product: Floats | float = 0.0
    left: Floats | float = 1.0

    def variance(self, c: Floats) -> Floats:
        """Of each estimate where the truth is c: unit · ⟨(P − m)²(P' − m')²⟩ less what is small.

        (P − m)² = 1 + m² − 2 m P, so that the mean is left + 4 m m' c, and c² goes off.
        """
        whole = self.left + 4.0 * self.product * c - c**2
        return np.asarray((self.unit or 0.0) * whole.clip(0.1 * np.mean(whole)))


class PairLearner:
    """Curve in distance + `DistanceRegression` + `WindowProcess` of each close distance.

    On a chain the regression is done twice: the values at distances 1 … `PREDICTED`, which shots
    tell best, are learnt from the couplings, and their prediction, for training rows by a model
    that did not see the row, takes the place of the couplings in all other distances. So far
    pairs learn a few numbers only: how they follow the order that close pairs show.
    """

    def __init__(self, pairs: Pairs, how: Ingredients) -> None:
        self._pairs, self._how = pairs, how
        self._close: dict[int, WindowProcess] = {}
        self._first: list[DistanceRegression] = []
        self._last: DistanceRegression | None = None

    def fit(self, channels: Channels, values: Values) -> None:
        """Learn from the values of the rows whose channels are given."""
        n = len(channels.shared)
        self.curve = distance_curve(self._pairs, values.less(np.zeros(1)))
        self._windows = Windows(channels)
        if n < 2:
            return
        y = values.less(self.curve)
        noise = self._noise(values, y)
        given = channels
        if self._how.cascade and self._pairs.is_matrix and n >= FOLDS:
            given = self._predicted_apart(channels, y, noise)
        self._last = self._regression(given, self._pairs)
        self._last.fit(given, y, noise)
        if values.unit is None:
            # Exact values scatter about the model by what it misses, which a first fit tells.
            noise = self._noise(values, y - self._last(given, n))
            self._last.fit(given, y, noise)
        if self._how.windows:
            self._fit_close(channels, values, self.curve + self._last(given, n), noise)

    def __call__(self, channels: Channels) -> Floats:
        """Values float64 (R, K) of other rows."""
        rows = len(channels.shared)
        out = np.tile(self.curve, (rows, 1))
        if self._last is not None:
            given = self._cascaded(channels) if self._first else channels
            out += self._last(given, rows)
        for d, process in self._close.items():
            out[:, self._pairs.distance == d] += process(self._windows(channels, d))
        return out

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        linear = [m.n_weights for m in (*self._first, self._last) if m is not None]
        close = [p.weights.size for p in self._close.values()]
        return int(np.unique(self._pairs.distance).size + sum(linear) + sum(close))

    def _noise(self, values: Values, y: Floats) -> Noise:
        distances = np.unique(self._pairs.distance)
        groups = [self._pairs.distance == d for d in distances]
        if values.unit is None:
            scatter = np.array([np.mean(y[:, g] ** 2) for g in groups])
            return Noise(scatter.clip(1e-12 + 1e-3 * scatter.max()))
        curve = np.array([self.curve[g][0] for g in groups])
        variance = np.broadcast_to(values.variance(self.curve), y.shape)
        by_distance = np.array([variance[:, g].mean() for g in groups])
        common = None
        if self._how.common_noise and self._pairs.is_matrix:
            unit = float(variance[:, groups[-1]].mean())
            common = CommonNoise.of(self._pairs, distances, curve, unit)
        return Noise(by_distance, common)

    def _regression(self, given: Channels, pairs: Pairs) -> DistanceRegression:
        fields = ChainFields(given, smooth=self._how.smooth, staggered=self._how.staggered)
        there = np.isin(self._pairs.distance, pairs.distance)
        return DistanceRegression(fields, pairs, self.curve[there])

    def _predicted_apart(self, channels: Channels, y: Floats, noise: Noise) -> Channels:
        """Predicted values of close pairs as channels, those of a row from the other rows."""
        n = len(channels.shared)
        self._first = self._learn_first(channels, y, noise)
        fold = np.random.default_rng(0).permutation(n) % FOLDS
        apart = [np.zeros((n, channels.n_sites - d)) for d in range(1, len(self._first) + 1)]
        for k in range(FOLDS):
            kept, held = _rows(channels, fold != k), _rows(channels, fold == k)
            learnt = self._learn_first(kept, y[fold != k], noise)
            for out, model in zip(apart, learnt, strict=True):
                out[fold == k] = model(held, int((fold == k).sum()))
        return Channels(channels.n_sites, tuple(apart), channels.shared)

    def _learn_first(self, channels: Channels, y: Floats, noise: Noise) -> list[DistanceRegression]:
        models = []
        for d in range(1, min(PREDICTED, self._pairs.n_sites - 1) + 1):
            here = self._pairs.distance == d
            pairs = Pairs(self._pairs.sites[here], self._pairs.size, self._pairs.is_matrix)
            models.append(self._regression(channels, pairs))
            models[-1].fit(channels, y[:, here], Noise(noise.variance[d - 1 : d]))
        return models

    def _cascaded(self, channels: Channels) -> Channels:
        local = tuple(model(channels, len(channels.shared)) for model in self._first)
        return Channels(channels.n_sites, local, channels.shared)

    def _fit_close(
        self, channels: Channels, values: Values, expected: Floats, noise: Noise
    ) -> None:
        rest, variance = values.less(expected), values.variance(expected)
        for k, d in enumerate(np.unique(self._pairs.distance)):
            if d <= CLOSE:
                y = rest[:, self._pairs.distance == d]
                precision = np.full(y.shape, 1.0 / noise.variance[k])
                if values.unit is not None:
                    precision = 1.0 / variance[:, self._pairs.distance == d]
                process = WindowProcess.fit(self._windows(channels, int(d)), y, precision)
                if process is not None:
                    self._close[int(d)] = process


def _rows(channels: Channels, kept: NDArray[np.bool_]) -> Channels:
    local = tuple(x[kept] for x in channels.local)
    return Channels(channels.n_sites, local, channels.shared[kept])
