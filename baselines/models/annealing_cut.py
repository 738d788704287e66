"""Simulated annealing of cuts."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.networks.network_baseline import check_at_least
from baselines.solvers.cut_solver import CutSolver

HOT, COLD = 2.0, 0.05


class Model(CutSolver):
    """Metropolis moves of single vertices while the temperature falls geometrically from 2 to .05
    of the root mean over vertices of Σ_j w_ij² (Kirkpatrick, Gelatt, Vecchi 1983); the best cut of
    the way counts.

    Args:
        seed: of starts and moves.
        sweeps: over all vertices.
    """

    title = "Simulated annealing"
    is_random = True

    def __init__(self, *, seed: int = 0, sweeps: int = 200) -> None:
        super().__init__(seed=seed)
        check_at_least("sweeps", sweeps, 1)
        self.sweeps = sweeps

    def _predict(self, rows: Rows) -> NDArray[np.bool_]:
        weights, rng = weights_of(rows), np.random.default_rng(self.seed)
        unit = np.sqrt((weights**2).sum(axis=2).mean(axis=1))
        spins = 1.0 - 2.0 * rng.integers(0, 2, weights.shape[:2])
        value, best, kept = np.zeros(len(weights)), np.zeros(len(weights)), spins.copy()
        for temperature in np.geomspace(HOT, COLD, self.sweeps):
            for k in range(weights.shape[1]):
                gain = spins[:, k] * np.einsum("rj,rj->r", weights[:, k], spins)
                chance = np.exp(np.minimum(0.0, gain / (temperature * unit)))
                moved = rng.random(len(weights)) < chance
                spins[moved, k] *= -1.0
                value[moved] += gain[moved]
                better = value > best
                best[better], kept[better] = value[better], spins[better]
        return np.asarray(kept < 0)
