"""Transverse-field Ising chain with random couplings."""

import numpy as np

from builders.families import CHAIN_SIZES
from builders.family import Effort, Family, Parameter, Parameters
from builders.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.names import Size


class TfimChain(Family):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, in the sector Π X_i = +1.

    J_i ~ U[0, 1], h_i = 1: paramagnetic, as in the published data of arXiv 2505.13852, which are
    written with spin operators S = σ/2 and J ~ U[0, 2], so that their energies are half of these.
    The ground state is that of free fermions (Pfeuty 1970), which gives every label exactly.
    """

    name = "tfim_1d"
    title = "Transverse-field Ising chain"
    formula = "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i"
    distribution = "J_i ~ U[0, 1] independent for every bond; h_i = 1."
    why_hard = (
        "It is the easy end of the board: short correlations, exactly solvable. A model that "
        "does not beat the mean here has learnt nothing from the couplings."
    )
    references = ("P. Pfeuty, Ann. Phys. 57, 79 (1970)", "arXiv:2505.13852")
    parameters = (
        Parameter("J", lambda s: (s.sites - 1,), "coupling of Z_i Z_{i+1}, in units of h"),
        Parameter("h", lambda s: (s.sites,), "transverse field on site i"),
    )
    sizes = CHAIN_SIZES

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0.0, 1.0, size.sites - 1), "h": np.ones(size.sites)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.full(size.sites - 1, 0.5), "h": np.ones(size.sites)}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        sites = np.arange(size.sites)[:, None]
        return Hamiltonian(
            size.sites,
            (
                PauliTerms("ZZ", chain_bonds(size.sites), -parameters["J"]),
                PauliTerms("X", sites, -parameters["h"]),
            ),
        )

    def sector(self, size: Size) -> Sector:
        return Sector("parity", 1)

    def effort(self, size: Size) -> Effort:
        return Effort(bond=16, half_sweeps=4, lanczos=3, block=50)

    def exact_energy(self, size: Size, parameters: Parameters) -> float:
        # Imported here because listing families must not load scipy.
        from builders.free_fermion import tfim_ground_state

        return tfim_ground_state(parameters["J"], parameters["h"]).energy


FAMILY = TfimChain()
