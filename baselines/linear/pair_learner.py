"""A number of every pair of sites, learnt from unbiased estimates of it in three steps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.chain_fields import ChainFields
from baselines.inputs.curve import distance_curve
from baselines.inputs.features import Channels
from baselines.inputs.folds import count
from baselines.inputs.pairs import Pairs
from baselines.inputs.shot_noise import CommonNoise
from baselines.linear.cascade import FOLDS, Cascade
from baselines.linear.distance_regression import DistanceRegression, Noise
from baselines.linear.window_process import WindowProcess, Windows

Floats = NDArray[np.float64]
CLOSE = 8
"""Distances up to which a pair has a function of its window of its own."""


@dataclass(frozen=True)
class Ingredients:
    """What can be left out, to see what it is worth.

    Attributes:
        smooth: smooth fields of the couplings.
        staggered: staggered fields, and the parity of pairs.
        cascade: a second linear model, in which far pairs see what is predicted of close ones.
        common_noise: the noise of pairs of a row is not taken as independent.
        sites: site averages are learnt, and pairs on top of their product.
        windows: functions of the window of sites and of close pairs that are not linear.
        alike: weights that pairs of all distances share, see `DistanceRegression`.
    """

    smooth: bool = True
    staggered: bool = True
    cascade: bool = True
    common_noise: bool = True
    sites: bool = True
    windows: bool = True
    alike: bool = False


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
    """Curve in distance + linear models of the couplings + `WindowProcess` of each close distance.

    On a chain there are two linear models, whose mean is taken: `DistanceRegression` and `Cascade`.
    They err in different ways.
    """

    def __init__(self, pairs: Pairs, how: Ingredients) -> None:
        self._pairs, self._how = pairs, how
        self._linear: list[DistanceRegression | Cascade] = []
        self._close: dict[int, WindowProcess] = {}

    def fit(self, channels: Channels, values: Values, groups: NDArray[np.int64]) -> None:
        """Learn from the values of the rows whose channels are given, and groups, int64 (n,)."""
        n = len(channels.shared)
        self.curve = distance_curve(self._pairs, values.less(np.zeros(1)))
        self._windows = Windows(channels)
        if n < 2:
            return
        y = values.less(self.curve)
        noise = self._noise(values, y)
        self._linear = [self._regression(channels, self._pairs, self.curve)]
        if self._how.cascade and self._pairs.is_matrix and count(groups) >= FOLDS:
            self._linear.append(Cascade(self._pairs, self.curve, self._regression, groups))
        for model in self._linear:
            model.fit(channels, y, noise)
        if values.unit is None:
            # Exact values scatter about the model by what it misses, which a first fit tells.
            noise = self._noise(values, y - self._mean(channels))
            for model in self._linear:
                model.fit(channels, y, noise)
        if self._how.windows:
            self._fit_close(channels, values, self.curve + self._mean(channels), noise)

    def __call__(self, channels: Channels) -> Floats:
        """Values float64 (R, K) of other rows."""
        out = np.tile(self.curve, (len(channels.shared), 1))
        if self._linear:
            out += self._mean(channels)
        for d, process in self._close.items():
            out[:, self._pairs.distance == d] += process(self._windows(channels, d))
        return out

    def _mean(self, channels: Channels) -> Floats:
        return np.asarray(sum(model(channels) for model in self._linear) / len(self._linear))

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        linear = [model.n_weights for model in self._linear]
        close = [p.weights.size for p in self._close.values()]
        return int(np.unique(self._pairs.distance).size + sum(linear) + sum(close))

    @property
    def degrees(self) -> float:
        """Effective number of weights, the mean of the two linear models."""
        linear = [model.degrees for model in self._linear]
        return sum(linear) / max(len(linear), 1) + sum(p.degrees for p in self._close.values())

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

    def _regression(self, given: Channels, pairs: Pairs, curve: Floats) -> DistanceRegression:
        fields = ChainFields(given, smooth=self._how.smooth, staggered=self._how.staggered)
        return DistanceRegression(fields, pairs, curve, alike=self._how.alike)

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
