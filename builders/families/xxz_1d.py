"""XXZ chain with random couplings and anisotropies."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters


class XxzChain(GroundStateFamily):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}), open chain, J_i > 0.

    J_i ~ U[0.8, 1.2] and Δ_i ~ U[0, 1], independent: the critical side of the transition at
    Δ = 1, with weak bond disorder. Under strong disorder, J_i ~ U[0.5, 1.5] say, some rows of 127
    sites hold far singlets whose gap no energy certificate resolves; their labels would be wrong
    by 1e-2 at a relative energy error of 1e-7. Ground state with Σ Z = 0 for even N, +1 for odd N.
    Uniform chains have the bulk energies (in spin operators, J = 1) −1/π at Δ = 0,
    −3/8 at Δ = 1/2 and 1/4 − ln 2 at Δ = 1 (Bethe ansatz).
    The shifted distribution has attractive anisotropies, still on the critical side. Past Δ = 1
    the long chain has two Néel ground states whose splitting no solver resolves, so that entropies
    and shots would be those of a mixture that nobody chose.
    """

    name = "xxz_1d"
    title = "XXZ chain with random couplings and anisotropies"
    formula = "H = sum_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + delta_i Z_i Z_{i+1})"
    distribution = "J_i ~ U[0.8, 1.2] and delta_i ~ U[0, 1], independent for every bond."
    distribution_ood = "J_i ~ U[0.8, 1.2] and delta_i ~ U[-0.5, 0], independent for every bond."
    warm_start_ood = "xxz_1d_attractive"
    why_hard = (
        "Disorder on a critical line: correlations decay slowly and depend on couplings that "
        "are far away."
    )
    references = ("H. Bethe, Z. Phys. 71, 205 (1931)", "C. N. Yang, C. P. Yang, 1966")
    parameters = (
        Parameter("J", lambda s: (s.sites - 1,), "coupling of bond (i, i+1), positive"),
        Parameter("delta", lambda s: (s.sites - 1,), "anisotropy of bond (i, i+1), no unit"),
    )
    sizes = CHAIN_SIZES

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        bonds = size.sites - 1
        return {"J": rng.uniform(0.8, 1.2, bonds), "delta": rng.uniform(0.0, 1.0, bonds)}

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        bonds = size.sites - 1
        return {"J": rng.uniform(0.8, 1.2, bonds), "delta": rng.uniform(-0.5, 0.0, bonds)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(size.sites - 1), "delta": np.full(size.sites - 1, 0.5)}

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        parameters = super().check(size, given)
        if (parameters["J"] <= 0).any():
            at = int(np.argmax(parameters["J"] <= 0))
            raise RequestError(
                f"parameter 'J' of {self.name} must be positive; J[{at}] = {parameters['J'][at]}."
            )
        return parameters

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        bonds = chain_bonds(size.sites)
        j, delta = parameters["J"], parameters["delta"]
        return Hamiltonian(
            size.sites,
            (
                PauliTerms("XX", bonds, j),
                PauliTerms("YY", bonds, j),
                PauliTerms("ZZ", bonds, j * delta),
            ),
        )

    def sector(self, size: Size) -> Sector:
        return Sector("magnetization", size.sites % 2)

    def solver_settings(self, size: Size) -> SolverSettings:
        if size.sites <= 64:
            return SolverSettings(bond=40, steps=4, tolerance=1e-3, block=50, single=True)
        return SolverSettings(bond=80, steps=4, tolerance=1e-3, block=50, single=True)


FAMILY = XxzChain()
