"""Sets of shots of two consecutive sites: how often each outcome was measured."""

import numpy as np
from numpy.typing import NDArray

KINDS = 36
"""Tokens 0..5 of either site."""


def pair_counts(shots: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Shots of the sites (a, a + 1) by their tokens, float32 (R, N − 1, 36), each sum M.

    Args:
        shots: uint8 (R, M, N), tokens 0..5; the first site's token counts sixfold.
    """
    kind = 6 * shots[:, :, :-1].astype(np.int64) + shots[:, :, 1:]
    rows, _, pairs = kind.shape
    place = KINDS * (pairs * np.arange(rows)[:, None, None] + np.arange(pairs)) + kind
    counts = np.bincount(place.ravel(), minlength=rows * pairs * KINDS)
    return counts.reshape(rows, pairs, KINDS).astype(np.float32)
