"""The surrogate of a data set's entanglement: correlations that a partition cuts.

SE(K) = Σ over i in K, j not in K of the correlation of features i and j; it is cheap, a cut of a
graph, and stands for the entanglement of the data set in the search for an order of the features:
Alexander, De La Vega, Razin, Cohen, NeurIPS 2023 (arXiv 2303.11249). Labels have no part in it.
Numbers correlate by |Pearson's coefficient|, as in the authors' code; for vectors we take the
coefficient of Puccetti, Annals of Operations Research 2022, |tr Σ_ij| / tr (Σ_i^½ Σ_j Σ_i^½)^½,
the same for vectors of one number and 1 at most.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.partition import canonical_blocks, checked_part, scales
from builders.core.errors import RequestError

Floats = NDArray[np.float64]


def correlations(features: Floats) -> Floats:
    """Absolute correlations of all pairs of sites, float64 (N, N), 0 on the diagonal.

    A feature that is the same in all instances correlates with none.

    Args:
        features: numbers (n, N) or vectors (n, N, d) of the instances.

    Raises:
        RequestError: another shape, one instance, or numbers that are not finite.
    """
    given = np.asarray(features, dtype=np.float64)
    if given.ndim == 2:
        given = given[:, :, None]
    if given.ndim != 3 or len(given) < 2 or not np.isfinite(given).all():
        raise RequestError(
            f"features of shape {np.shape(features)}: finite (n, N) or (n, N, d) of at least two "
            "instances are meant."
        )
    n, sites, _ = given.shape
    given = given - given.mean(axis=0)
    # Rounding of the mean is no variation.
    spread = np.abs(given).max(axis=(0, 2))
    given[:, spread <= 1e-14 * np.abs(features).max()] = 0.0
    traces = np.abs(np.einsum("mia,mja->ij", given, given, optimize=True)) / n
    covariances = np.einsum("mia,mib->iab", given, given, optimize=True) / n
    values, vectors = np.linalg.eigh(covariances)
    roots = np.einsum("iab,ib,icb->iac", vectors, np.sqrt(np.clip(values, 0.0, None)), vectors)
    largest = np.array(
        [np.linalg.svd(roots[i] @ roots, compute_uv=False).sum(axis=1) for i in range(sites)]
    )
    out: Floats = np.divide(traces, largest, where=largest > 0.0, out=np.zeros_like(traces))
    np.fill_diagonal(out, 0.0)
    return np.minimum((out + out.T) / 2.0, 1.0)


def surrogate_entanglement(correlation: Floats, part: Iterable[int]) -> float:
    """SE: the sum of the correlations between the sites of `part` and the others.

    Args:
        correlation: `correlations` of the data, or other weights of pairs, (N, N), symmetric.
        part: the sites of K.

    Raises:
        RequestError: no partition.
    """
    chosen = np.array(sorted(checked_part(len(correlation), part)))
    others = np.setdiff1d(np.arange(len(correlation)), chosen)
    return float(correlation[np.ix_(chosen, others)].sum())


def canonical_surrogates(correlation: Floats, window: int) -> tuple[Floats, ...]:
    """SE of the canonical partitions: scale l → every block of window^l sites, from the left."""
    n = len(correlation)
    return tuple(
        np.array(
            [
                surrogate_entanglement(correlation, block)
                for block in canonical_blocks(n, window, scale)
            ]
        )
        for scale in scales(n, window)
    )
