"""Base of the baselines that undo the noise channel of a record, each in its own way."""

from typing import Any, ClassVar

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.inputs.mitigated_shots import ESTIMATORS, MitigatedTarget


class Mitigation(Baseline):
    """A model that answers from the noisy shots of the test row, and knows their channel."""

    uses_test_shots = True
    records = ("pauli_tokens",)
    needs_estimate = True
    needs_channel = True
    estimators: ClassVar[tuple[Any, ...]] = ESTIMATORS

    def _fit(self, cell: Cell) -> None:
        self._target = MitigatedTarget(cell.regression)
