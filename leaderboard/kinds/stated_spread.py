"""Metrics of answers that state a standard deviation with every number: how calibrated they are.

The answer stands for a Gaussian of that mean and deviation; its 95 % interval is mean ± 1.96 σ.
"""

import numpy as np

from leaderboard.kinds.errors import Errors
from leaderboard.kinds.gaussian import Z95
from leaderboard.kinds.metrics import Floats, Metric


def crps(errors: Errors, weights: Floats) -> Floats:
    """Mean over rows and scored entries of the CRPS, float64 (K,), for weights (K, B).

    Raises:
        UndefinedError: no deviation was stated; so for the other two.
    """
    return weights @ errors.crps


def coverage(errors: Errors, weights: Floats) -> Floats:
    """Share of scored entries inside their stated 95 % interval, float64 (K,)."""
    inside = np.abs(errors.predictions - errors.labels) <= Z95 * errors.deviations
    return weights @ errors.over_entries(inside.astype(np.float64))


def width(errors: Errors, weights: Floats) -> Floats:
    """Mean width of the stated 95 % intervals over rows and scored entries, float64 (K,)."""
    return weights @ errors.over_entries(2.0 * Z95 * errors.deviations)


CRPS = Metric(
    *("crps", crps, "lower", "mean CRPS of the stated Gaussians over rows and scored entries"),
    title="CRPS",
    live=False,
    formula=r"\bigl\langle \int (F_{\hat y}(x) - [x \ge y])^2 \,\mathrm{d}x \bigr\rangle",
)
COVERAGE = Metric(
    "coverage",
    coverage,
    "neither",
    "share of scored entries inside their stated 95 % interval, of which 0.95 is right",
    live=False,
)
WIDTH = Metric(
    *("width", width, "lower", "mean width of the stated 95 % intervals"),
    title="Interval width",
    live=False,
)
STATED = (CRPS, COVERAGE, WIDTH)
"""None is told live: a deviation that is wide but for one row would ask for that row's label."""
