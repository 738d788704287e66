"""What is known of a pair before its Hamiltonian is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.curve import distance_curve
from baselines.inputs.pairs import Pairs

Floats = NDArray[np.float64]


def pair_base(pairs: Pairs, values: Floats) -> tuple[Floats, Floats]:
    """The curve in distance, and the mean of each pair shrunk towards it.

    The mean of a pair and of its image under reflection (180° on a lattice) has the weight
    τ²/(τ² + σ²): σ² is its variance, read off the scatter of rows, and τ² what the pairs of a
    distance differ by beyond it (empirical Bayes).

    Args:
        pairs: the K pairs.
        values: float64 (n, K), unbiased estimates.

    Returns:
        Two float64 (K,): curve and base.
    """
    curve = distance_curve(pairs, values)
    if len(values) < 2:
        return curve, curve
    mirrored = np.sort(pairs.n_sites - 1 - pairs.sites, axis=1)
    code = pairs.sites @ [pairs.n_sites, 1]
    image = np.searchsorted(code, mirrored @ [pairs.n_sites, 1])
    both = 0.5 * (values + values[:, image])
    mean, noise = both.mean(axis=0), both.var(axis=0, ddof=1) / len(values)
    count = np.bincount(pairs.distance)
    noise = (np.bincount(pairs.distance, noise) / count.clip(1))[pairs.distance]
    misfit = (np.bincount(pairs.distance, (mean - curve) ** 2) / count.clip(1))[pairs.distance]
    beyond = (misfit - noise).clip(0.0)
    weight = beyond / (beyond + noise).clip(np.finfo(float).tiny)
    return curve, curve + weight * (mean - curve)
