"""Cluster-Ising chain: a symmetry-protected topological phase between trivial ones."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters
from builders.physics.phase import PauliString, Phase

# Signs of the even and the odd sites in which the lowest state of a row can be, by N mod 4: by
# exact diagonalisation of grids over both distributions at N = 5 … 14. (-1, 1) is the mirror
# image of (1, -1) where N is even.
_SIGNS = {
    0: ((1, 1), (1, -1), (-1, -1)),
    1: ((1, 1), (-1, 1)),
    2: ((1, 1), (1, -1), (-1, -1)),
    3: ((1, 1), (1, -1), (-1, -1)),
}
_PATTERN = -0.1  # h2 above which no pattern along X is the lowest state of a row with h3 = 0
_END = 0.9  # h1 and -h2 below which no end leaves its pattern
_WEAK = 0.5  # h1 above which h3 reverses no sign of a sublattice


class ClusterIsingChain(GroundStateFamily):
    """H = − Σ Z_{i−1} X_i Z_{i+1} − h1 Σ X_i − h2 Σ X_i X_{i+1} + h3 Σ Z_i Z_{i+2}, open chain.

    The ground state of the parities Π X_i over the sites 0, 2, … and over the sites 1, 3, …, in
    the sector (+1, +1) where that is not higher than others: without parities the
    free ends make the topological phase four-fold degenerate. h1 ~ U[0.025, 1.6] and
    h2 ~ U[−1.55, 1.6], the range of the published 64 × 64 grid, h3 = 0.
    At h1 = h2 = h3 = 0 the energy is −(N−2). With h2 = h3 = 0 the two sublattices are two Ising
    chains, critical at h1 = 1, and on a ring of strengths a, b of ZXZ and X the energy is
    E(a, b) = E(b, a) = 2 E_TFIM(N/2). With h1 = h3 = 0 the same exchange of ZXZ and XX changes no
    energy: the topological phase ends at h2 = ±1 there.
    Phases are told by the state, since with h2 their boundaries have no closed form. The state is
    topological (`spt`) where the string Z X_{a+1} X_{a+3} … Z on one sublattice is larger than the
    string of the X alone; h2 = 0 exchanges the two under (a, b) → (b, a). A trivial state is
    `antiferromagnetic` where the squared staggered magnetisation along X is larger than the squared
    uniform one, and `paramagnetic` otherwise. The margin is the smaller of these two differences,
    that of the strings alone in the topological phase.
    An antiferromagnetic pattern has other signs than these where N mod 4 is 2 or 3, and h1 turns an
    end of it where N mod 4 is 0; h3 frustrates the sublattices. Rows are the lowest state of the
    sectors of `sectors`: of all four, by exact diagonalisation over both distributions, but that
    an even N has no (−1, +1), the mirror image of (+1, −1). Of the two, which are exactly
    degenerate, the one with +1 on the even sites is meant; (+1, +1) where energies agree.
    """

    name = "cluster_ising_1d"
    title = "Cluster-Ising chain"
    formula = (
        "H = -sum_i Z_{i-1} X_i Z_{i+1} - h1 sum_i X_i - h2 sum_i X_i X_{i+1} "
        "+ h3 sum_i Z_i Z_{i+2}"
    )
    distribution = "h1 ~ U[0.025, 1.6] and h2 ~ U[-1.55, 1.6], one of each for a row; h3 = 0."
    distribution_ood = "As above with h3 ~ U[0.05, 0.3], one for a row: a term that was not there."
    why_hard = (
        "Two numbers fix a row, but they cross three phases, and the topological one has no local "
        "order parameter."
    )
    references: ClassVar[tuple[str, ...]] = (
        "I. Cong, S. Choi, M. D. Lukin, Nat. Phys. 15, 1273 (2019)",
        "Wu et al. (2024)",
    )
    parameters = (
        Parameter("h1", lambda _: (), "field along X, in units of the cluster term"),
        Parameter("h2", lambda _: (), "coupling of X_i X_{i+1}, in units of the cluster term"),
        Parameter("h3", lambda _: (), "coupling of Z_i Z_{i+2}, in the same units", default=0.0),
    )
    sizes = CHAIN_SIZES
    tasks = ("correlation", "renyi2", "energy", "phase")
    phases = ("spt", "paramagnetic", "antiferromagnetic")
    phase_rule = (
        "Topological (spt) where the string Z X X ... Z on one sublattice is larger than that of "
        "the X alone; else antiferromagnetic where the squared staggered magnetisation along X is "
        "larger than the uniform one. The margin is the smaller of these differences, that of the "
        "strings alone where spt."
    )
    mirror = True  # of an even chain; it exchanges the two antiferromagnetic patterns

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return _parameters(rng.uniform(0.025, 1.6), rng.uniform(-1.55, 1.6))

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return self.draw(size, rng) | {"h3": np.array(rng.uniform(0.05, 0.3))}

    def typical(self, size: Size) -> Parameters:
        return self.warm_starts(size)[0]

    def warm_starts(self, size: Size) -> tuple[Parameters, ...]:
        # One in every phase; the topological one is near the point where the three meet.
        return tuple(_parameters(*h) for h in ((0.9, -0.5), (1.2, 0.5), (0.6, -1.3)))

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        n = size.sites
        h1, h2, h3 = (float(parameters[name]) for name in ("h1", "h2", "h3"))
        triples = np.arange(n - 2)[:, None] + np.arange(3)
        terms = [
            PauliTerms("ZXZ", triples, -np.ones(n - 2)),
            PauliTerms("X", np.arange(n)[:, None], np.full(n, -h1)),
            PauliTerms("XX", chain_bonds(n), np.full(n - 1, -h2)),
            PauliTerms("ZZ", triples[:, ::2], np.full(n - 2, h3)),
        ]
        return Hamiltonian(n, tuple(terms))

    def sector(self, size: Size) -> Sector:
        return Sector("sublattice_parity", 1)

    def sectors(self, size: Size) -> tuple[Sector, ...]:
        return tuple(Sector("sublattice_parity", *signs) for signs in _SIGNS[size.sites % 4])

    def row_sectors(self, size: Size, parameters: Parameters) -> tuple[Sector, ...]:
        h1, h2, h3 = (float(parameters[name]) for name in ("h1", "h2", "h3"))
        n = size.sites % 4
        frustrated = h3 != 0.0 and h1 < _WEAK
        if n == 1:
            patterns = False
        elif h3 != 0.0:
            patterns = n == 3 or h2 < 0.0
        else:
            patterns = h2 < _PATTERN and (n > 1 or (h1 > _END and h2 < -_END))
        can = (True, patterns, frustrated) if n != 1 else (True, frustrated)
        return tuple(s for s, yes in zip(self.sectors(size), can, strict=True) if yes)

    def other_starts(self, size: Size) -> tuple[int, ...]:
        return (0, 2)

    def order_strings(self, size: Size) -> tuple[PauliString, ...]:
        if size.sites < 3:
            return ()  # no string has two ends
        # An even number of X, where the chain is long enough: in a superposition of the two
        # antiferromagnetic patterns the expectation values of odd ones cancel.
        a, length = size.sites // 4, max(1, size.sites // 8 * 2)
        b = a + 2 * length
        xs = tuple(range(a + 1, b, 2))
        # Magnetisations from pairs that are at most 8 apart: a domain wall hides the pattern only
        # where it lies between the two.
        c = a + 2 * min(length, 4)
        return (
            ("Z" + "X" * length + "Z", (a, *xs, b)),
            ("X" * length, xs),
            ("XX", (a, c)),
            ("XX", (a, c - 1)),
            ("XX", (a + 1, c)),
        )

    def phase(
        self,
        size: Size,
        parameters: Parameters,
        order: NDArray[np.float64],
        renyi2: NDArray[np.float64],
    ) -> Phase:
        if not order.size:
            return Phase("paramagnetic", 0.0)
        with_ends, without, even, *odd = order
        topological = abs(with_ends) - abs(without)
        if topological > 0:
            return Phase("spt", float(topological))
        # Even distances: uniform² + staggered²; odd ones: uniform² − staggered².
        staggered, uniform = (even - np.mean(odd)) / 2, (even + np.mean(odd)) / 2
        name = "antiferromagnetic" if staggered > uniform else "paramagnetic"
        return Phase(name, float(min(-topological, abs(staggered - uniform))))

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=48, steps=5, tolerance=1e-3)


def _parameters(h1: float, h2: float, h3: float = 0.0) -> Parameters:
    return {"h1": np.array(h1), "h2": np.array(h2), "h3": np.array(h3)}


FAMILY = ClusterIsingChain()
