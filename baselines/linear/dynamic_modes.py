"""Dynamic mode decomposition of several noisy time series that share their modes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_LEAST_FACTOR = 0.05  # a mode that a step leaves less of is gone at the second time
_RANK = 1e-14  # of variances: what is smaller is rounding


def modes(series: Sequence[Floats], rank: int) -> Complex:
    """Factors λ by which the modes of series change in a step.

    Windows of times that follow each other, of every entry by itself, are combinations of
    (λ_k^0, λ_k^1, …): whatever amplitudes entries and series have, their modes are the same. The
    first `rank` principal components of all windows span these, and what takes the components
    without their last time to those without their first has the eigenvalues λ (delay embedding: Tu
    et al., J. Comput. Dyn. 1, 391 (2014); ESPRIT: Roy, Kailath, IEEE Trans. ASSP 37, 984 (1989)).
    White noise adds to all variances alike and leaves the components what they are.

    Args:
        series: float64 (T_e, K) each, values at times one step apart.
        rank: components, 0 or more; fewer than the times of a window, ⅔ of the longest series.

    Returns:
        complex128, at most `rank` numbers with |λ| ≤ 1 (labels are bounded), one of every pair of
        conjugates, the one with a positive imaginary part.
    """
    longest = max((len(s) for s in series), default=0)
    length = longest - longest // 3
    if not rank or length < 2:
        return np.zeros(0, dtype=complex)
    second = np.zeros((length, length))
    for one in series:
        for k in range(len(one) - length + 1):
            part = one[k : k + length]
            second += part @ part.T
    size, turn = np.linalg.eigh(second)
    there = int((size > _RANK * size.max()).sum())
    keep = min(rank, length - 1, there)
    if not keep:
        return np.zeros(0, dtype=complex)
    turn = turn[:, -keep:]
    found = np.linalg.eigvals(np.linalg.lstsq(turn[:-1], turn[1:], rcond=None)[0]).astype(complex)
    found = found[(found.imag >= 0.0) & (np.abs(found) > _LEAST_FACTOR)]
    return np.asarray(found / np.abs(found).clip(1.0))


def basis(factors: Complex, times: Floats) -> Floats:
    """1 and the real and imaginary parts of λ^t, float64 (R, 1 + …), of times in steps (R,)."""
    powers = np.exp(times[:, None] * np.log(factors))
    waves = powers[:, np.abs(factors.imag) > 0.0]
    return np.concatenate([np.ones((len(times), 1)), powers.real, waves.imag], axis=1)
