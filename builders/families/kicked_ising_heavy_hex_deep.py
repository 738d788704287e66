"""Kicked Ising circuit of many steps on a patch of the heavy-hexagon lattice, any angle."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families.kicked_ising_heavy_hex import KickedIsingHeavyHex
from builders.kinds.circuit import QUARTER, VECTOR_SITES


class DeepKickedIsingHeavyHex(KickedIsingHeavyHex):
    """|ψ(s)⟩ = (Π_i R_X(θ_i) Π_{(i,j)} R_ZZ(−π/2)_{ij})^s |00…0⟩, s = steps.

    R_X(θ) = exp(−iθX/2), R_ZZ(−π/2) = exp(iπ/4 ZZ), theta in radians; the first N ≤ 24 qubits of
    the heavy-hexagon lattice of 127-qubit devices: a row with teeth, and from 23 on a ring of
    twelve. One angle θ_h ~ U[0, π/2] for all qubits of a circuit, as in the experiment on such a
    device; the split `test_ood` kicks every qubit by an angle of its own. Rows of one circuit are
    its states after 2, 4, …, 20 steps, as vectors, by Aer.
    """

    name = "kicked_ising_heavy_hex_deep"
    title = "Kicked Ising circuit of many steps on a heavy-hexagon patch"
    distribution = "theta_i = theta_h for all i, theta_h ~ U[0, pi/2]; steps 2, 4, ..., 20."
    distribution_ood = "theta_i ~ U[0, pi/2], every qubit by itself; steps 2, 4, ..., 20."
    why_hard = (
        "Angles between the Clifford points at depths where no light cone is left. A vector of all "
        "amplitudes makes the labels: an entry that uses one is a solver."
    )
    references: ClassVar[tuple[str, ...]] = ("Y. Kim et al., Nature 618, 500 (2023)",)
    sizes: ClassVar[tuple[str, ...]] = ("8", "12", "16", "20", "24")
    max_sites = VECTOR_SITES
    steps: ClassVar[tuple[int, ...]] = tuple(range(2, 21, 2))
    method = "qiskit-aer"

    def angles(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> NDArray[np.float64]:
        if shifted:
            return rng.uniform(0.0, QUARTER, size.sites)
        return np.full(size.sites, rng.uniform(0.0, QUARTER))


FAMILY = DeepKickedIsingHeavyHex()
