"""Diluted kicked Ising circuit on the heavy-hexagon lattice: any angle at 127 qubits, exactly."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families.kicked_ising_heavy_hex import KickedIsingHeavyHex
from builders.kinds.circuit import QUARTER

LARGEST = 16
"""Qubits of a cluster: vectors of 65,536 amplitudes."""


class DilutedKickedIsingHeavyHex(KickedIsingHeavyHex):
    """|ψ(s)⟩ = (Π_i R_X(θ_i) Π_{(i,j)} R_ZZ(−π/2)_{ij})^s |00…0⟩, s = steps.

    R_X(θ) = exp(−iθX/2), R_ZZ(−π/2) = exp(iπ/4 ZZ), theta in radians; the edges are those of the
    heavy-hexagon lattice of 127-qubit devices. Each θ_i is 0 with probability ½, else one angle
    θ_h ~ U[0, π/2] of the circuit; where more than 16 connected qubits are kicked, all are drawn
    again. The split `test_ood` kicks every kicked qubit by an angle of its own. A qubit with
    θ_i = 0 keeps Z_i = 1 and turns its neighbours about Z, so that the state is a product of the
    clusters of the others, each a vector, by Aer: exact at 127 qubits, no Clifford circuit, and as
    many steps as one likes. Rows of one circuit are its states after 2, 4, …, 20 steps.
    """

    name = "kicked_ising_heavy_hex_diluted"
    title = "Diluted kicked Ising circuit on the heavy-hexagon lattice"
    distribution = (
        "theta_i is 0 with probability 1/2, else theta_h, theta_h ~ U[0, pi/2]; drawn again until "
        "at most 16 connected qubits are kicked; steps 2, 4, ..., 20."
    )
    distribution_ood = (
        "theta_i is 0 with probability 1/2, else ~ U[0, pi/2], every qubit by itself; drawn again "
        "until at most 16 connected qubits are kicked; steps 2, 4, ..., 20."
    )
    why_hard = (
        "Labels depend on whole clusters of kicked qubits, their shapes and what surrounds them; "
        "single clusters are small enough for vectors: an entry that evolves them is a solver."
    )
    references: ClassVar[tuple[str, ...]] = ("Y. Kim et al., Nature 618, 500 (2023)",)
    steps: ClassVar[tuple[int, ...]] = tuple(range(2, 21, 2))
    method = "qiskit-aer"

    def angles(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> NDArray[np.float64]:
        while True:
            kicked = rng.random(size.sites) < 0.5
            if self.largest_cluster(size, kicked.astype(float)) <= LARGEST:
                break
        angles = rng.uniform(0.0, QUARTER, size.sites if shifted else 1)
        return np.where(kicked, angles, 0.0)


FAMILY = DilutedKickedIsingHeavyHex()
