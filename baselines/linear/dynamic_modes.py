"""Dynamic mode decomposition of several noisy time series that share their modes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_COMPONENTS = 24  # of the values, most of their variance: windows of all pairs would be long
_LEAST_FACTOR = 0.05  # a mode that a step leaves less of is gone at the second time
_RANK = 1e-9


def modes(series: Sequence[Floats], rank: int) -> Complex:
    """Factors λ by which the modes of series change in a step.

    Windows of several times, one after the other, are the state (delay embedding; Tu, Rowley,
    Luchtenburg, Brunton, Kutz, J. Comput. Dyn. 1, 391 (2014)). λ are the eigenvalues of the least
    squares map from windows to windows a step later, in their first `rank` principal components.

    Args:
        series: float64 (T_e, K) each, values at times one step apart.
        rank: components, 0 or more.

    Returns:
        complex128, at most `rank` numbers with |λ| ≤ 1 (labels are bounded), one of every pair of
        conjugates, the one with a positive imaginary part.
    """
    longest = max((len(s) for s in series), default=0)
    delay = longest // 2
    if not rank or delay < 1:
        return np.zeros(0, dtype=complex)
    values = np.concatenate(series)
    turn = np.linalg.svd(values, full_matrices=False)[2][:_COMPONENTS]
    now, later = [], []
    for one in series:
        seen = one @ turn.T
        windows = [seen[k : k + delay].ravel() for k in range(len(seen) - delay + 1)]
        now += windows[:-1]
        later += windows[1:]
    left, size, right = np.linalg.svd(np.stack(now, axis=1), full_matrices=False)
    keep = min(rank, int((size > _RANK * size.max(initial=0.0)).sum()))
    if not keep:
        return np.zeros(0, dtype=complex)
    left, size, right = left[:, :keep], size[:keep], right[:keep]
    found = np.linalg.eigvals(left.T @ np.stack(later, axis=1) @ right.T / size).astype(complex)
    found = found[(found.imag >= 0.0) & (np.abs(found) > _LEAST_FACTOR)]
    return np.asarray(found / np.abs(found).clip(1.0))


def basis(factors: Complex, times: Floats) -> Floats:
    """1 and the real and imaginary parts of λ^t, float64 (R, 1 + …), of times in steps (R,)."""
    powers = np.exp(times[:, None] * np.log(factors))
    waves = powers[:, np.abs(factors.imag) > 0.0]
    return np.concatenate([np.ones((len(times), 1)), powers.real, waves.imag], axis=1)
