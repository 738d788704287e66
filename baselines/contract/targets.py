"""What a model is trained on where the label's own estimate from shots is biased."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from builders.shadows.mitigation import MeanOutcomes
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
        channel: what flipped the bits of shots, undone in estimates; None leaves them as they are.
    """

    task: Regression
    channel: MeanOutcomes | None = None

    @staticmethod
    def of(cell: Cell) -> "Target":
        """That of a cell: mitigated where its labels are."""
        return Target(cell.regression, cell.train.channel if cell.mitigated else None)

    def estimate(self, shots: NDArray[np.uint8]) -> Floats:
        """Of rows of shots, uint8 (R, M, N) → float64 (R, L).

        Raises:
            RequestError: the task has no such estimate, one that needs Hamiltonians, or a channel
                that cannot be undone.
        """
        averaged = self.task.averaged
        if averaged is None:
            return self.task.estimate(shots, channel=self.channel)
        if self.channel is None:
            return averaged.estimate(shots)
        return averaged.estimate(shots, self.channel)

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
