"""Heisenberg chain with random long-range antiferromagnetic couplings."""

import numpy as np

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, Sector, isotropic
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters

J0 = 369.0 / 3.0


class HeisenbergChain(GroundStateFamily):
    """H = Σ_{i<j} J_ij (X_i X_j + Y_i Y_j + Z_i Z_j), open chain.

    J_ij = (369/3) / |i−j|^a with one exponent a ~ U(1, 2) a row. Neighbours are always coupled;
    for j − i > 1 the bond is off with probability ½, and off whenever (i, j−1) is off.
    A draw in which every longer bond is off is drawn again: it is one and the same Hamiltonian
    whatever a is, which at N = 8 would repeat rows, also between training and test.
    Ground state with Σ Z = 0 for even N. For odd N the ground level is a doublet, and the state
    with Σ Z = +1 is meant: correlations do not depend on the choice, entropies and shots do.
    SU(2) symmetry gives ⟨XX⟩ = ⟨YY⟩ = ⟨ZZ⟩ for even N, and E = 3 Σ_{i<j} J_ij C_ij always.
    """

    name = "heisenberg_1d"
    title = "Heisenberg chain with random long-range couplings"
    formula = "H = sum_{i<j} J_ij (X_i X_j + Y_i Y_j + Z_i Z_j)"
    distribution = (
        "J_ij = 123 / |i-j|^a, one a ~ U(1, 2) for a row; neighbours always coupled, a longer "
        "bond (i, j) off with probability 1/2 and off whenever (i, j-1) is off; a draw without any "
        "longer bond is drawn again."
    )
    distribution_ood = "As above with a ~ U(2, 3): couplings that fall off faster."
    why_hard = (
        "Ground states of different rows are close to each other, so that the mean is a strong "
        "predictor; what is left depends on the pattern of the missing bonds."
    )
    references = ("Tang et al., ICLR 2024 (LLM4QPE)", "arXiv:2505.13852")
    parameters = (
        Parameter(
            "J",
            lambda s: (s.sites, s.sites),
            "coupling of sites i and j, symmetric, zero diagonal; in the energy unit of H",
            symmetric=True,
        ),
    )
    sizes = CHAIN_SIZES

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return self._draw(size, rng.uniform(1.0, 2.0), rng)

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return self._draw(size, rng.uniform(2.0, 3.0), rng)

    def _draw(self, size: Size, exponent: float, rng: np.random.Generator) -> Parameters:
        n = size.sites
        distance = np.arange(n)[None, :] - np.arange(n)[:, None]
        while True:
            # The first failed coin cuts a site's bonds to the right: ranges are geometric.
            ranges = 1 + np.cumprod(rng.random((n, n)) < 0.5, axis=1).sum(axis=1)
            kept = (distance >= 1) & (distance <= ranges[:, None])
            if n == 2 or kept.sum() >= n:
                break
        # Powers of single numbers: those of arrays differ in the last bit between processors.
        by_distance = np.array([J0, *(J0 / float(d) ** exponent for d in range(1, n))])
        upper = np.where(kept, by_distance[distance.clip(0)], 0.0)
        return {"J": upper + upper.T}

    def typical(self, size: Size) -> Parameters:
        n = size.sites
        d = np.abs(np.arange(n)[None, :] - np.arange(n)[:, None])
        # Far couplings are kept with probability 2^(1-d): past 12 they are below 1e-5 of J0.
        mean = np.where((d >= 1) & (d <= 12), J0 * d.clip(1) ** -1.5 * 0.5 ** (d - 1.0), 0.0)
        return {"J": mean}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        i, j = np.nonzero(np.triu(parameters["J"], 1))
        pairs = np.stack([i, j], axis=1)
        return Hamiltonian(size.sites, tuple(isotropic(pairs, parameters["J"][i, j])))

    def sector(self, size: Size) -> Sector:
        return Sector("magnetization", size.sites % 2)

    def solver_settings(self, size: Size) -> SolverSettings:
        # The doublets of odd chains need more states than singlets.
        singlets, doublets = (64, 80) if size.sites <= 64 else (80, 112)
        bond = doublets if size.sites % 2 else singlets
        return SolverSettings(bond, steps=3, tolerance=1e-2, block=50, single=True, multiplets=True)


FAMILY = HeisenbergChain()
