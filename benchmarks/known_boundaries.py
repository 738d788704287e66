"""Phase boundaries that are known without solving a row, for `benchmarks.phase_diagrams`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.solvers.exact.free_fermion import tfim_ground_state

Array = NDArray[np.float64]
ZETA_6 = np.pi**6 / 945  # Σ 1/k⁶, the tail of the van der Waals interaction of a crystal


@dataclass(frozen=True)
class Boundary:
    """A curve in the plane of a diagram.

    Attributes:
        name: what the legend says.
        x: float64 (K,), along the horizontal axis.
        y: float64 (K,).
        exact: for the infinite chain; otherwise of a limit or of a simpler model.
        points: single points, between which nothing is known.
    """

    name: str
    x: Array
    y: Array
    exact: bool
    points: bool = False


def rydberg() -> list[Boundary]:
    """Axes Δ/Ω and R_b/a.

    Without a drive the crystals of period two and three have the energies
    −Δ/k + ζ(6) Ω (R_b/a)⁶/(k·k⁶) a site, k = 2 and 3, which cross at
    Δ/Ω = 6 ζ(6) (R_b/a)⁶ (2⁻⁷ − 3⁻⁷). Atoms whose blockade ends after one neighbour, without the
    tail, become a crystal of period two at Δ/Ω = 0.6546 (P. Fendley, K. Sengupta, S. Sachdev, Phys.
    Rev. B 69, 075106 (2004): U/w = −1.308 with w = Ω/2).
    """
    radius = np.linspace(1.85, 2.95, 60)
    crossing = 6.0 * ZETA_6 * radius**6 * (2.0**-7 - 3.0**-7)
    inside = crossing < 3.0
    blockade = np.array([1.15, 1.6])
    return [
        Boundary("z2 | z3 without a drive", crossing[inside], radius[inside], exact=False),
        Boundary("z2 of the bare blockade", np.full(2, 0.6546), blockade, exact=False),
    ]


def bond_alternating() -> list[Boundary]:
    """Axes J_prime/J and δ.

    A translation by one site exchanges J and J_prime, so that all boundaries of the infinite chain
    are the same in 1/J_prime, and trivial and topological meet at J_prime = J. The uniform chain is
    critical for δ ≤ 1 and antiferromagnetic beyond (Bethe ansatz). For weak J_prime each dimer is a
    spin in a field 2J, coupled to the next by J_prime δ: an Ising chain with its transition at
    J_prime δ = 2 J.
    """
    weak, strong = np.linspace(0.5, 1.0, 30), np.linspace(1.0, 2.0, 30)
    dimers = np.concatenate([weak, strong]), np.concatenate([2.0 / weak, 2.0 * strong])
    return [
        Boundary("J' = J, δ ≤ 1", np.ones(2), np.array([0.0, 1.0]), exact=True),
        Boundary("weakly coupled dimers", *dimers, exact=False),
    ]


def cluster_ising() -> list[Boundary]:
    """Axes h1 and h2.

    At h2 = 0 the chain is two Ising chains, self-dual and critical at h1 = 1. At h1 = 0 each Z X Z
    anticommutes with four neighbouring X X and the other way round, so that exchanging the two
    changes no energy, and turning spins by π changes the sign of h2: where the phase ends, which it
    does once on either side, is h2 = ±1.
    """
    h1, h2 = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, -1.0])
    return [Boundary("self-dual", h1, h2, exact=True, points=True)]


def uniform_ising(n_sites: int, margin: Array) -> Array:
    """C between the sites at a quarter and three quarters of uniform chains with ln(J/h) given."""
    a, b = n_sites // 4, 3 * n_sites // 4
    chains = (tfim_ground_state(np.full(n_sites - 1, np.exp(m)), np.ones(n_sites)) for m in margin)
    return np.array([state.correlation()[a, b] for state in chains])
