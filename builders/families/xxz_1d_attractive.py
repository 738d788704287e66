"""XXZ chain whose anisotropies are negative."""

import numpy as np

from builders.core.names import Size
from builders.families.xxz_1d import XxzChain
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters


class AttractiveXxzChain(XxzChain):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}), open chain, J_i > 0.

    J_i ~ U[0.8, 1.2] and Δ_i ~ U[−0.5, 0], independent: in the language of fermions, neighbours
    attract. Still the critical side, as Δ > −1, with more entanglement than at Δ > 0.
    """

    name = "xxz_1d_attractive"
    title = "XXZ chain with random couplings and negative anisotropies"
    distribution = "J_i ~ U[0.8, 1.2] and delta_i ~ U[-0.5, 0], independent for every bond."
    distribution_ood = ""
    warm_start_ood = ""

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        bonds = size.sites - 1
        return {"J": rng.uniform(0.8, 1.2, bonds), "delta": rng.uniform(-0.5, 0.0, bonds)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(size.sites - 1), "delta": np.full(size.sites - 1, -0.25)}

    def solver_settings(self, size: Size) -> SolverSettings:
        if size.sites <= 64:
            return SolverSettings(bond=64, steps=6, tolerance=1e-3, block=50)
        return SolverSettings(bond=96, steps=6, tolerance=1e-3, block=50)


FAMILY = AttractiveXxzChain()
