"""Shots as numbers that a network can read."""

import numpy as np
from numpy.typing import NDArray


def signed(shots: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The eigenvalue ±1 in the channel of the basis X, Y or Z, 0 in the other two.

    Args:
        shots: uint8 (R, M, N), tokens 0..5.

    Returns:
        float32 (R, M, 3, N).
    """
    basis, sign = shots // 2, 1.0 - 2.0 * (shots % 2).astype(np.float32)
    return np.stack([np.where(basis == b, sign, 0.0) for b in range(3)], axis=2, dtype=np.float32)


def site_means(shots: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Estimates of ⟨X_i⟩, ⟨Y_i⟩ and ⟨Z_i⟩ from uint8 (R, M, N), float32 (R, 3, N), unbiased."""
    return np.asarray(3.0 * signed(shots).mean(axis=1), dtype=np.float32)
