"""Transverse-field Ising chain in the ordered phase."""

import numpy as np

from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters


class OrderedTfimChain(TfimChain):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, in the sector Π X_i = +1.

    J_i ~ U[1, 3], h_i = 1: always ordered. Long chains have two ground states up to a splitting
    that no solver resolves; the sector holds one of them, the even superposition of both
    magnetizations, whose entropies are one bit above those of a single one.
    """

    name = "tfim_1d_ordered"
    title = "Transverse-field Ising chain, ordered"
    distribution = "J_i ~ U[1, 3] independent for every bond; h_i = 1."
    distribution_ood = ""
    warm_start_ood = ""
    why_hard = (
        "Long-range order: every correlation is close to one number that depends on all couplings, "
        "and the mean is a strong predictor."
    )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(1.0, 3.0, size.sites - 1), "h": np.ones(size.sites)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.full(size.sites - 1, 2.0), "h": np.ones(size.sites)}

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=24, steps=4, tolerance=1e-3, block=100)


FAMILY = OrderedTfimChain()
