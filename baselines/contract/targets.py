"""What a model is trained on where the label's own estimate from shots is biased."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
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
        """What the task says is averaged over rows, else the label itself."""
        if task.averaged is not None:
            known = task.averaged
            return Target(known.estimate, known.to_label, known.of_label)
        return Target(task.estimate, _same, _same)

    def training(self, cell: Cell) -> Floats:
        """What a model of the cell is trained on, float64 (n, L): estimates, or exact values."""
        if cell.exact is not None or self.of_label is _same:
            return self.of_label(cell.labels)
        return self.estimate(cell.shots)


def _same(values: Floats) -> Floats:
    return values
