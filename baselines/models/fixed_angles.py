"""Angles of infinite trees, scaled by degree and weights: nothing is learnt."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from builders.solvers.graphs.fixed_angles import fixed_angles
from leaderboard.kinds.task import Task


class Model(Baseline):
    """See `builders.solvers.graphs.fixed_angles`; what a learned row has to beat."""

    title = "Fixed angles"
    entry_class = "solver"
    records = ("nothing",)
    needs_graph = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        self._depth = cell.regression.length(cell.size) // 2

    def _move(self, task: Task, config: object) -> None:
        """Nothing depends on the size."""

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        return fixed_angles(weights_of(rows), self._depth)
