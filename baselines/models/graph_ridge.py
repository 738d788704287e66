"""Ridge regression from short cycles of a graph to its angles in units of the fixed ones."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import graph_features, weights_of
from baselines.linear.angle_units import of_units, to_units
from baselines.linear.smoothers import Scaler
from leaderboard.kinds.task import Task

ALPHAS = tuple(10.0**k for k in range(-3, 5))


class Model(Baseline):
    """Linear in `graph_features`, and their squares where there are many rows; one penalty, by
    leave-one-out error. Without a feature that varies it is the mean in units of the fixed angles.
    """

    title = "Ridge on cycles of the graph"
    records = ("nothing",)
    needs_graph = True
    any_size = True

    def _fit(self, cell: Cell) -> None:
        weights = weights_of(cell.train)
        values = to_units(weights, cell.labels)
        self._scale = Scaler(graph_features(weights))
        inputs = self._scale(graph_features(weights))
        self._mean = values.mean(axis=0)
        off = values - self._mean
        left, size, right = np.linalg.svd(inputs - inputs.mean(axis=0), full_matrices=False)
        self._centre = inputs.mean(axis=0)
        errors = {alpha: _left_out(left, size, off, alpha) for alpha in ALPHAS}
        best = min(errors, key=lambda alpha: errors[alpha])
        shrunk = size / (size**2 + best * cell.n)
        self._slope = right.T @ (shrunk[:, None] * (left.T @ off))
        if errors[best] >= float((off**2).sum()) * (cell.n / max(1.0, cell.n - 1.0)) ** 2:
            self._slope = np.zeros_like(self._slope)
        self.n_parameters = self._mean.size + self._slope.size

    def _move(self, task: Task, config: object) -> None:
        """Features and units do not depend on the size."""

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        weights = weights_of(rows)
        inputs = self._scale(graph_features(weights)) - self._centre
        return of_units(weights, self._mean + inputs @ self._slope)


def _left_out(
    left: NDArray[np.float64], size: NDArray[np.float64], off: NDArray[np.float64], alpha: float
) -> float:
    """Sum of squared leave-one-out errors; the mean is a column of the fit."""
    rows = len(off)
    kept = size**2 / (size**2 + alpha * rows)
    fitted = left @ (kept[:, None] * (left.T @ off))
    leverage = 1.0 / rows + (left**2) @ kept
    return float((((off - fitted) / (1.0 - leverage).clip(1e-6)[:, None]) ** 2).sum())
