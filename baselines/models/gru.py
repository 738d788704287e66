"""A recurrent network that steps from t = 0 to the time of a row."""

from typing import TYPE_CHECKING

import numpy as np

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.pairs import Pairs
from baselines.linear.smoothers import Scaler
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least
from builders.core.errors import RequestError
from leaderboard.kinds.evolutions import Evolutions

if TYPE_CHECKING:
    from torch import nn

MOST_STEPS = 1000


class Model(NetworkBaseline):
    """Couplings → a gated recurrent unit, one step for each time between rows → labels.

    The state after k steps answers for the time of k steps; a time between two has a shorter last
    one. So the rows of an evolution share all steps up to the earlier of them, and later times than
    those of training go on by the same step. Inputs are couplings and time alone: a row is answered
    by itself, whatever other rows of its evolution are asked for. Base, stopping and the choice to
    learn nothing are those of `NetworkBaseline`.

    Args:
        seed: of folds, weights and batches.
        width: hidden units.
        rate: learning rate.
    """

    title = "Gated recurrent unit over the times of an evolution"
    needs_trajectory = True

    def __init__(self, *, seed: int = 0, width: int = 64, rate: float = 3e-3) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("width", width, 1)
        self.width = width

    def _open(self, cell: Cell) -> None:
        if cell.trajectory is None:
            raise TypeError(f"{cell.config} has no trajectories")
        self._evolutions = Evolutions.of(cell.parameters, cell.trajectory)
        self._scaler = Scaler(self._evolutions.couplings(cell.parameters))

    def _inputs(self, rows: Rows) -> Inputs:
        couplings = self._scaler(self._evolutions.couplings(rows.parameters))
        times = self._evolutions.times(rows.parameters)
        # Times are multiples of a step up to rounding.
        count = int(np.ceil(times.max(initial=1.0) - 1e-6))
        if count > MOST_STEPS:
            raise RequestError(
                f"a time of {count} steps of training rows is later than {MOST_STEPS}. Ask for "
                "earlier ones, or choose another baseline."
            )
        lengths = (times[:, None] - np.arange(count)).clip(0.0, 1.0)
        lengths[lengths < 1e-6] = 0.0
        # A constant beside them: one evolution alone has couplings that tell nothing.
        given = np.concatenate([np.ones((len(rows), 1)), couplings], axis=1)
        return given.astype(np.float32), lengths.astype(np.float32)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.time_networks import Recurrent

        return Recurrent(inputs[0].shape[1], outputs, width=self.width, silent=self._is_silent)
