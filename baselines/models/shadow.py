"""The classical shadow of the test row itself: what its own shots say, with nothing learnt."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows


class Model(Baseline):
    """The task's estimate from the M shots of the row (Huang, Kueng, Preskill 2020)."""

    title = "Classical shadow of the test row"
    uses_test_shots = True
    uses_labels = False
    records = ("pauli_tokens",)
    needs_estimate = True

    def _fit(self, cell: Cell) -> None:
        self._estimate = cell.estimate

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        return self._estimate(rows)
