"""Bond-alternating XXZ chain: trivial, topological and symmetry-broken phases."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters
from builders.physics.phase import PauliString, Phase

Array = NDArray[np.float64]
_TOLD_APART = 14  # sites up to which the energy tells the two parities below apart


class BondAlternatingXxzChain(GroundStateFamily):
    """H = Σ_{i odd} J (XX + YY + δ ZZ)_{i,i+1} + Σ_{i even} J_prime (XX + YY + δ ZZ)_{i,i+1}.

    Open chain, sites and bonds counted from 1, δ = `delta`; J = 1, J_prime ~ U[0.1, 3] and δ ~ U[0,
    4]. Ground state with Σ Z = 0 for even N, +1 for odd N. At δ = 0 free fermions. With even N two
    states of that sector come exponentially close in the topological phase (two free end spins) and
    in the symmetry-broken one (two Néel patterns), and their labels differ, that of the two ends by
    more than one. They have opposite mirror parities, and by Marshall's sign rule the ground state
    has the parity (−1)^{N/2}. States are therefore projected onto a mirror parity, and where the
    energy cannot tell the two apart the even one is taken: the right one if N is a multiple of
    four. Other even sizes above 14 are refused. With odd N one end spin alone is free or one
    pattern alone has Σ Z = +1, and the ground state is unique in every phase.

    The partial-reflection invariant of a block I of two plus two sites in the bulk is Z_R = tr(ρ_I
    R_I) / √((tr ρ²_I1 + tr ρ²_I2)/2), where R_I mirrors I and I1, I2 are its halves: near +1 for a
    J_prime bond in the middle in the trivial phase, −1 in the topological one, and the other way
    round for a J bond in the middle. Half the difference of the two, D, vanishes in the bulk at J =
    J_prime. The row is symmetry-broken where the staggered ⟨ZZ⟩ at a distance of half the chain,
    the squared Néel order, is larger than |D|, and trivial or topological by the sign of D
    elsewhere. The margin is the difference of the two.
    """

    name = "bond_alternating_xxz_1d"
    title = "Bond-alternating XXZ chain"
    formula = (
        "H = sum_{i odd} J (XX + YY + delta ZZ)_{i,i+1} "
        "+ sum_{i even} J_prime (XX + YY + delta ZZ)_{i,i+1}, sites from 1"
    )
    distribution = "J = 1; J_prime ~ U[0.1, 3] and delta ~ U[0, 4], one of each for a row."
    distribution_ood = "J = 1; J_prime ~ U[0.1, 3] and delta ~ U[4, 6]: stronger anisotropy."
    why_hard = (
        "Two numbers fix a row, but they cross three phases. The topological one differs from the "
        "trivial one by no local order parameter, only by where its singlets lie."
    )
    references: ClassVar[tuple[str, ...]] = (
        "A. Elben et al., Sci. Adv. 6, eaaz3666 (2020)",
        "H.-Y. Huang et al., Science 377, eabk3333 (2022)",
        "W. Marshall, Proc. R. Soc. A 232, 48 (1955)",
    )
    parameters = (
        Parameter("J", lambda _: (), "coupling of the bonds 1, 3, 5, …, positive"),
        Parameter("J_prime", lambda _: (), "coupling of the bonds 2, 4, …, positive"),
        Parameter("delta", lambda _: (), "anisotropy of all bonds, no unit, at least 0"),
    )
    sizes = CHAIN_SIZES
    tasks = ("correlation", "renyi2", "energy", "phase")
    phases = ("trivial", "topological", "symmetry_broken")
    phase_rule = (
        "Partial-reflection invariants Z_R of four bulk sites around a J_prime bond and around a J "
        "bond give D = (Z_R' - Z_R) / 2. Symmetry-broken where the staggered <ZZ> at half the "
        "chain is larger than |D|; elsewhere trivial if D > 0, topological if not. The margin is "
        "the difference of the two."
    )
    mirror = True

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return _parameters(1.0, rng.uniform(0.1, 3.0), rng.uniform(0.0, 4.0))

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return _parameters(1.0, rng.uniform(0.1, 3.0), rng.uniform(4.0, 6.0))

    def typical(self, size: Size) -> Parameters:
        return self.warm_starts(size)[0]

    def warm_starts(self, size: Size) -> tuple[Parameters, ...]:
        # One in every phase.
        return tuple(_parameters(1.0, *p) for p in ((0.6, 0.8), (1.7, 0.8), (1.0, 3.0)))

    def check_size(self, size: Size) -> None:
        super().check_size(size)
        n = size.sites
        if n % 4 == 2 and n > _TOLD_APART:
            raise RequestError(
                f"{self.name} has no unique ground state to double precision at {n} sites: two "
                f"states of other labels have the same energy. Give an odd size, or {n - 2} or "
                f"{n + 2}."
            )

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        parameters = super().check(size, given)
        for name in ("J", "J_prime"):
            if parameters[name] <= 0:
                raise RequestError(
                    f"parameter {name!r} of {self.name} must be positive; {parameters[name]} given."
                )
        if parameters["delta"] < 0:
            raise RequestError(
                f"parameter 'delta' of {self.name} must be at least 0; {parameters['delta']} given."
            )
        return parameters

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        bonds = chain_bonds(size.sites)
        primed = np.arange(size.sites - 1) % 2 == 1
        coupling = np.where(primed, parameters["J_prime"], parameters["J"])
        zz = coupling * parameters["delta"]
        terms = (("XX", coupling), ("YY", coupling), ("ZZ", zz))
        return Hamiltonian(size.sites, tuple(PauliTerms(p, bonds, c) for p, c in terms))

    def sector(self, size: Size) -> Sector:
        return Sector("magnetization", size.sites % 2)

    def order_strings(self, size: Size) -> tuple[PauliString, ...]:
        if size.sites < 5:
            return ()  # no room for both blocks
        a = _first_site(size)
        b = size.sites // 4
        return (("ZZ", (b, b + size.sites // 2)), *_mirror_strings(a), *_mirror_strings(a + 1))

    def phase(self, size: Size, parameters: Parameters, order: Array, renyi2: Array) -> Phase:
        if not order.size:
            return Phase("trivial", 0.0)
        a, half = _first_site(size), len(order) // 2
        primed = partial_reflection(order[1 : half + 1], renyi2[[a, a + 2]])
        plain = partial_reflection(order[half + 1 :], renyi2[[a + 1, a + 3]])
        dimer = (primed - plain) / 2
        neel = float(order[0]) * (-1) ** (size.sites // 2)
        margin = abs(dimer) - neel
        if margin < 0:
            return Phase("symmetry_broken", -margin)
        return Phase("trivial" if dimer > 0 else "topological", margin)

    def solver_settings(self, size: Size) -> SolverSettings:
        if size.sites <= 64:
            return SolverSettings(bond=48, steps=4, tolerance=3e-3)
        return SolverSettings(bond=64, steps=5, tolerance=2e-3)


def partial_reflection(strings: Array, halves: Array) -> float:
    """Z_R of four neighbouring sites (Elben et al. 2020).

    Args:
        strings: float64 (15,), expectation values of `_mirror_strings`.
        halves: float64 (2,), Rényi-2 entropies of the first and of the last two sites, in bit.
    """
    # A swap of two sites is (1 + XX + YY + ZZ)/2, the mirror is the product of two swaps.
    mirror = (1.0 + strings.sum()) / 4.0
    return float(mirror / np.sqrt(np.exp2(-halves).mean()))


def _mirror_strings(a: int) -> tuple[PauliString, ...]:
    """The strings, without the identity, whose sum is 4 · (mirror of the sites a … a+3)."""
    outer, inner, all_four = (a, a + 3), (a + 1, a + 2), (a, a + 1, a + 2, a + 3)
    pairs = [(p + p, sites) for sites in (outer, inner) for p in "XYZ"]
    return (*pairs, *((p + q + q + p, all_four) for p in "XYZ" for q in "XYZ"))


def _first_site(size: Size) -> int:
    """Site a, from 0, so that the middle bond of a … a+3 has J_prime and lies in the bulk."""
    return 2 * ((size.sites - 3) // 4)


def _parameters(J: float, J_prime: float, delta: float) -> Parameters:
    return {"J": np.array(J), "J_prime": np.array(J_prime), "delta": np.array(delta)}


FAMILY = BondAlternatingXxzChain()
