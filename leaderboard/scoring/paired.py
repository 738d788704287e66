"""Which entries of a ranking can be told apart: paired tests on the same test Hamiltonians.

All functions take losses, float64 (m, R): row k holds the loss of entry k on each of the R test
Hamiltonians (`Report.losses`), entries best first. Two entries are compared by the R differences
of their losses, because a Hamiltonian that is hard for one is hard for the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats
from leaderboard.scoring.score import resamples

ALPHA = 0.05
FLIPS = 4999
_BLOCK = 256  # comparisons at once: 10 MB of flipped sums


@dataclass(frozen=True)
class Standing:
    """What the tests say about a ranking of m entries.

    Attributes:
        ranks: int64 (m,), from 1; entries that cannot be told apart share a rank.
        p_above: float64 (m,), Holm-adjusted p-value against the entry above; NaN for the first.
        resolvable: float64 (m,), the smallest difference from the entry above, in the metric, that
            these Hamiltonians resolve; NaN for the first.
    """

    ranks: NDArray[np.int64]
    p_above: Floats
    resolvable: Floats


def standing(losses: Floats, metric: Callable[[Floats], Floats]) -> Standing:
    """Ranks with ties.

    An entry starts a new rank if it is told from the entry above (sign flips, Holm over all
    neighbours, 5 %) or from the first entry of the rank that it would join. The second test,
    Hoeffding's bound with Bonferroni's correction, keeps a long chain of close neighbours from
    sharing one rank from the best to the worst.

    Args:
        losses: (m, R), best first.
        metric: mean losses → the metric that is shown, for `resolvable`.
    """
    differences = losses[1:] - losses[:-1]
    above = holm(flip_p(differences))
    ranks = np.ones(len(losses), dtype=np.int64)
    first = 0
    for k in range(1, len(losses)):
        far = hoeffding_p(losses[k : k + 1] - losses[first]) * (len(losses) - 1)
        if above[k - 1] <= ALPHA or far[0] <= ALPHA:
            first = k
        ranks[k] = first + 1
    none = np.full(min(1, len(losses)), np.nan)
    return Standing(
        ranks,
        np.concatenate([none, above]),
        np.concatenate([none, resolvable_difference(losses, metric)]),
    )


def flip_p(differences: Floats) -> Floats:
    """Two-sided p-values of paired differences, float64 (m,), for differences (m, R).

    The null hypothesis is that the sign of each row's difference is a fair coin. 4999 draws of
    signs, the same for all comparisons, and no p-value below 1/5000: where no draw reaches the
    observed sum, the p-value is Hoeffding's bound if that is smaller. The result is a valid
    p-value at every level, because the bound holds for every set of differences.
    """
    flips = _signs(differences.shape[1])
    observed = np.abs(differences.sum(axis=1))
    # Sums that are equal but for rounding count as reached.
    observed -= 1e-12 * np.abs(differences).sum(axis=1)
    reached = np.zeros(len(differences), dtype=np.int64)
    for start in range(0, len(differences), _BLOCK):
        part = slice(start, start + _BLOCK)
        reached[part] = (np.abs(differences[part] @ flips) >= observed[part, None]).sum(axis=1)
    p = (1 + reached) / (1 + FLIPS)
    return np.where(reached == 0, np.minimum(p, hoeffding_p(differences)), p)


def hoeffding_p(differences: Floats) -> Floats:
    """2 exp(−(Σd)² / 2Σd²), at most 1: bounds the exact sign-flip p-value (Hoeffding 1963)."""
    squares = (differences**2).sum(axis=1)
    sums = differences.sum(axis=1) ** 2
    ratio = np.divide(sums, 2 * squares, out=np.zeros(len(squares)), where=squares > 0)
    return np.asarray(np.minimum(1.0, 2.0 * np.exp(-ratio)), dtype=np.float64)


def holm(p: Floats) -> Floats:
    """Holm's step-down adjusted p-values (Holm 1979): rejecting those ≤ α keeps the chance of one
    false rejection among all below α.
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, stepped)
    return adjusted


def resolvable_difference(losses: Floats, metric: Callable[[Floats], Floats]) -> Floats:
    """Half the width of the 95 % interval of each neighbour difference, float64 (m − 1,).

    1.96 paired bootstrap standard errors of the difference of the metric, not corrected for the
    number of neighbours: a smaller difference is noise.
    """
    values = metric(resamples(losses.shape[1], 1000, 0) @ losses.T)
    return np.asarray(1.96 * np.diff(values, axis=1).std(axis=0), dtype=np.float64)


@lru_cache(maxsize=8)
def _signs(rows: int) -> Floats:
    """±1, float64 (rows, FLIPS); they depend on the number of rows alone."""
    drawn = np.random.default_rng(rows).integers(0, 2, (rows, FLIPS))
    signs: Floats = (2 * drawn - 1).astype(np.float64)
    signs.flags.writeable = False
    return signs
