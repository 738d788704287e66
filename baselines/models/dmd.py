"""Dynamic mode decomposition of the training evolutions, amplitudes set by the couplings."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import layout
from baselines.linear.dynamic_modes import basis, modes
from baselines.linear.grouped_ridge import GroupedRidge
from baselines.linear.smoothers import Scaler
from builders.core.errors import RequestError
from leaderboard.kinds.evolutions import Evolutions

Floats = NDArray[np.float64]
MOST_MODES = 24


class Model(Baseline):
    """label(c, t) = Σ_k λ_k^t · (a_k + B_k c), with λ_0 = 1 and c the couplings.

    The modes are those of the labels of all training evolutions together (`dynamic_modes`; Schmid,
    J. Fluid Mech. 656, 5 (2010)); time is counted in steps between rows. a_k and B_k are fitted to
    all training rows, B_k by ridge. The number of modes and the penalty are those of the smallest
    error for evolutions left out, of the noisy training labels; one constant, the training mean, is
    among the choices. A row is answered from its own parameters alone, at any time: forecasts past
    the training times are the modes going on.

    That all evolutions share their λ is an approximation: couplings set frequencies, too.

    Args:
        seed: of nothing.
        rank: modes tried, at most; conjugate ones count twice.

    Attributes:
        factors: λ_k in use, complex (K,), one of every conjugate pair; after `fit`.
    """

    title = "Dynamic mode decomposition"
    needs_trajectory = True

    def __init__(self, *, seed: int = 0, rank: int = 6) -> None:
        super().__init__(seed=seed)
        if not 0 <= rank <= MOST_MODES:
            raise RequestError(f"setting rank={rank}: give 0 to {MOST_MODES} modes.")
        self.rank = rank
        self.factors = np.zeros(0, dtype=complex)

    def _fit(self, cell: Cell) -> None:
        trajectory = cell.trajectory
        if trajectory is None:
            raise TypeError(f"{cell.config} has no trajectories")
        self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
        values = self._layout.read(self._target.training(cell))
        self._evolutions = Evolutions.of(cell.parameters, trajectory)
        self._scale = Scaler(self._evolutions.couplings(cell.parameters))
        # Of a single evolution nothing could be left out but times.
        several = len(np.unique(trajectory)) > 1
        groups = trajectory if several else np.arange(cell.n)
        series = [values[run] for run in self._evolutions.runs(cell.parameters, trajectory)]
        best = np.inf
        for rank in range(self.rank + 1):
            factors = modes(series, rank) if self._evolutions.time is not None else self.factors[:0]
            if rank and not len(factors):
                break
            model = GroupedRidge(*self._features(cell.train, factors), values, groups)
            if model.error < best:
                best, self._model, self.factors = model.error, model, factors
        self.n_parameters = self._model.n_parameters + 2 * len(self.factors)

    def _features(self, rows: Rows, factors: NDArray[np.complex128]) -> tuple[Floats, Floats]:
        """What has no penalty, modes alone, and modes times couplings."""
        over = basis(factors, self._evolutions.times(rows.parameters))
        couplings = self._scale(self._evolutions.couplings(rows.parameters))
        return over, (over[:, :, None] * couplings[:, None]).reshape(len(rows), -1)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        values = self._model(*self._features(rows, self.factors))
        return self._target.to_label(self._layout.write(values))
