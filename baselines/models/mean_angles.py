"""Mean of the training angles in units of the fixed ones."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.linear.angle_units import of_units, to_units
from leaderboard.kinds.task import Task


class Model(Baseline):
    """What 2p numbers know of graphs of a size: of a row only degree and scale of weights are used.

    A row that reads more of a graph is to be held against this one.
    """

    title = "Mean angles in units of the fixed ones"
    records = ("nothing",)
    needs_graph = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        self._mean = to_units(weights_of(cell.train), cell.labels).mean(axis=0)
        self.n_parameters = self._mean.size

    def _move(self, task: Task, config: object) -> None:
        """Units do not depend on the size."""

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        return of_units(weights_of(rows), np.tile(self._mean, (len(rows), 1)))
