"""Vertices one after another on the better side, then moves while they gain."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.solvers.cut_solver import CutSolver


class Model(CutSolver):
    """The greedy way of Sahni and Gonzalez (1976), which reaches half of all weights where these
    are ≥ 0, and single moves of vertices up to a local maximum.
    """

    title = "Greedy"

    def _predict(self, rows: Rows) -> NDArray[np.bool_]:
        weights = weights_of(rows)
        every, spins = np.arange(len(weights)), np.zeros(weights.shape[:2])
        for k in range(weights.shape[1]):
            pull = np.einsum("rj,rj->r", weights[:, k], spins)
            spins[:, k] = np.where(pull > 0, -1.0, 1.0)
        while True:
            # Moving vertex i changes the cut by z_i Σ_j w_ij z_j.
            gain = spins * np.einsum("rij,rj->ri", weights, spins)
            best = gain.argmax(axis=1)
            moved = gain[every, best] > 1e-12
            if not moved.any():
                return np.asarray(spins < 0)
            spins[every[moved], best[moved]] *= -1.0
