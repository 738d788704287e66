"""The evidence of a classification, right and wrong classes, and its metrics."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.metrics import Floats, Loss, Metric, UndefinedError, complement

CLEAR_MARGIN = 0.05
"""Rows whose `phase_margin` is at least this lie away from the boundary."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Right and wrong classes of one cell, R test rows.

    Attributes:
        predicted: bool (K, R), whether class k was predicted, for the K classes that occur.
        exact: bool (K, R), whether class k is right.
        margins: float64 (R,), distance from the nearest boundary; None if unknown.
        blocks: of the rows.
    """

    predicted: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    margins: Floats | None
    blocks: Blocks

    @staticmethod
    def of(
        predictions: NDArray[np.str_],
        labels: NDArray[np.str_],
        margins: Floats | None = None,
        blocks: Blocks | None = None,
    ) -> "Outcomes":
        """Outcomes of names (R,); the classes are those that occur in either."""
        classes = np.union1d(predictions, labels)[:, None]
        cut = Blocks.of(len(labels)) if blocks is None else blocks
        return Outcomes(predictions == classes, labels == classes, margins, cut)

    @cached_property
    def right(self) -> Floats:
        """Share of rows of each block whose class is right, float64 (B,)."""
        return self.blocks.means(np.asarray((self.predicted & self.exact).any(axis=0)))

    @property
    def wrong(self) -> Floats:
        """Share of rows of each block whose class is wrong, float64 (B,)."""
        return 1.0 - self.right

    @property
    def most_common_wrong(self) -> Floats:
        """The same of an answer that always names the most common exact class."""
        common = self.exact[self.exact.sum(axis=1).argmax()]
        return 1.0 - self.blocks.means(common)


def accuracy(outcomes: Outcomes, weights: Floats) -> Floats:
    """Share of rows whose class is right, float64 (K,), for weights (K, B)."""
    return np.asarray(weights @ outcomes.right, dtype=np.float64)


def macro_f1(outcomes: Outcomes, weights: Floats) -> Floats:
    """Mean over classes of F1 = 2 TP / (2 TP + FP + FN), float64 (K,).

    The classes are those that are predicted or right in some row: scikit-learn's convention. One
    that occurs in no row of a resample is left out of that resample's mean.
    """
    hit, predicted, exact = (
        outcomes.blocks.means(which.T)
        for which in (outcomes.predicted & outcomes.exact, outcomes.predicted, outcomes.exact)
    )
    both = weights @ hit
    total = weights @ predicted + weights @ exact
    scores = np.divide(2.0 * both, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(scores.sum(axis=1) / (total > 0).sum(axis=1), dtype=np.float64)


def accuracy_clear(outcomes: Outcomes, weights: Floats) -> Floats:
    """Accuracy over rows with a margin of at least `CLEAR_MARGIN`, float64 (K,).

    Raises:
        UndefinedError: margins are not known, or no row is that far from a boundary.
    """
    if outcomes.margins is None:
        raise UndefinedError("needs the margins of the rows, which were not given")
    clear = outcomes.margins >= CLEAR_MARGIN
    if not clear.any():
        raise UndefinedError(f"has no row with a margin of at least {CLEAR_MARGIN}")
    hit = (outcomes.predicted & outcomes.exact).any(axis=0) & clear
    right, share = weights @ outcomes.blocks.means(hit), weights @ outcomes.blocks.means(clear)
    out = np.full(len(weights), np.nan)  # a resample without a clear row
    np.divide(right, share, out=out, where=share > 0)
    return out


WRONG: Loss[Outcomes] = Loss("wrong class", lambda o: o.wrong, lambda o: o.most_common_wrong)
ACCURACY = Metric(
    *("accuracy", accuracy, "higher", "share of rows whose class is right", "Accuracy"),
    *(WRONG, complement, complement),
    formula=r"\langle [\hat y = y] \rangle",
)
MACRO_F1 = Metric("macro_f1", macro_f1, "higher", "mean of the F1 scores of the classes",
                  "Macro F1")  # fmt: skip
ACCURACY_CLEAR = Metric(
    "accuracy_clear",
    accuracy_clear,
    "higher",
    f"accuracy over rows away from the boundary: their phase_margin is at least {CLEAR_MARGIN}",
    "Accuracy, clear rows",
)
