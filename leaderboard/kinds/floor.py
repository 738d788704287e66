"""The error below which an answer that was only learned calls for an explanation."""

import math

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats


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


def parametric_floor(variance: float, weights: float, values: int) -> float:
    """The error that noise leaves where the right model is known up to some weights.

    Least squares with p weights on n·K values of variance s² predicts those values with a mean
    variance of s² · p/(n·K) exactly: the mean of the leverages is p over their number. For Gaussian
    noise no unbiased estimate of the weights has less (Cramér, Rao). Noise that the values of a
    row share, as pairs of sites share their shots, only adds to it. What a model of that size
    cannot express comes on top: its error when trained on exact labels.

    Args:
        variance: s² of an estimate, in the label's unit squared; 3/M for a correlation of which
            nothing is known, less where means are known.
        weights: p, for a Bayesian fit the effective number, the trace of its smoother.
        values: n·K, estimates that are learnt from, every pair of sites counted once.

    Raises:
        ValueError: more weights than values, or a number below 0.
    """
    if not (0.0 <= weights <= values and variance >= 0.0):
        raise ValueError(f"{variance=}, {weights=}, {values=}")
    return math.sqrt(variance * weights / values)
