"""Which entries of a ranking can be told apart: paired tests on the same test rows.

Two entries are compared by the differences of their losses on the B blocks of test rows, because a
row that is hard for one is hard for the other. Where blocks hold different numbers of rows, what
is compared are sums over blocks: the sign of a sum is as fair a coin as that of a row. Where single
rows are kept as wrong or not, the test is McNemar's, exact on the rows that one of the two got
wrong: that is what sign flips of rows give when all of them are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats, Metric

ALPHA = 0.05
FLIPS = 4999
_AT_ONCE = 256  # comparisons: 10 MB of flipped sums
_SIGNS_AT_ONCE = 1024  # blocks whose signs are numbers at the same time: 40 MB


@dataclass(frozen=True)
class Standing:
    """What the tests say about a ranking of m entries.

    Attributes:
        ranks: int64 (m,), from 1; entries that cannot be told apart share a rank.
        p_above: float64 (m,), Holm-adjusted p-value against the entry above; NaN for the first.
        resolvable: float64 (m,), the smallest difference from the entry above, in the metric, that
            these rows resolve; NaN for the first.
    """

    ranks: NDArray[np.int64]
    p_above: Floats
    resolvable: Floats


def standing(entries: Sequence[Losses], metric: Metric[Any]) -> Standing:
    """Ranks with ties.

    An entry starts a new rank if it is told from the entry above (`pair_p`, Holm over all
    neighbours, 5 %) or from the first entry of the rank that it would join. The second test,
    Hoeffding's bound with Bonferroni's correction, keeps a long chain of close neighbours from
    sharing one rank from the best to the worst.

    Args:
        entries: losses of m entries on the same rows, best first.
        metric: that ranks, a function of the mean loss.

    Raises:
        UndefinedError: it is none.
    """
    if not entries:
        return Standing(np.ones(0, dtype=np.int64), np.empty(0), np.empty(0))
    sums = np.stack([weighted(entry) for entry in entries])
    above = holm(pair_p(entries[1:], entries[:-1]))
    ranks = np.ones(len(sums), dtype=np.int64)
    first = 0
    for k in range(1, len(sums)):
        far = hoeffding_p(sums[k : k + 1] - sums[first]) * (len(sums) - 1)
        if above[k - 1] <= ALPHA or far[0] <= ALPHA:
            first = k
        ranks[k] = first + 1
    none = np.full(1, np.nan)
    return Standing(
        ranks,
        np.concatenate([none, above]),
        np.concatenate([none, resolvable_difference(entries, metric)]),
    )


def pair_p(first: Sequence[Losses], second: Sequence[Losses]) -> Floats:
    """Two-sided p-values of pairs of entries, float64 (m,): McNemar's exact test where single rows
    are kept, else sign flips of blocks.

    Args:
        first: losses of m entries.
        second: losses of the m entries that they are compared with, on the same rows.
    """
    counts = [a.discordant(b) for a, b in zip(first, second, strict=True)]
    p = np.array([np.nan if found is None else mcnemar_p(*found) for found in counts])
    left = np.flatnonzero(np.isnan(p)).tolist()
    if left:
        apart = np.stack([weighted(first[k]) - weighted(second[k]) for k in left])
        p[left] = flip_p(apart)
    return p


def mcnemar_p(first_alone: int, second_alone: int) -> float:
    """How likely a fair coin, thrown as often as one of two answers alone was wrong, falls at least
    as unevenly: McNemar's test, two-sided, exact (Psychometrika 12, 153 (1947)).

    Args:
        first_alone: rows that the first answer alone got wrong.
        second_alone: rows that the second alone got wrong.
    """
    thrown, fewer = first_alone + second_alone, min(first_alone, second_alone)
    k = np.arange(1.0, fewer + 1)
    log = np.concatenate([[0.0], np.cumsum(np.log((thrown - k + 1.0) / k))]) - thrown * np.log(2.0)
    return float(min(1.0, 2.0 * np.exp(log).sum()))


def weighted(losses: Losses) -> Floats:
    """What paired tests compare, float64 (B,): the losses, times the number of rows of each block
    where blocks differ in it.
    """
    return losses.values if losses.blocks.is_even else losses.values * losses.blocks.counts


def flip_p(differences: Floats) -> Floats:
    """Two-sided p-values of paired differences, float64 (m,), for differences (m, R).

    The null hypothesis is that the sign of each block's difference is a fair coin. 4999 draws of
    signs, the same for all comparisons, and no p-value below 1/5000: where no draw reaches the
    observed sum, the p-value is Hoeffding's bound if that is smaller. The result is a valid
    p-value at every level, because the bound holds for every set of differences.
    """
    signs = _signs(differences.shape[1])
    observed = np.abs(differences.sum(axis=1))
    # Sums that are equal but for rounding count as reached.
    observed -= 1e-12 * np.abs(differences).sum(axis=1)
    reached = np.zeros(len(differences), dtype=np.int64)
    for start in range(0, len(differences), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        flipped = _flipped(differences[part], signs)
        reached[part] = (np.abs(flipped) >= observed[part, None]).sum(axis=1)
    p = (1 + reached) / (1 + FLIPS)
    return np.where(reached == 0, np.minimum(p, hoeffding_p(differences)), p)


def _flipped(differences: Floats, signs: NDArray[np.int8]) -> Floats:
    """Sums under every draw of signs, float64 (m, FLIPS)."""
    total = np.zeros((len(differences), FLIPS))
    for start in range(0, len(signs), _SIGNS_AT_ONCE):
        part = slice(start, start + _SIGNS_AT_ONCE)
        total += differences[:, part] @ signs[part].astype(np.float64)
    return total


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


def resolvable_difference(entries: Sequence[Losses], metric: Metric[Any]) -> Floats:
    """Half the width of the 95 % interval of each neighbour difference, float64 (m − 1,).

    1.96 paired bootstrap standard errors of the difference of the metric, not corrected for the
    number of neighbours: a smaller difference is noise.
    """
    weights = entries[0].blocks.resamples(1000, 0)
    values = metric.value_of(weights @ np.stack([entry.values for entry in entries]).T)
    return np.asarray(1.96 * np.diff(values, axis=1).std(axis=0), dtype=np.float64)


@lru_cache(maxsize=8)
def _signs(blocks: int) -> NDArray[np.int8]:
    """±1, int8 (blocks, FLIPS); they depend on the number of blocks alone."""
    rng = np.random.default_rng(blocks)
    signs = np.empty((blocks, FLIPS), dtype=np.int8)
    for start in range(0, blocks, _SIGNS_AT_ONCE):
        part = signs[start : start + _SIGNS_AT_ONCE]
        part[:] = 2 * rng.integers(0, 2, part.shape) - 1
    signs.flags.writeable = False
    return signs
