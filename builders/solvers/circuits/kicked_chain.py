"""Kicked Ising circuits on a chain, by Aer's matrix product states without truncation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
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
    try:
        from qiskit import QuantumCircuit
        from qiskit_aer import AerSimulator
    except ImportError:
        raise RequestError(
            "qiskit-aer, which makes the states of circuits, is not installed. "
            "Install it: pip install 'qslbench[circuits]'."
        ) from None
    n = len(theta)
    circuit = QuantumCircuit(n)
    for step in range(1, max(steps) + 1):
        for colour in (0, 1):
            for a in range(colour, n - 1, 2):
                circuit.rzz(-np.pi / 2, a, a + 1)
        for i, angle in enumerate(theta):
            circuit.rx(float(angle), i)
        if step in steps:
            circuit.save_matrix_product_state(label=f"after{step}")
    simulator = AerSimulator(
        method="matrix_product_state",
        max_parallel_threads=1,
        matrix_product_state_truncation_threshold=1e-16,
    )
    result = simulator.run(circuit, shots=1, seed_simulator=0).result()
    if not result.success:
        raise WorkError(f"Aer could not run {max(steps)} steps on {n} qubits: {result.status}.")
    saved = result.data(0)
    return [_state(saved[f"after{step}"], step) for step in steps]


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
