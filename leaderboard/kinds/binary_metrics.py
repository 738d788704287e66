"""The evidence of answers in bits or probabilities, and its metrics.

A row is one shot with K bits to predict, the logical observables of a code for instance. It counts
as wrong if any of its bits is, as decoders are judged.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.errors import gain
from leaderboard.kinds.gaussian import Z95
from leaderboard.kinds.metrics import Floats, Loss, Metric, UndefinedError, same

CLIP = 1e-7
"""Probabilities are moved this far from 0 and 1 before a logarithm: float32 is no finer near 1."""


@dataclass(frozen=True, eq=False)
class Tally:
    """Predicted and right bits of one cell, R test rows with K bits each.

    Attributes:
        predicted: bool (R, K), bits; a probability above one half stands for 1.
        exact: bool (R, K).
        chances: float64 (R, K), the probabilities of 1 that were answered; None for bits.
        blocks: of the rows.
    """

    predicted: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    chances: Floats | None
    blocks: Blocks

    @cached_property
    def wrong_rows(self) -> NDArray[np.bool_]:
        """Which rows have a wrong bit, bool (R,)."""
        return np.asarray((self.predicted != self.exact).any(axis=1))

    @cached_property
    def wrong(self) -> Floats:
        """Share of rows of each block with a wrong bit, float64 (B,)."""
        return self.blocks.means(self.wrong_rows)

    @cached_property
    def majority_wrong(self) -> Floats:
        """The same of an answer that gives every bit the value that is more common in these rows:
        the best constant in hindsight, held fixed under resampling.
        """
        common = self.exact.mean(axis=0) > 0.5
        return self.blocks.means((self.exact != common).any(axis=1))

    @property
    def stated(self) -> Floats:
        """The probabilities that were answered.

        Raises:
            UndefinedError: bits were.
        """
        if self.chances is None:
            raise UndefinedError("needs probabilities, and the answers are bits")
        return self.chances

    @property
    def frequencies(self) -> Floats:
        """How often each bit is 1 in these rows, float64 (1, K): the best constant in hindsight."""
        return np.asarray(self.exact.mean(axis=0, keepdims=True))

    @cached_property
    def own_squared(self) -> Floats:
        """`squared` of the probabilities that were answered."""
        return self.squared(self.stated)

    @cached_property
    def own_surprise(self) -> Floats:
        """`surprise` of the probabilities that were answered."""
        return self.surprise(self.stated)

    def squared(self, chances: Floats) -> Floats:
        """Mean of (probability − bit)² over bits and rows of each block, float64 (B,)."""
        return self.blocks.means(((chances - self.exact) ** 2).mean(axis=1))

    def surprise(self, chances: Floats) -> Floats:
        """Mean of −ln of the probability of the right bit, clipped, float64 (B,)."""
        right = np.where(self.exact, chances, 1.0 - chances)
        return self.blocks.means(-np.log(np.clip(right, CLIP, 1.0 - CLIP)).mean(axis=1))


def error_rate(tally: Tally, weights: Floats) -> Floats:
    """Share of rows with a wrong bit, float64 (K,), for weights (K, B)."""
    return np.asarray(weights @ tally.wrong)


def brier(tally: Tally, weights: Floats) -> Floats:
    """Mean squared difference of probability and bit, float64 (K,).

    Raises:
        UndefinedError: the answers are bits; so for `log_loss`.
    """
    return np.asarray(weights @ tally.own_squared)


def log_loss(tally: Tally, weights: Floats) -> Floats:
    """Mean of −ln of the probability that was given to the right bit, float64 (K,)."""
    return np.asarray(weights @ tally.own_surprise)


def skill(tally: Tally, weights: Floats) -> Floats:
    """1 − error rate / error rate of the majority answer, float64 (K,).

    Raises:
        UndefinedError: the majority answer is right in every row.
    """
    return gain(tally.wrong, tally.majority_wrong, weights, "the majority answer")


def wilson(wrong: float, rows: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share that was seen in so many independent rows.

    It holds where few rows or none are wrong, and where a bootstrap has nothing to draw from
    (Wilson, JASA 22, 209 (1927); Brown, Cai and DasGupta, Statist. Sci. 16, 101 (2001)).
    """
    square = Z95 * Z95 / rows
    middle = (wrong + 0.5 * square) / (1.0 + square)
    half = Z95 * math.sqrt(wrong * (1.0 - wrong) / rows + 0.25 * square / rows) / (1.0 + square)
    return (max(0.0, middle - half), min(1.0, middle + half))


def of_independent_rows(tally: Tally) -> tuple[float, float] | None:
    """Wilson's interval of the error rate; None where rows belong together: then blocks are drawn
    again.
    """
    if tally.blocks.grouped:
        return None
    wrong = float(error_rate(tally, tally.blocks.equal)[0])
    return wilson(wrong, tally.blocks.rows)


ANY_WRONG: Loss[Tally] = Loss(
    "wrong row", lambda t: t.wrong, lambda t: t.majority_wrong, lambda t: t.wrong_rows
)
ERROR_RATE = Metric(
    *("error_rate", error_rate, "lower", "share of rows with a wrong bit", "Error rate"),
    *(ANY_WRONG, same, same, of_independent_rows),
)
SQUARED_CHANCE: Loss[Tally] = Loss(
    "squared difference", lambda t: t.own_squared, lambda t: t.squared(t.frequencies)
)
SURPRISE: Loss[Tally] = Loss(
    "surprise", lambda t: t.own_surprise, lambda t: t.surprise(t.frequencies)
)
_CLIPPED = f"probabilities clipped to {CLIP:g} ... 1 - {CLIP:g}"
BRIER = Metric(
    *("brier", brier, "lower", "mean squared difference of probability and bit", "Brier score"),
    *(SQUARED_CHANCE, same, same),
    formula=r"\langle (\hat y - y)^2 \rangle",
)
LOG_LOSS = Metric(
    *("log_loss", log_loss, "lower", f"mean of -ln of the right bit's probability, {_CLIPPED}"),
    *("Log loss", SURPRISE, same, same),
    formula=r"-\langle y \ln \hat y + (1 - y) \ln (1 - \hat y) \rangle",
)
SKILL = Metric(
    *("skill", skill, "higher", "1 - error rate / error rate of the majority answer"),
    gain_on=ANY_WRONG,
    against="the constant answer, the majority",
)
