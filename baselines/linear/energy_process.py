"""A Gaussian process on energies that is learnt from their derivatives.

E = E₀ + Σ_p f(window of p) over neighbouring pairs p, one f for all of them, which does not change
under the symmetries of a window. Data are noisy values of ∂E/∂J_b. So what is learnt about one
coupling's place in a window is learnt about all others too: ∂²E/∂J_b∂J_c is symmetric.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.pair_windows import PairWindow
from baselines.linear.kernels import rbf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INDUCING = 800
"""Windows that f is made of."""
SEARCH = 250
"""The same while length and fade are chosen."""
LENGTHS = (2.0, 4.0, 8.0)
"""Lengths of the kernel, in units of the spread of a coupling."""
FADES = (0.35, 0.5, 0.7)
"""Factors a step by which a parameter further away counts less."""
AMPLITUDES = tuple(10.0**k for k in np.arange(-5.0, 4.0, 0.5))
LEAST = 6.0
"""Twice the logarithm of the evidence that a function must have over none."""
_BLOCK = 20  # rows at a time


@dataclass(frozen=True)
class Kernel:
    """Where f is expanded, and on which scale.

    Attributes:
        window: the pairs and what is around them.
        points: float64 (m, W), the inducing windows.
        scale: float64 (W,), one over the length of each coordinate.
        back: float64 (m, m), B with kernel(x, points) · B of unit prior variance.
    """

    window: PairWindow
    points: Floats
    scale: Floats
    back: Floats

    @staticmethod
    def of(window: PairWindow, points: Floats, scale: Floats) -> "Kernel":
        """With the root of the prior covariance of f at the points."""
        images = [points[:, image] * scale for image in window.images]
        inner = np.sum([rbf(points * scale, image, 0.5) for image in images], axis=0)
        values, vectors = np.linalg.eigh(0.5 * (inner + inner.T))
        back = vectors / np.sqrt(values.clip(0.0) + 1e-6 * values.max())
        return Kernel(window, points, scale, back)

    def slopes(self, parameters: Floats) -> Floats:
        """∂/∂parameter of Σ_p kernel(window of p, points), float64 (R, P, m)."""
        x = self.window.values(parameters) * self.scale
        rows, pairs, width = x.shape
        out = np.zeros((rows, parameters.shape[1], len(self.points)))
        for image in self.window.images:
            points = self.points[:, image] * self.scale
            kernel = rbf(x.reshape(-1, width), points, 0.5).reshape(rows, pairs, -1)
            for w in range(width):
                here = np.flatnonzero(self.window.entry[:, w] >= 0)
                away = x[:, here, w, None] - points[:, w]
                # A parameter has one place w in each of these windows: no entry comes twice.
                out[:, self.window.entry[here, w]] -= self.scale[w] * away * kernel[:, here]
        return out


@dataclass(frozen=True)
class Data:
    """Derivatives of the energy, known with noise.

    Attributes:
        parameters: float64 (n, P).
        entry: int64 (E,), the parameters by which E is derived.
        values: float64 (n, E), ∂E/∂J less what is expected.
        precision: float64 (n, E), one over the variance of each; of a relative size alone where
            `known` is false.
        known: whether the noise is.
    """

    parameters: Floats
    entry: Ints
    values: Floats
    precision: Floats
    known: bool


@dataclass(frozen=True)
class EnergyProcess:
    """The posterior mean of ∂E/∂J.

    Attributes:
        kernel: the kernel chosen.
        weights: float64 (m,).
        chosen: (length, fade), by the evidence.
    """

    kernel: Kernel
    weights: Floats
    chosen: tuple[float, float]

    @staticmethod
    def fit(
        window: PairWindow,
        data: Data,
        spread: Floats,
        chosen: tuple[float, float] | None = None,
    ) -> "EnergyProcess | None":
        """Length, fade and amplitude maximise the evidence; None where it speaks for no function.

        Subset of regressors: Quiñonero-Candela, Rasmussen, JMLR 6, 1939 (2005).

        Args:
            window: of the pairs that the energy is a sum over.
            data: what is learnt from.
            spread: float64 (W,), of each coordinate; infinite where it does not vary.
            chosen: length and fade; without them all are tried, on fewer points.
        """
        flat = window.values(data.parameters).reshape(-1, len(window.kind))
        rng = np.random.default_rng(0)
        count = min(INDUCING if chosen else SEARCH, len(flat))
        points = flat[rng.choice(len(flat), count, replace=False)]
        best, process = LEAST, None
        for length, fade in [chosen] if chosen else product(LENGTHS, FADES):
            kernel = Kernel.of(window, points, fade**window.steps / (length * spread))
            gram, target = _moments(kernel, data)
            evidence, weights = _likeliest(gram, target, data)
            if evidence > best:
                best = evidence
                process = EnergyProcess(kernel, kernel.back @ weights, (length, fade))
        return process

    def __call__(self, parameters: Floats, entry: Ints) -> Floats:
        """∂E/∂J of other rows less what is expected, float64 (R, E)."""
        parts = [
            self.kernel.slopes(parameters[rows])[:, entry] @ self.weights
            for rows in _blocks(len(parameters))
        ]
        return np.concatenate([np.zeros((0, len(entry))), *parts])


def _moments(kernel: Kernel, data: Data) -> tuple[Floats, Floats]:
    """Φᵀ P Φ and Φᵀ P y, P the precisions."""
    m = len(kernel.points)
    gram, target = np.zeros((m, m)), np.zeros(m)
    for rows in _blocks(len(data.values)):
        slopes = kernel.slopes(data.parameters[rows])[:, data.entry].reshape(-1, m)
        weighted = slopes * data.precision[rows].reshape(-1, 1)
        gram += weighted.T @ slopes
        target += weighted.T @ data.values[rows].ravel()
    return kernel.back.T @ gram @ kernel.back, kernel.back.T @ target


def _likeliest(gram: Floats, target: Floats, data: Data) -> tuple[float, Floats]:
    """Twice the logarithm of the largest evidence, over that of no function, and its weights."""
    levels, vectors = np.linalg.eigh(gram)
    levels, along = levels.clip(0.0), vectors.T @ target
    square = float((data.precision * data.values**2).sum())
    count = data.values.size
    units = [1.0] if data.known else [count / square * 10.0**k for k in np.arange(0.0, 6.5, 0.5)]
    best, weights = -np.inf, np.zeros(len(target))
    for unit, amplitude in product(units, AMPLITUDES):
        shrink = amplitude / (1.0 + amplitude * unit * levels)
        evidence = float(unit**2 * along**2 @ shrink)
        evidence -= float(np.log1p(amplitude * unit * levels).sum())
        if not data.known:
            # Over noise alone of the variance that the values have.
            evidence += count * np.log(unit * square / count) - unit * square + count
        if evidence > best:
            best, weights = evidence, vectors @ (unit * shrink * along)
    return best, weights


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BLOCK):
        yield slice(start, start + _BLOCK)
