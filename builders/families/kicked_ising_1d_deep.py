"""Kicked Ising circuit of many steps on a short chain."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families.kicked_ising_1d import KickedIsingChain
from builders.kinds.circuit import NOISY_SITES, VECTOR_SITES, CircuitState, KickedIsing


class DeepKickedIsingChain(KickedIsingChain):
    """|ψ(s)⟩ = (Π_i R_X(θ_i) Π_i R_ZZ(−π/2)_{i,i+1})^s |00…0⟩, s = steps.

    Circuits of `kicked_ising_1d`, on up to 24 qubits and for many steps: rows of one circuit are
    its states after 2, 4, …, 20 steps. Correlations cross the chain after N/2 steps and more, and
    near θ = π/2 small parts of the chain become as mixed as they can. States are vectors, by Aer.
    """

    name = "kicked_ising_1d_deep"
    title = "Kicked Ising circuit of many steps on a short chain"
    distribution = "theta_i = theta_h for all i, theta_h ~ U[0, pi/2]; steps 2, 4, ..., 20."
    distribution_ood = "theta_i ~ U[0, pi/2], every qubit by itself; steps 2, 4, ..., 20."
    why_hard = (
        "After more steps than half the chain is long every qubit has acted on every other, and "
        "no light cone is left: labels depend on all of the circuit."
    )
    sizes: ClassVar[tuple[str, ...]] = ("8", "10", "12", "16", "20", "24")
    max_sites = VECTOR_SITES
    noisy_sites = NOISY_SITES
    steps: ClassVar[tuple[int, ...]] = tuple(range(2, 21, 2))

    def states(
        self, size: Size, theta: NDArray[np.float64], steps: Sequence[int]
    ) -> Sequence[CircuitState]:
        return KickedIsing.states(self, size, theta, steps)


FAMILY = DeepKickedIsingChain()
