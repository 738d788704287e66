"""Kicked Ising circuit on the heavy-hexagon lattice, at its Clifford points."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.kinds.circuit import QUARTER, KickedIsing
from builders.physics.heavy_hex import HeavyHex

GEOMETRY = HeavyHex()


class KickedIsingHeavyHex(KickedIsing):
    """|ψ(s)⟩ = (Π_i R_X(θ_i) Π_{(i,j)} R_ZZ(−π/2)_{ij})^s |00…0⟩, s = steps.

    R_X(θ) = exp(−iθX/2), R_ZZ(−π/2) = exp(iπ/4 ZZ), theta in radians; the edges are those of the
    heavy-hexagon lattice of 127-qubit devices, in their numbering. Every θ_i is 0 or π/2, each
    with probability ½: Clifford circuits, whose labels and shots are exact by linear algebra over
    bits. A qubit with θ_i = 0 keeps Z_i for ever and turns its neighbours about Z, so that the
    others fall into clusters, each with its own evolution. Rows of one circuit are its states after
    1, …, 10 steps. Given angles of any value are solved where no cluster has more than 24 qubits.
    """

    name = "kicked_ising_heavy_hex"
    title = "Clifford kicked Ising circuit on the heavy-hexagon lattice"
    formula = (
        "|psi> = (prod_i R_X(theta_i) prod_(i,j) R_ZZ(-pi/2)_ij)^steps |00...0>, "
        "R_ZZ(-pi/2) = exp(i pi/4 ZZ)"
    )
    distribution = "theta_i is 0 or pi/2 with probability 1/2 each; steps 1, ..., 10."
    distribution_ood = "theta_i is pi/2 with probability 3/4, else 0; steps 1, ..., 10."
    why_hard = (
        "Labels jump between few values and depend on whole clusters of kicked qubits. A "
        "stabilizer simulator makes them at once: an entry that uses one is a solver."
    )
    references: ClassVar[tuple[str, ...]] = (
        "Y. Kim et al., Nature 618, 500 (2023)",
        "S. Aaronson, D. Gottesman, Phys. Rev. A 70, 052328 (2004)",
    )
    geometry = GEOMETRY
    sizes: ClassVar[tuple[str, ...]] = ("65", "127")
    max_sites = 127
    steps = tuple(range(1, 11))
    method = "stabilizer"

    def edges(self, size: Size) -> NDArray[np.int64]:
        return GEOMETRY.edges(size)

    def angles(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> NDArray[np.float64]:
        return np.where(rng.random(size.sites) < (0.75 if shifted else 0.5), QUARTER, 0.0)


FAMILY = KickedIsingHeavyHex()
