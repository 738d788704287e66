"""Base of the networks that go from t = 0 to the time of a row, step by step."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.linear.smoothers import Scaler
from baselines.networks.network_baseline import Inputs, NetworkBaseline
from builders.core.errors import RequestError
from leaderboard.kinds.evolutions import Evolutions

MOST_STEPS = 1000


class TimeNetworkBaseline(NetworkBaseline):
    """Couplings, and one step for each time between rows → labels at the time of the row.

    After k steps a network answers for the time of k steps; a time between two has a shorter last
    one. Later times than those of training go on by the same step. Inputs are couplings and time
    alone: a row is answered by itself, whatever other rows of its evolution are asked for. Folds
    hold whole evolutions, so that when to stop is read off evolutions that were not seen. Base,
    stopping and the choice to learn nothing are those of `NetworkBaseline`.

    A subclass builds a network of couplings (B, P), a 1 in front of them, and lengths of steps
    (B, S), in steps, 0 past the row's time.
    """

    needs_trajectory = True

    def _together(self, cell: Cell) -> NDArray[np.int64] | None:
        return cell.trajectory

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
