"""Base of the baselines that undo the noise channel of a record, each in its own way."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target


class Mitigation(Baseline):
    """A model that answers from the noisy shots of the test row, and knows their channel."""

    uses_test_shots = True
    uses_labels = False
    records = ("pauli_tokens",)
    needs_estimate = True
    needs_channel = True

    def _fit(self, cell: Cell) -> None:
        self._target = Target(cell.regression)

    def _undone(self, rows: Rows) -> NDArray[np.float64]:
        """The estimate with the channel of the rows inverted: unbiased, float64 (R, L).

        Raises:
            RequestError: the channel leaves nothing of some outcome.
        """
        return Target(self._target.task, rows.channel).of_rows(rows)
