"""Uniform XXZ chain at and around its transition to the Néel phase."""

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families.xxz_1d import XxzChain
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters
from builders.physics.phase import Phase


class CriticalXxzChain(XxzChain):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}), open chain, J_i > 0.

    J_i = 1 and Δ_i = Δ with one Δ ~ U[0.8, 1.2] a row. The infinite uniform chain is a Luttinger
    liquid (central charge 1) for −1 < Δ ≤ 1 and a Néel antiferromagnet for Δ > 1 (Yang and Yang
    1966); the margin is |Δ − 1|. The gap opens as exp(−π²/√(8(Δ−1))), so slowly that no chain of
    these sizes is longer than the correlation length: the phase has to be read off small changes.
    Chains from outside that are not uniform are told by their mean Δ, which is then a convention.
    """

    name = "xxz_1d_critical"
    title = "XXZ chain around the Néel transition"
    distribution = "J_i = 1; delta_i = delta, one delta ~ U[0.8, 1.2] for a row."
    distribution_ood = ""
    warm_start_ood = ""
    phases = ("luttinger_liquid", "neel")
    phase_rule = (
        "Néel where the mean of delta is above 1 (exact for the infinite uniform chain); the "
        "margin is the distance from 1."
    )
    tasks = ("correlation", "renyi2", "energy", "phase")
    why_hard = (
        "Critical correlations and an infinitely smooth transition: labels change little with "
        "delta, and finite chains of both phases look alike."
    )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        bonds = size.sites - 1
        return {"J": np.ones(bonds), "delta": np.full(bonds, rng.uniform(0.8, 1.2))}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(size.sites - 1), "delta": np.ones(size.sites - 1)}

    def phase(
        self,
        size: Size,
        parameters: Parameters,
        order: NDArray[np.float64],
        renyi2: NDArray[np.float64],
    ) -> Phase:
        above = float(parameters["delta"].mean()) - 1.0
        return Phase("neel" if above > 0 else "luttinger_liquid", abs(above))

    def solver_settings(self, size: Size) -> SolverSettings:
        return super().solver_settings(size)


FAMILY = CriticalXxzChain()
