"""Kicked Ising circuits on a chain, by Aer's matrix product states without truncation."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import WorkError
from builders.solvers.circuits.aer import saved_states
from builders.solvers.circuits.chain_state import ChainState

_LOST = 1e-8
"""Of the norm squared at a cut; Aer drops Schmidt weights of rounding size alone."""


def kicked_chain(theta: NDArray[np.float64], steps: Sequence[int]) -> list[ChainState]:
    """The states after some numbers of steps from all qubits in |0⟩.

    A step is R_ZZ(−π/2) = exp(iπ/4 ZZ) on every pair of neighbours, then R_X(θ_i) on every qubit.
    R_ZZ has two Schmidt coefficients and acts as R_Z on |00…0⟩, so that the bond dimension after
    s steps is 2^(s−1) at most, whatever N.

    Args:
        theta: float64 (N,), angles in radians.
        steps: in rising order.

    Raises:
        RequestError: Aer is not installed.
        WorkError: Aer failed, or lost a part of the state.
    """
    n = len(theta)

    def write(circuit: Any) -> None:
        for colour in (0, 1):
            for a in range(colour, n - 1, 2):
                circuit.rzz(-np.pi / 2, a, a + 1)
        for i, angle in enumerate(theta):
            circuit.rx(float(angle), i)

    saved = saved_states(
        *(n, steps, write),
        method="matrix_product_state",
        matrix_product_state_truncation_threshold=1e-16,
    )
    return [_state(state, step) for state, step in zip(saved, steps, strict=True)]


def _state(saved: tuple[list[tuple[object, object]], list[object]], step: int) -> ChainState:
    gammas, lambdas = saved
    tensors = [np.stack([np.asarray(m, dtype=complex) for m in pair], axis=1) for pair in gammas]
    for i, values in enumerate(lambdas):
        schmidt = np.asarray(values)
        lost = abs(1.0 - float(schmidt @ schmidt))
        if not lost < _LOST:
            raise WorkError(f"Aer's state after {step} steps lost {lost:.1e} at cut {i}.")
        tensors[i] = tensors[i] * schmidt
    return ChainState(tensors)
