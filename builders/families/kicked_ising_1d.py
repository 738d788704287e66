"""Kicked Ising circuit on a chain."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.kinds.circuit import NOISY_SITES, QUARTER, CircuitState, KickedIsing
from builders.physics.hamiltonian import chain_bonds
from builders.solvers.circuits.native import Gate
from builders.solvers.circuits.noisy_chain import sample_noisy_chain


class KickedIsingChain(KickedIsing):
    """|ψ(s)⟩ = (Π_i R_X(θ_i) Π_i R_ZZ(−π/2)_{i,i+1})^s |00…0⟩, s = steps.

    R_X(θ) = exp(−iθX/2), R_ZZ(−π/2) = exp(iπ/4 ZZ), open chain, θ_i = theta in radians. One angle
    θ_h ~ U[0, π/2] for all qubits of a circuit: 0 and π/2 are Clifford points, π/2 is self-dual,
    where entanglement grows as fast as it can. The split `test_ood` kicks every qubit by an angle
    of its own. Rows of one circuit are its states after 1, …, 6 steps.

    R_ZZ has two Schmidt coefficients, so that matrix product states of bond 2^(s−1) are exact at
    any length: Aer makes them without truncation. Given angles are solved to 20 steps where no more
    than 24 neighbouring qubits are kicked.
    """

    name = "kicked_ising_1d"
    title = "Kicked Ising circuit on a chain"
    formula = (
        "|psi> = (prod_i R_X(theta_i) prod_i R_ZZ(-pi/2)_{i,i+1})^steps |00...0>, "
        "R_ZZ(-pi/2) = exp(i pi/4 ZZ)"
    )
    distribution = "theta_i = theta_h for all i, theta_h ~ U[0, pi/2]; steps 1, ..., 6."
    distribution_ood = "theta_i ~ U[0, pi/2], every qubit by itself; steps 1, ..., 6."
    why_hard = (
        "Entanglement grows by up to one bit a step and cut, and the circuit is no Hamiltonian "
        "evolution of small steps. What bounds the steps is the bond dimension 2^(steps - 1)."
    )
    references = (
        "Y. Kim et al., Nature 618, 500 (2023)",
        "B. Bertini, P. Kos, T. Prosen, Phys. Rev. X 9, 021033 (2019)",
    )
    sizes: ClassVar[tuple[str, ...]] = ("8", "10", "12", "16", "25", "31", "48", "63", "100", "127")
    steps: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5, 6)
    noisy_sites = KickedIsing.max_sites
    other_steps = 6
    method = "qiskit-aer"

    def edges(self, size: Size) -> NDArray[np.int64]:
        return chain_bonds(size.sites)

    def angles(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> NDArray[np.float64]:
        if shifted:
            return rng.uniform(0.0, QUARTER, size.sites)
        return np.full(size.sites, rng.uniform(0.0, QUARTER))

    def states(
        self, size: Size, theta: NDArray[np.float64], steps: Sequence[int]
    ) -> Sequence[CircuitState]:
        if max(steps) > self.other_steps:
            return super().states(size, theta, steps)
        from builders.solvers.circuits.kicked_chain import kicked_chain

        return kicked_chain(theta, steps)

    def noisy_shots(
        self, size: Size, gates: Sequence[Gate], shots: int, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        # Vectors are faster where they are short.
        if size.sites <= NOISY_SITES:
            return super().noisy_shots(size, gates, shots, rng)
        return sample_noisy_chain(gates, size.sites, shots, rng)


FAMILY = KickedIsingChain()
