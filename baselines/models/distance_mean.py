"""The mean of the training estimates, pooled over pairs that translation makes alike."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.pairs import Pairs
from builders.dataset.config import Config
from leaderboard.kinds.task import Task


class Model(Baseline):
    """One number for each distance |i − j|.

    A label of neighbouring pairs alone has one distance; there the pooled pairs are those
    equally far from the nearer end of the chain.
    """

    title = "Training mean by distance"
    needs_pairs = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        self._pairs = Pairs.of(cell.task, cell.config)
        means = self._pairs.read(cell.labels).mean(axis=0)
        self._curve = self._pairs.carry(means, cell.config)
        self.n_parameters = np.unique(self._pairs.groups).size

    def _move(self, task: Task, config: Config) -> None:
        self._curve = self._pairs.carry(self._curve, config)
        self._pairs = Pairs.of(task, config)

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        label = self._pairs.write(self._curve[None])[0]
        return np.broadcast_to(label, (len(rows), label.size))
