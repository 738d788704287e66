"""Anisotropic XY chain in a transverse field, with random couplings."""

import numpy as np

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.closed_form import ClosedForm
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters


class XyChain(GroundStateFamily):
    """H = − Σ_i J_i [(1+γ)/2 X_i X_{i+1} + (1−γ)/2 Y_i Y_{i+1}] − Σ_i h_i Z_i, open chain.

    J_i ~ U[0.8, 1.2], h_i = h u_i with u_i ~ U[0.8, 1.2] and one h ~ U[0, 2] a row, and one
    γ ~ U[0.2, 1] a row: rows on both sides of the transition at h = J, with weak disorder. Small
    γ and h would close the gap of the whole chain, strong disorder that of rare segments.
    The ground state has the parity Π Z_i of the lower energy, which changes with h and γ where
    γ² + (h/J)² < 1. Where both agree to 1e-9 N in energy, as they do in a long ordered chain, the
    state with Π Z_i = +1 is meant; correlations and entropies do not depend on the choice there.
    The chain is one of free fermions (Lieb, Schultz, Mattis 1961), which gives every label exactly.
    """

    name = "xy_1d"
    title = "XY chain in a transverse field"
    formula = "H = -sum_i J_i [(1+gamma)/2 X_i X_{i+1} + (1-gamma)/2 Y_i Y_{i+1}] - sum_i h_i Z_i"
    distribution = (
        "J_i ~ U[0.8, 1.2]; h_i = h u_i with u_i ~ U[0.8, 1.2] and one h ~ U[0, 2] for a row; one "
        "gamma ~ U[0.2, 1] for a row."
    )
    distribution_ood = "As above with gamma ~ U[1, 1.5]: past the Ising chain, Y against X."
    why_hard = (
        "Rows lie on both sides of a transition and differ in their symmetry; correlations "
        "oscillate at small field and small anisotropy."
    )
    references = (
        "E. Lieb, T. Schultz, D. Mattis, Ann. Phys. 16, 407 (1961)",
        "E. Barouch, B. M. McCoy, Phys. Rev. A 3, 786 (1971)",
    )
    parameters = (
        Parameter("J", lambda s: (s.sites - 1,), "coupling of bond (i, i+1), sets the unit"),
        Parameter("h", lambda s: (s.sites,), "field along Z on site i, in the units of J"),
        Parameter("gamma", lambda _: (), "anisotropy, no unit; 1 is the Ising chain"),
    )
    sizes = CHAIN_SIZES

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {
            "J": rng.uniform(0.8, 1.2, size.sites - 1),
            "h": rng.uniform(0.0, 2.0) * rng.uniform(0.8, 1.2, size.sites),
            "gamma": np.array(rng.uniform(0.2, 1.0)),
        }

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return self.draw(size, rng) | {"gamma": np.array(rng.uniform(1.0, 1.5))}

    def typical(self, size: Size) -> Parameters:
        n = size.sites
        return {"J": np.ones(n - 1), "h": np.ones(n), "gamma": np.array(0.6)}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        bonds, gamma = chain_bonds(size.sites), float(parameters["gamma"])
        return Hamiltonian(
            size.sites,
            (
                PauliTerms("XX", bonds, -parameters["J"] * (1.0 + gamma) / 2.0),
                PauliTerms("YY", bonds, -parameters["J"] * (1.0 - gamma) / 2.0),
                PauliTerms("Z", np.arange(size.sites)[:, None], -parameters["h"]),
            ),
        )

    def sector(self, size: Size) -> Sector:
        return Sector("parity_z")

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=32, steps=6, tolerance=1e-3)

    def exact_energy(self, size: Size, parameters: Parameters) -> float:
        # Imported here because listing families must not load scipy.
        from builders.solvers.exact.free_fermion import xy_ground_state

        p = parameters
        return xy_ground_state(p["J"], p["h"], float(p["gamma"])).energy

    def exact_state(self, size: Size, parameters: Parameters, sector: Sector) -> ClosedForm:
        from builders.solvers.exact.free_fermion import xy_ground_state

        p = parameters
        return xy_ground_state(p["J"], p["h"], float(p["gamma"]), sector.value)


FAMILY = XyChain()
