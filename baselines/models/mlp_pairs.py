"""A small network shared over all pairs, on top of the mean by distance."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.curve import distance_curve
from baselines.inputs.features import SiteWindow, channels
from baselines.inputs.pairs import Pairs
from builders.core.threads import one_thread
from builders.dataset.config import Config
from leaderboard.kinds.task import Task

if TYPE_CHECKING:
    from baselines.networks.pair_training import Trained, TrainingRun


class Model(Baseline):
    """Label = curve(d) · (1 + s · r_ij), averaged over members.

    The curve is the training mean by distance, smoothed; r is `PairNetwork`, fed with the
    parameters seen from both sites. The number of steps and the factor s in [0, 1] come from
    rows that a member was not trained on; to learn nothing (s = 0) is one of the choices.
    Trained on shadow estimates (purities for pair entropies), in float32, on one thread.

    Args:
        seed: of folds, weights and batches.
        half_width: sites that a site sees to each side.
        training: settings; the default ones are used if None.
    """

    title = "Network shared over pairs"
    needs_pairs = True
    needs_chain = True
    is_random = True
    any_size = True

    def __init__(
        self, *, seed: int = 0, half_width: int = 4, training: "TrainingRun | None" = None
    ) -> None:
        super().__init__(seed=seed)
        self.half_width, self.training = half_width, training

    def _fit(self, cell: Cell) -> None:
        self._family, self._size = cell.family, cell.size
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        seen = channels(cell.family, cell.size, cell.parameters)
        self._window = SiteWindow(seen, half_width=self.half_width)
        values = self._pairs.read(self._target.training(cell))
        self._curves = distance_curve(self._pairs, values)[None]
        # A single row leaves nothing to hold out.
        self.trained = self._learn(cell.n, values) if cell.n > 1 else None
        self.n_parameters = np.unique(self._pairs.distance).size * len(self._curves)
        if self.trained is not None and self.trained.steps:
            weights = self.trained.network.parameters()
            self.n_parameters += sum(weight.numel() for weight in weights)

    def _learn(self, n: int, values: NDArray[np.float64]) -> "Trained":
        from baselines.networks.pair_training import TrainingRun, folds, train

        how = self.training or TrainingRun()
        split = folds(n, how.members, self.seed)
        self._curves = np.stack([distance_curve(self._pairs, values[f.kept]) for f in split])
        views = self._window.views(self._window.reference)
        with one_thread():
            return train(self._pairs, views, values, self._curves, split, how, self.seed)

    def _move(self, task: Task, config: Config) -> None:
        self._curves = np.stack([self._pairs.carry(curve, config) for curve in self._curves])
        self._size, self._pairs = config.size, Pairs.of(task, config)
        if self.trained is not None:
            self.trained = self.trained.at(self._pairs)

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        values = np.tile(self._curves.mean(axis=0), (len(rows), 1))
        if self.trained is not None and self.trained.steps and len(rows):
            views = self._window.views(channels(self._family, self._size, rows.parameters))
            with one_thread():
                values += self.trained.mean_change(views, self._curves)
        return self._target.to_label(self._pairs.write(values))
