"""The best mix of the mean and the test row's own shadow."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import Pairs

MIN_SHOTS = 4
"""Below, the halves of the shots are too short for a purity."""


class Model(Baseline):
    """(1 − w) · mean of the training estimates + w · estimate from the row's own shots.

    w = s²/(s² + σ²) is the best weight for a label of spread s over Hamiltonians and noise σ².
    s² is the covariance over rows of the estimates from the two halves of the shots, whose noises
    are independent; s² + σ² is the variance of the whole estimate. Both are pooled over pairs of
    like distance, or, for labels of neighbours, of like distance to the end.
    """

    title = "Mean mixed with the test row's own shadow"
    uses_test_shots = True
    records = ("pauli_tokens",)
    needs_pairs = True
    needs_estimate = True

    def _fit(self, cell: Cell) -> None:
        self._target, pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = pairs.read(self._target.training(cell))
        self._pairs, self._mean = pairs, values.mean(axis=0)
        # Bands of 1, 2-3, 4-7, ... : s² of a single far distance would be mostly noise.
        self._bands = np.log2(1 + pairs.groups - pairs.groups.min()).astype(np.int64)
        self._weight = np.zeros_like(self._mean)
        half = cell.shots.shape[1] // 2
        if cell.n > 1 and half * 2 >= MIN_SHOTS:
            own = cell.seen.shots
            halves = [
                pairs.read(self._target.estimate(part))
                for part in (own[:, :half], cell.shots[:, half : 2 * half])
            ]
            first, second = (part - part.mean(axis=0) for part in halves)
            groups = self._bands
            shared = np.bincount(groups, weights=(first * second).mean(axis=0))
            seen = values if cell.shown is None else pairs.read(self._target.estimate(own))
            whole = np.bincount(groups, weights=seen.var(axis=0))
            self._weight = (shared / whole.clip(np.finfo(float).tiny)).clip(0.0, 1.0)[groups]
        self.n_parameters = self._mean.size + np.unique(self._bands).size

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        own = self._pairs.read(self._target.estimate(rows.shots))
        mixed = self._mean + self._weight * (own - self._mean)
        return self._target.to_label(self._pairs.write(mixed))
