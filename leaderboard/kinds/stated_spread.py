"""Metrics of answers that state a standard deviation with every number: how calibrated they are.

The answer stands for a Gaussian of that mean and deviation; its 95 % interval is mean ± 1.96 σ.
"""

import math

import numpy as np

from leaderboard.kinds.errors import Errors
from leaderboard.kinds.metrics import Floats, Metric, UndefinedError

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


def crps(errors: Errors, weights: Floats) -> Floats:
    """Mean over rows and scored entries of the CRPS, float64 (K,), for weights (K, B).

    Raises:
        UndefinedError: no deviation was stated; so for the other two.
    """
    return weights @ errors.over_entries(gaussian_crps(errors.predictions - errors.labels,
                                                       _std(errors)))  # fmt: skip


def coverage(errors: Errors, weights: Floats) -> Floats:
    """Share of scored entries inside their stated 95 % interval, float64 (K,)."""
    inside = np.abs(errors.predictions - errors.labels) <= Z95 * _std(errors)
    return weights @ errors.over_entries(inside.astype(np.float64))


def width(errors: Errors, weights: Floats) -> Floats:
    """Mean width of the stated 95 % intervals over rows and scored entries, float64 (K,)."""
    return weights @ errors.over_entries(2.0 * Z95 * _std(errors))


def _std(errors: Errors) -> Floats:
    if errors.std is None:
        raise UndefinedError("needs the standard deviation of every number, which was not stated")
    return errors.std


CRPS = Metric(
    "crps", crps, "lower", "mean CRPS of the stated Gaussians over rows and scored entries", "CRPS"
)
COVERAGE = Metric(
    "coverage",
    coverage,
    "neither",
    "share of scored entries inside their stated 95 % interval, of which 0.95 is right",
)
WIDTH = Metric("width", width, "lower", "mean width of the stated 95 % intervals", "Interval width")
STATED = (CRPS, COVERAGE, WIDTH)
