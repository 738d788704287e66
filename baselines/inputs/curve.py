"""The mean of a label as a function of the distance of its two sites, from noisy rows."""

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.pairs import Pairs

Floats = NDArray[np.float64]


def distance_curve(pairs: Pairs, values: Floats) -> Floats:
    """Mean by distance, smoothed where the data do not say otherwise.

    Far pairs are few, so their pooled means are noisy. A fit by powers of 1/d, each with and
    without an alternating sign, takes their place, and the pooled means are shrunk towards it
    by the weight τ²/(τ² + σ_d²): σ_d² is the variance of the pooled mean, read off the scatter
    of rows, and τ² what the misfit has beyond it (empirical Bayes).

    Args:
        pairs: the K pairs.
        values: float64 (R, K), unbiased estimates.

    Returns:
        float64 (K,), the curve at each pair's distance.
    """
    distances, group, count = np.unique(pairs.distance, return_inverse=True, return_counts=True)
    rows = np.stack([np.bincount(group, weights=row) for row in values]) / count
    mean = rows.mean(axis=0)
    design = _powers(distances)
    if len(rows) < 2 or len(mean) <= design.shape[1]:
        return np.asarray(mean[group])
    root = np.sqrt(count)
    fit = design @ np.linalg.lstsq(design * root[:, None], mean * root, rcond=None)[0]
    noise = rows.var(axis=0, ddof=1) / len(rows)
    beyond = max(0.0, float(np.average((mean - fit) ** 2 - noise, weights=count)))
    shrink = beyond / np.maximum(beyond + noise, np.finfo(float).tiny)
    return np.asarray((fit + shrink * (mean - fit))[group])


def _powers(distance: NDArray[np.int64]) -> Floats:
    d = distance.astype(np.float64)
    columns = [d**-power * sign for power in (0, 1, 2, 4) for sign in (1.0, (-1.0) ** d)]
    return np.stack(columns, axis=1)
