"""Classical shadows: labels estimated from single-qubit random Pauli measurements.

A shot holds one token a site, 2·basis + bit, with basis 0, 1, 2 for X, Y, Z and bit 0 for the
eigenvalue +1. Every basis is drawn with probability 1/3, so that 3^w · (product of outcomes, 0
where a basis differs) estimates a Pauli string of weight w (Huang, Kueng, Preskill, Nature
Physics 16, 1050 (2020)). All sums below are sums of ±1, exact in floating point, so the
estimates do not depend on the order of summation.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.shadows import mitigation

PURITY_RANGE = (0.25, 1.0 - 1e-9)
"""Range into which the purity of a pair of qubits is clipped before the logarithm."""

_OUTCOME = np.zeros((3, 6), dtype=np.float32)
_OUTCOME[[0, 0, 1, 1, 2, 2], np.arange(6)] = [1, -1, 1, -1, 1, -1]

_BLOCK_BYTES = 1 << 26
_EXACT_FLOAT32 = 1 << 24


def shadow_correlation(
    shots: NDArray[np.uint8], channel: mitigation.MeanOutcomes | None = None
) -> NDArray[np.float64]:
    """Correlations C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3 estimated from shots.

    The mean over shots of +3 (same basis, same bit), −3 (same basis, other bit) and 0 (bases
    differ). Unbiased; the variance of an entry is (3 − C²)/M.

    Args:
        shots: uint8 (..., M, N), tokens 0..5; at least one shot.
        channel: what flipped their bits; it is mitigated, see `builders.shadows.mitigation`.

    Returns:
        float64 (..., N, N), symmetric, 1 on the diagonal, no unit.

    Raises:
        RequestError: not shots, none of them, or a channel that does not fit or cannot be inverted.

    >>> import numpy as np
    >>> import qslbench
    >>> qslbench.shadow_correlation(np.array([[4, 4], [4, 5], [0, 0]], dtype=np.uint8))
    array([[1., 1.],
           [1., 1.]])
    """
    n_sites = _checked(shots, least=1, what="a correlation").shape[-1]
    if channel is not None:
        return mitigation.correlation(shots, channel)
    return _by_blocks(_correlation, shots, (n_sites, n_sites))


def shadow_magnetization(
    shots: NDArray[np.uint8], channel: mitigation.MeanOutcomes | None = None
) -> NDArray[np.float64]:
    """⟨Z_i⟩ of every site estimated from shots.

    The mean over shots of 3 times the outcome ±1 where Z was measured, 0 elsewhere. Unbiased; the
    variance of an entry is (3 − ⟨Z_i⟩²)/M.

    Args:
        shots: uint8 (..., M, N), tokens 0..5; at least one shot.
        channel: what flipped their bits; it is mitigated.

    Returns:
        float64 (..., N), no unit.

    Raises:
        RequestError: not shots, none of them, or a channel that does not fit or cannot be inverted.
    """
    n_sites = _checked(shots, least=1, what="a magnetization").shape[-1]
    if channel is not None:
        return mitigation.magnetization(shots, channel)
    return _by_blocks(_magnetization, shots, (n_sites,))


def shadow_pair_purity(
    shots: NDArray[np.uint8], channel: mitigation.MeanOutcomes | None = None
) -> NDArray[np.float64]:
    """Purity tr ρ² of every pair of sites (a, a+1), as a U-statistic over pairs of shots.

    tr ρ² = ¼ Σ_P ⟨P⟩² over the 16 two-qubit Pauli strings; every ⟨P⟩² is estimated by the mean
    of x_m x_m' over two different shots. Unbiased, and therefore not confined to [¼, 1].

    Args:
        shots: uint8 (..., M, N), tokens 0..5; at least two shots and two sites.
        channel: what flipped their bits; it is mitigated.

    Returns:
        float64 (..., N−1), no unit.

    Raises:
        RequestError: not shots, fewer than two of them, a single site, or a channel that does not
            fit or cannot be inverted.
    """
    n_sites = _checked(shots, least=2, what="a purity").shape[-1]
    if n_sites < 2:
        raise RequestError(f"shots of {n_sites} site(s) hold no pair. Give at least 2 sites.")
    if channel is not None:
        return mitigation.pair_purity(shots, channel)
    return _by_blocks(_pair_purity, shots, (n_sites - 1,))


def shadow_renyi2(
    shots: NDArray[np.uint8], channel: mitigation.MeanOutcomes | None = None
) -> NDArray[np.float64]:
    """Rényi-2 entropy S2 = −log2 tr ρ² of every pair of sites (a, a+1) estimated from shots.

    The purity is that of `shadow_pair_purity`, clipped to `PURITY_RANGE`.

    Args:
        shots: uint8 (..., M, N), tokens 0..5; at least two shots and two sites.
        channel: what flipped their bits; it is mitigated.

    Returns:
        float64 (..., N−1), in bit, between 0 and 2.

    Raises:
        RequestError: as for `shadow_pair_purity`.

    >>> import numpy as np
    >>> import qslbench
    >>> shots = np.random.default_rng(0).integers(0, 6, (2000, 3), dtype=np.uint8)  # no correlation
    >>> qslbench.shadow_renyi2(shots).round(1)
    array([2., 2.])
    """
    return np.asarray(-np.log2(np.clip(shadow_pair_purity(shots, channel), *PURITY_RANGE)))


def outcomes(shots: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Outcomes ±1 in each basis, 0 where another one was measured.

    Args:
        shots: uint8 (M, N), tokens 0..5; at least one shot.

    Returns:
        float32 (3, M, N), bases X, Y, Z.

    Raises:
        RequestError: not shots, or none of them.
    """
    return _OUTCOME[:, _checked(shots, least=1, what="an energy")]


def _correlation(outcomes: NDArray[np.floating]) -> NDArray[np.float64]:
    rows, _, n_shots, n_sites = outcomes.shape
    flat = outcomes.reshape(rows, 3 * n_shots, n_sites)
    out: NDArray[np.float64] = (flat.mT @ flat).astype(np.float64) * 3.0 / n_shots
    diagonal = np.arange(n_sites)
    out[:, diagonal, diagonal] = 1.0
    return out


def _magnetization(outcomes: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(outcomes[:, 2].sum(axis=1).astype(np.float64) * 3.0 / outcomes.shape[2])


def _pair_purity(outcomes: NDArray[np.floating]) -> NDArray[np.float64]:
    n_shots = outcomes.shape[2]
    ones = outcomes.sum(axis=2).astype(np.float64)
    left, right = outcomes[..., :-1], outcomes[..., 1:]
    twos = np.einsum("rbma,rcma->rbca", left, right).astype(np.float64)
    # Exactly one of the 3 (or 9) bases matches in a shot, so that Σ_P Σ_m x_m² = M for ±1, 0.
    site = 9.0 * ((ones**2).sum(axis=1) - n_shots)
    pair = 81.0 * ((twos**2).sum(axis=(1, 2)) - n_shots)
    total = site[:, :-1] + site[:, 1:] + pair
    return np.asarray(0.25 * (1.0 + total / (n_shots * (n_shots - 1.0))))


def _by_blocks(
    estimate: Callable[[NDArray[np.floating]], NDArray[np.float64]],
    shots: NDArray[np.uint8],
    shape: tuple[int, ...],
) -> NDArray[np.float64]:
    """Apply `estimate` to blocks of rows; outcomes are ±1 or 0, shaped (rows, 3, M, N)."""
    n_shots, n_sites = shots.shape[-2:]
    table = _OUTCOME if n_shots < _EXACT_FLOAT32 else _OUTCOME.astype(np.float64)
    rows = shots.reshape(-1, n_shots, n_sites)
    block = max(1, _BLOCK_BYTES // (3 * table.itemsize * n_shots * n_sites))
    out = np.empty((len(rows), *shape))
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        out[start : start + block] = estimate(np.stack([row[part] for row in table], axis=1))
    return out.reshape(*shots.shape[:-2], *shape)


def _checked(shots: NDArray[np.uint8], *, least: int, what: str) -> NDArray[np.uint8]:
    if not isinstance(shots, np.ndarray) or not np.issubdtype(shots.dtype, np.integer):
        given = getattr(shots, "dtype", type(shots).__name__)
        raise RequestError(f"shots are of type {given}. Give a numpy array of uint8 tokens 0..5.")
    if shots.ndim < 2 or shots.shape[-1] < 1:
        raise RequestError(f"shots have shape {shots.shape}. Give (M, N) or (rows, M, N).")
    if shots.shape[-2] < least:
        raise RequestError(f"{shots.shape[-2]} shot(s) given; {what} needs at least {least}.")
    if shots.size and (shots.min() < 0 or shots.max() > 5):
        raise RequestError(
            f"shots hold tokens {shots.min()}..{shots.max()}; a token is 2*basis + bit, 0..5."
        )
    return shots
