"""What parameters alone say of labels: the guess that measurements of a row then correct."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.linear.grouped_ridge import GroupedRidge
from baselines.linear.smoothers import Scaler
from leaderboard.kinds.evolutions import Evolutions

Floats = NDArray[np.float64]
POWERS = 4
"""Powers of the time, from 0, that labels of evolutions and their slopes are made of."""


class ParameterPrior:
    """Ridge regression on standardised parameters; along evolutions its coefficients change.

    They are polynomials of the time there, the same ones for all evolutions.

    Args:
        rows: training rows.
        values: what they are trained on, float64 (n, K).

    Attributes:
        held_out: float64 (n, K), each row without the rows of its evolution (else without itself).
        n_parameters: trained numbers.
    """

    def __init__(self, rows: Rows, values: Floats) -> None:
        trajectory = rows.trajectory
        groups = np.arange(len(rows)) if trajectory is None else trajectory
        self._evolutions = (
            Evolutions(None) if trajectory is None else Evolutions.of(rows.parameters, trajectory)
        )
        self._last = float(self._evolutions.times(rows.parameters).max(initial=0.0)) or 1.0
        self._scale = Scaler(self._evolutions.couplings(rows.parameters))
        self._model = GroupedRidge(*self._features(rows), values, groups)
        self.held_out, self.n_parameters = self._model.held_out, self._model.n_parameters

    def __call__(self, rows: Rows) -> Floats:
        """Float64 (R, K)."""
        return self._model(*self._features(rows))

    def _features(self, rows: Rows) -> tuple[Floats, Floats]:
        couplings = self._scale(self._evolutions.couplings(rows.parameters))
        powers = 1 if self._evolutions.time is None else POWERS
        # Legendre polynomials on the training times are nearly orthogonal.
        at = 2.0 * self._evolutions.times(rows.parameters) / self._last - 1.0
        basis = np.polynomial.legendre.legvander(at.clip(-1.0, 1.0), powers - 1)
        both = basis[:, :, None] * couplings[:, None]
        return basis, both.reshape(len(rows), -1)
