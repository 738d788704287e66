"""Angles of the training graph whose short cycles are most alike."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import graph_features, weights_of
from baselines.linear.angle_units import of_units, to_units
from baselines.linear.kernels import squared_distances
from baselines.linear.smoothers import Scaler
from leaderboard.kinds.task import Task


class Model(Baseline):
    """Angles, in units of the fixed ones, of the nearest graph in standardised `graph_features`."""

    title = "Nearest graph"
    records = ("nothing",)
    needs_graph = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        weights = weights_of(cell.train)
        self._values = to_units(weights, cell.labels)
        self._scale = Scaler(graph_features(weights))
        self._inputs = self._scale(graph_features(weights))
        self.n_parameters = self._values.size

    def _move(self, task: Task, config: object) -> None:
        """Features and units do not depend on the size."""

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        weights = weights_of(rows)
        far = squared_distances(self._scale(graph_features(weights)), self._inputs)
        return of_units(weights, self._values[far.argmin(axis=1)])
