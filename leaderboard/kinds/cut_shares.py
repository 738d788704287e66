"""The evidence of answers to a largest cut: what they reach of it, and the metrics.

What is compared is 1 − ratio, the share of the largest cut that an answer misses, row by row.
"""

from dataclasses import dataclass

import numpy as np

from builders.core.errors import RequestError
from builders.kinds.graph import MAXIMUM, GraphFamily
from builders.solvers.graphs.cuts import random_cut
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.errors import gain
from leaderboard.kinds.metrics import Floats, Loss, Metric, complement
from leaderboard.kinds.truth import Truth


@dataclass(frozen=True, eq=False)
class Shares:
    """What R answers reach, as shares of the largest cuts.

    Attributes:
        own: float64 (R,), of the answers.
        random: float64 (R,), of a cut at random.
        plain: float64 (R,), of an answer that needs no learning: fixed angles, or a cut at random.
        best: float64 (R,), of the best that the label knows; 1 for a cut.
        blocks: of the rows.
    """

    own: Floats
    random: Floats
    plain: Floats
    best: Floats
    blocks: Blocks

    def missed(self, share: Floats) -> Floats:
        """Mean of 1 − share over the rows of each block, float64 (B,)."""
        return self.blocks.means(1.0 - share)


@dataclass(frozen=True, eq=False)
class Graphs:
    """The test graphs of a cell.

    Attributes:
        weights: float64 (R, V, V).
        largest: float64 (R,), the values of their largest cuts.
    """

    weights: Floats
    largest: Floats

    @staticmethod
    def of(truth: Truth) -> "Graphs":
        """From the public parameters and a hidden label.

        Raises:
            RequestError: plain arrays without graphs, or no cut is worth more than nothing.
        """
        flat, largest = truth.columns.get("parameters"), truth.columns.get(MAXIMUM)
        family, size = truth.family, truth.size
        if flat is None or largest is None or size is None or not isinstance(family, GraphFamily):
            raise RequestError(
                "answers about cuts are evaluated on the graphs themselves. Score a file with "
                "`qslbench score FILE --private DIR --data DIR`, where both folders are."
            )
        wrong = np.flatnonzero(~(largest > 0))
        if len(wrong):
            raise RequestError(f"{len(wrong)} graphs have no cut above 0, first row {wrong[0]}.")
        return Graphs(family.weights(size, flat), largest)

    @property
    def random(self) -> Floats:
        """Share of a cut at random, float64 (R,)."""
        return np.asarray(random_cut(self.weights) / self.largest)


MISSED: Loss[Shares] = Loss("missed share", lambda s: s.missed(s.own), lambda s: s.missed(s.plain))


def ratio(shares: Shares, weights: Floats) -> Floats:
    """Mean over rows of value / largest cut, float64 (K,), for weights (K, B)."""
    return np.asarray(1.0 - weights @ shares.missed(shares.own))


def above_random(shares: Shares, weights: Floats) -> Floats:
    """Of the way from a cut at random to the largest one, the part that is gone, float64 (K,).

    Raises:
        UndefinedError: every cut is as good as any other.
    """
    return gain(shares.missed(shares.own), shares.missed(shares.random), weights, "a random cut")


def skill(shares: Shares, weights: Floats) -> Floats:
    """1 − missed share / that of the fixed angles, float64 (K,); above 0 something was learnt.

    Raises:
        UndefinedError: the fixed angles miss nothing.
    """
    return gain(shares.missed(shares.own), shares.missed(shares.plain), weights, "the fixed angles")


def of_best(shares: Shares, weights: Floats) -> Floats:
    """Of the way from a cut at random to the best angles, the part that is gone, float64 (K,).

    Raises:
        UndefinedError: the best angles are no better than a cut at random.
    """
    best = shares.missed(shares.best)
    left, whole = shares.missed(shares.own) - best, shares.missed(shares.random) - best
    return gain(left, whole, weights, "a random cut, against the best angles,")


def found(shares: Shares, weights: Floats) -> Floats:
    """Share of rows whose answer is a largest cut, float64 (K,)."""
    return np.asarray(weights @ shares.blocks.means(shares.own > 1.0 - 1e-9))


RATIO = Metric(
    *("ratio", ratio, "higher", "mean of (expected) cut / largest cut", "Approximation ratio"),
    *(MISSED, complement, complement),
)
ABOVE_RANDOM = Metric(
    *("above_random", above_random, "higher"),
    *("1 - missed share / missed share of a cut at random", "Above a random cut"),
    gain_on=MISSED,
    against="a cut at random",
)
SKILL = Metric(
    *("skill", skill, "higher", "1 - missed share / missed share of the fixed angles", "Skill"),
    gain_on=MISSED,
    against="the fixed angles",
)
OF_BEST = Metric(
    *("of_best", of_best, "higher"),
    "part of the way from a random cut to the best angles known",
    "Of the best angles",
)
FOUND = Metric(*("found", found, "higher", "share of rows whose largest cut is found", "Found"))
