"""What a model is trained on where the label's own estimate from shots is biased."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from builders.shadows.estimators import PURITY_RANGE, shadow_pair_purity
from leaderboard.kinds.regression import Regression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """An unbiased estimate from shots, and the way from its mean to the label.

    Attributes:
        estimate: uint8 (R, M, N) → float64 (R, L).
        to_label: the model's answer (R, L) → label (R, L).
        of_label: its inverse, for exact labels.
    """

    estimate: Callable[[NDArray[np.uint8]], Floats]
    to_label: Callable[[Floats], Floats]
    of_label: Callable[[Floats], Floats]

    @staticmethod
    def of(task: Regression) -> "Target":
        """Purities for pair entropies, else the label itself.

        The entropy of one row's shots is clipped and goes through a logarithm, which makes it
        biased at small M; the purity under it is not, so that is what is averaged over rows.
        """
        if task.label == "renyi2":
            return Target(shadow_pair_purity, _entropy, _purity)
        return Target(task.estimate, _same, _same)

    def training(self, cell: Cell) -> Floats:
        """What a model of the cell is trained on, float64 (n, L): estimates, or exact values."""
        if cell.exact is not None or self.of_label is _same:
            return self.of_label(cell.labels)
        return self.estimate(cell.shots)


def _same(values: Floats) -> Floats:
    return values


def _purity(entropy: Floats) -> Floats:
    return np.asarray(2.0**-entropy)


def _entropy(purity: Floats) -> Floats:
    return np.asarray(-np.log2(np.clip(purity, *PURITY_RANGE)))
