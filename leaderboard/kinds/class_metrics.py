"""The metrics of a classification, each a function of outcomes and of weights over test rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats, Metric, UndefinedError

CLEAR_MARGIN = 0.05
"""Rows whose `phase_margin` is at least this lie away from the boundary."""


@dataclass(frozen=True)
class Outcomes:
    """Right and wrong classes of one cell, R test rows.

    Attributes:
        predicted: bool (K, R), whether class k was predicted, for the K classes that occur.
        exact: bool (K, R), whether class k is right.
        margins: float64 (R,), distance from the nearest boundary; None if unknown.
    """

    predicted: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    margins: Floats | None

    @staticmethod
    def of(
        predictions: NDArray[np.str_], labels: NDArray[np.str_], margins: Floats | None = None
    ) -> "Outcomes":
        """Outcomes of names (R,); the classes are those that occur in either."""
        classes = np.union1d(predictions, labels)[:, None]
        return Outcomes(predictions == classes, labels == classes, margins)

    def __len__(self) -> int:
        return len(self.exact.T)

    @property
    def losses(self) -> Floats:
        """See `task.Evidence`: 1 where the class is wrong, else 0."""
        return np.asarray(1.0 - self.right, dtype=np.float64)

    @property
    def reference(self) -> Floats:
        """See `task.Evidence`: the losses of the most common exact class."""
        common = self.exact[self.exact.sum(axis=1).argmax()]
        return np.asarray(1.0 - common, dtype=np.float64)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Bool (R,), the rows whose class is right."""
        return np.asarray((self.predicted & self.exact).any(axis=0))


def accuracy(outcomes: Outcomes, weights: Floats) -> Floats:
    """Share of rows whose class is right, float64 (B,), for weights (B, R)."""
    return np.asarray(weights @ outcomes.right, dtype=np.float64)


def macro_f1(outcomes: Outcomes, weights: Floats) -> Floats:
    """Mean over classes of F1 = 2 TP / (2 TP + FP + FN), float64 (B,).

    The classes are those that are predicted or right in some row: scikit-learn's convention. One
    that occurs in no row of a resample is left out of that resample's mean.
    """
    both = weights @ (outcomes.predicted & outcomes.exact).T
    total = weights @ outcomes.predicted.T + weights @ outcomes.exact.T
    scores = np.divide(2.0 * both, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(scores.sum(axis=1) / (total > 0).sum(axis=1), dtype=np.float64)


def accuracy_clear(outcomes: Outcomes, weights: Floats) -> Floats:
    """Accuracy over rows with a margin of at least `CLEAR_MARGIN`, float64 (B,).

    Raises:
        UndefinedError: margins are not known, or no row is that far from a boundary.
    """
    if outcomes.margins is None:
        raise UndefinedError("needs the margins of the rows, which were not given")
    clear = outcomes.margins >= CLEAR_MARGIN
    if not clear.any():
        raise UndefinedError(f"has no row with a margin of at least {CLEAR_MARGIN}")
    right, share = weights @ (outcomes.right & clear), weights @ clear
    out = np.full(len(weights), np.nan)  # a resample without a clear row
    np.divide(right, share, out=out, where=share > 0)
    return out


ACCURACY = Metric("accuracy", accuracy, "higher", "share of rows whose class is right")
MACRO_F1 = Metric("macro_f1", macro_f1, "higher", "mean of the F1 scores of the classes")
ACCURACY_CLEAR = Metric(
    "accuracy_clear",
    accuracy_clear,
    "higher",
    f"accuracy over rows away from the boundary: their phase_margin is at least {CLEAR_MARGIN}",
)
