"""A Gaussian process on the couplings around a site or a close pair, the same everywhere."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.chain_fields import varies
from baselines.inputs.features import Channels
from baselines.linear.kernels import rbf

Floats = NDArray[np.float64]
WIDTH = 4
"""Sites seen to each side."""
LEAST = 6.0
"""Twice the logarithm of the evidence that a function must have over none."""
INDUCING = 200
"""Windows that the function is made of."""
LENGTHS = (1.0, 2.0, 4.0)
"""Lengths of the kernel, in units of the spread of a coupling."""
FADES = (0.35, 0.6)
"""Factors a site by which a coupling further away counts less."""
AMPLITUDES = tuple(10.0**k for k in np.arange(-5.0, 1.5, 0.5))


@dataclass(frozen=True)
class View:
    """What is around K pairs of one distance, in R rows.

    Attributes:
        values: float64 (R, K, W).
        mirror: int64 (W,), where each value comes from when the chain is reflected.
        steps: float64 (W,), how far outside the pair each value is.
    """

    values: Floats
    mirror: NDArray[np.int64]
    steps: Floats

    @property
    def flat(self) -> Floats:
        """Float64 (R·K, W)."""
        return self.values.reshape(-1, self.values.shape[2])


class Windows:
    """Couplings within `WIDTH` sites of a pair (i, i + d), in units of their spread.

    A coupling past the end of the chain is 0, which is what an open end means. Scalars of the row
    are added; what is constant in the training rows is left out.

    Args:
        reference: channels of the training rows.
    """

    def __init__(self, reference: Channels) -> None:
        self._n = reference.n_sites
        self._local = [(k, x.std()) for k, x in enumerate(reference.local) if varies(x)]
        scalars = reference.shared[:, : reference.shared.shape[1] - 2 * len(reference.local)]
        self._shared = [(k, x.mean(), x.std()) for k, x in enumerate(scalars.T) if varies(x)]

    def __call__(self, given: Channels, d: int) -> View:
        """The view of all pairs (i, i + d)."""
        i = np.arange(self._n - d)
        values = [np.zeros((len(given.shared), len(i), 0))]
        mirror, steps = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        width = 0
        for k, spread in self._local:
            x = given.local[k] / spread
            length = self._n - x.shape[1]
            padded = np.pad(x, ((0, 0), (WIDTH, WIDTH + length)))
            start = np.arange(-WIDTH, d + WIDTH - length + 1)
            values.append(padded[:, WIDTH + i[:, None] + start])
            mirror.append(width + np.arange(len(start))[::-1])
            middle = start + length / 2.0
            steps.append(np.maximum(-middle, middle - d).clip(0.5) - 0.5)
            width += len(start)
        for k, mean, spread in self._shared:
            scaled = (given.shared[:, k, None, None] - mean) / spread
            values.append(np.broadcast_to(scaled, (len(scaled), len(i), 1)))
            mirror.append(np.array([width]))
            steps.append(np.zeros(1))
            width += 1
        return View(np.concatenate(values, axis=2), np.concatenate(mirror), np.concatenate(steps))


@dataclass(frozen=True)
class WindowProcess:
    """f(window), even under reflection: a Gaussian kernel on `INDUCING` windows.

    Length, fade and amplitude maximise the evidence of the noisy values (subset of regressors:
    Quiñonero-Candela, Rasmussen, JMLR 6, 1939 (2005)).

    Attributes:
        points: float64 (m, W), the inducing windows and, after them, their mirror images.
        scale: float64 (W,), one over the length of each coordinate.
        weights: float64 (m,).
        degrees: effective number of weights that the data determine.
    """

    points: Floats
    scale: Floats
    weights: Floats
    degrees: float

    @staticmethod
    def fit(view: View, values: Floats, precision: Floats) -> "WindowProcess | None":
        """Learn from values float64 (n, K), `precision` (n, K) one over the variance of each.

        None where the evidence speaks for no function at all.
        """
        if not view.values.shape[2]:
            return None
        flat, rng = view.flat, np.random.default_rng(0)
        chosen = rng.choice(len(flat), min(INDUCING, len(flat)), replace=False)
        points = np.unique(flat[chosen], axis=0)
        points = np.concatenate([points, points[:, view.mirror]])
        best, process = LEAST, None
        for length, fade in product(LENGTHS, FADES):
            scale = fade**view.steps / length
            features, back = _features(flat, points, scale)
            weighted = features * precision.reshape(-1, 1)
            levels, vectors = np.linalg.eigh(weighted.T @ features)
            levels, target = levels.clip(0.0), vectors.T @ (weighted.T @ values.ravel())
            for a in AMPLITUDES:
                shrink = a / (1.0 + a * levels)
                evidence = float(target**2 @ shrink - np.log1p(a * levels).sum())
                if evidence > best:
                    weights, best = back @ (vectors @ (shrink * target)), evidence
                    process = WindowProcess(points, scale, weights, float(levels @ shrink))
        return process

    def __call__(self, view: View) -> Floats:
        """Values float64 (R, K)."""
        kernel = _kernel(view.flat, self.points, self.scale)
        return np.asarray(kernel @ self.weights).reshape(view.values.shape[:2])


def _features(flat: Floats, points: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Φ float64 (n, m), with Φ Φᵀ the kernel as the points see it; B with Φ = kernel · B."""
    inner = _kernel(points[: len(points) // 2], points, scale)
    values, vectors = np.linalg.eigh(inner)
    back = vectors / np.sqrt(values.clip(0.0) + 1e-6 * values.max())
    return _kernel(flat, points, scale) @ back, back


def _kernel(windows: Floats, points: Floats, scale: Floats) -> Floats:
    """Kernel to each point plus that to its mirror image, float64 (n, m)."""
    both = rbf(windows * scale, points * scale, 0.5)
    half = len(points) // 2
    return np.asarray(both[:, :half] + both[:, half:])
