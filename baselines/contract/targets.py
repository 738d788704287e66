"""What a model is trained on where the label's own estimate from shots is biased."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from leaderboard.kinds.regression import Regression

Floats = NDArray[np.float64]
AVERAGE = "average"
"""Its name among the estimates of a cell."""


@dataclass(frozen=True)
class Target:
    """What models average over rows: `Regression.averaged` where the task has it, else the label.

    The entropy of one row's shots is clipped and goes through a logarithm, which makes it biased at
    small M; the purity under it is not, so that is what is averaged over rows.

    Attributes:
        task: whose label it is.
    """

    task: Regression

    @staticmethod
    def of(task: Regression) -> "Target":
        """That of a task."""
        return Target(task)

    def estimate(self, shots: NDArray[np.uint8]) -> Floats:
        """Of rows of shots, uint8 (R, M, N) → float64 (R, L).

        Raises:
            RequestError: the task has no such estimate, or one that needs Hamiltonians.
        """
        averaged = self.task.averaged
        return self.task.estimate(shots) if averaged is None else averaged.estimate(shots)

    def to_label(self, values: Floats) -> Floats:
        """The model's answer as labels, float64 (R, L)."""
        return values if self.task.averaged is None else self.task.averaged.to_label(values)

    def of_label(self, labels: Floats) -> Floats:
        """Labels as what is averaged, float64 (R, L)."""
        return labels if self.task.averaged is None else self.task.averaged.of_label(labels)

    def training(self, cell: Cell) -> Floats:
        """What a model of the cell is trained on, float64 (n, L): estimates, or exact values."""
        if self.task.averaged is None or cell.exact is not None:
            return self.of_label(cell.labels)
        return cell.estimated(AVERAGE, self.of_rows)

    def of_rows(self, rows: Rows) -> Floats:
        """The estimate of rows from their own shots, float64 (R, L)."""
        return self.estimate(rows.shots)
