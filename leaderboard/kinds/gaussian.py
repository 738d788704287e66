"""Gaussians: their 95 % interval, and the score of one that stands for a number."""

import math

import numpy as np

from leaderboard.kinds.metrics import Floats

Z95 = 1.959963984540054
_AT_ONCE = 2**16  # values; those of Python that `erf` makes take 32 bytes each

_erf = np.frompyfunc(math.erf, 1, 1)


def gaussian_crps(apart: Floats, std: Floats) -> Floats:
    """Continuous ranked probability score of Gaussians, in the unit of the values.

    σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π) with z = apart/σ (Gneiting and Raftery, JASA 102, 359
    (2007), eq. 21); |apart| where σ is 0.

    Args:
        apart: float64, any shape, label less mean.
        std: float64, of the same shape, not negative.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = apart / std
        density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        score = std * (z * erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi))
    return np.asarray(np.where(np.isfinite(score), score, np.abs(apart)))


def erf(values: Floats) -> Floats:
    """The error function, float64 of any shape."""
    flat = values.ravel()
    parts = [
        np.asarray(_erf(flat[start : start + _AT_ONCE]), dtype=np.float64)
        for start in range(0, len(flat), _AT_ONCE)
    ]
    return np.asarray(np.concatenate(parts).reshape(values.shape))
