"""Transverse-field Ising chain at and around its critical point."""

import numpy as np

from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters


class CriticalTfimChain(TfimChain):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, in the sector Π X_i = +1.

    J_i = g (1 + u_i) with one g ~ U[0.9, 1.1] a row and u_i ~ U[−0.1, 0.1] a bond, h_i = 1.
    Uniform chains (u = 0) are critical at g = 1 with central charge 1/2: the Rényi-2 entropy of
    the left l of N sites is (1/16) log2[(2N/π) sin(πl/N)] bit and a constant (Calabrese and
    Cardy 2004). Disorder is relevant there (Fisher 1995); that of ln J has the variance 0.003
    here, so that chains of fewer than some 300 sites feel it little.
    """

    name = "tfim_1d_critical"
    title = "Transverse-field Ising chain around criticality"
    distribution = (
        "J_i = g (1 + u_i), one g ~ U[0.9, 1.1] for a row, u_i ~ U[-0.1, 0.1] independent for "
        "every bond; h_i = 1."
    )
    distribution_ood = ""
    warm_start_ood = ""
    tasks = ("correlation", "renyi2", "energy", "phase")
    why_hard = (
        "Correlations decay by a power law, and one number shared by all bonds moves them all: "
        "most of what varies between rows is global."
    )
    references = (*TfimChain.references, "P. Calabrese, J. Cardy, J. Stat. Mech. P06002 (2004)")

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        g = rng.uniform(0.9, 1.1)
        noise = rng.uniform(-0.1, 0.1, size.sites - 1)
        return {"J": g * (1.0 + noise), "h": np.ones(size.sites)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(size.sites - 1), "h": np.ones(size.sites)}

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=24, steps=6, tolerance=1e-3, block=50)


FAMILY = CriticalTfimChain()
