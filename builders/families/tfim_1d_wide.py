"""Transverse-field Ising chain whose random couplings lie on both sides of the transition."""

import numpy as np

from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters


class WideTfimChain(TfimChain):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, in the sector Π X_i = +1.

    J_i ~ U[0, 2], h_i = 1: bonds on both sides of the transition. The mean of ln J over a chain of
    n bonds is ln 2 − 1 = −0.31 with the spread 1/√n, so that one chain in five is ordered at N = 8,
    one in fifty at N = 48 and none at N = 127: the phase is no task.
    """

    name = "tfim_1d_wide"
    title = "Transverse-field Ising chain, couplings on both sides"
    distribution = "J_i ~ U[0, 2] independent for every bond; h_i = 1."
    distribution_ood = ""
    warm_start_ood = ""
    why_hard = (
        "Strong disorder near the transition: stretches of a chain are ordered while the chain as "
        "a whole is not, and correlations across them depend on every bond between."
    )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0.0, 2.0, size.sites - 1), "h": np.ones(size.sites)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(size.sites - 1), "h": np.ones(size.sites)}

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=16, steps=6, tolerance=1e-3, block=50)


FAMILY = WideTfimChain()
