"""The error below which an answer that was only learned calls for an explanation."""

import math

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import Floats


def statistical_floor(estimates: Floats, scored: NDArray[np.bool_], sites: int) -> float | None:
    """The error that sampling leaves to a method that only learns, in the label's unit.

    The n·M copies give n estimates of each label entry; their mean has a standard error s/√n,
    with s the spread of the estimates over the rows, shot noise and spread of the Hamiltonians
    together. A model shared over sites can pool entries, N of them at best if N sites play the
    same part: floor = sqrt(mean_entries s² / (n·N)). For correlations from random-Pauli shots
    s² ≈ (3 − C²)/M, that is sqrt(3/(n·M·N)). It is no bound for a method that knows the
    Hamiltonian's solution, nor for one that estimates something less noisy than the label (site
    averages, say): an error below it is flagged and explained, not refused.

    Args:
        estimates: (n, L), label estimates of the training rows.
        scored: bool (L,), the entries that are scored.
        sites: N.

    Returns:
        The floor, or None below two rows.
    """
    if len(estimates) < 2:
        return None
    variance = float(estimates[:, scored].var(axis=0, ddof=1).mean())
    return math.sqrt(variance / (len(estimates) * min(sites, int(scored.sum()))))
