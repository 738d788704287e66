"""Qiskit Aer, run the one way that data sets use it: one thread, no shots, states saved."""

from collections.abc import Callable, Sequence
from typing import Any

from builders.core.errors import RequestError, WorkError


def saved_states(
    sites: int, steps: Sequence[int], write: Callable[[Any], None], *, method: str, **options: Any
) -> list[Any]:
    """What Aer saves after some numbers of steps from all qubits in |0⟩.

    Args:
        sites: number of qubits.
        steps: in rising order.
        write: appends one step to a `QuantumCircuit`.
        method: of Aer, `statevector` or `matrix_product_state`.
        options: further ones of `AerSimulator`.

    Raises:
        RequestError: Aer is not installed.
        WorkError: Aer failed.
    """
    try:
        from qiskit import QuantumCircuit
        from qiskit_aer import AerSimulator
    except ImportError:
        raise RequestError(
            "qiskit-aer, which makes the states of circuits, is not installed. "
            "Install it: pip install 'qslbench[circuits]'."
        ) from None
    circuit = QuantumCircuit(sites)
    for step in range(1, max(steps) + 1):
        write(circuit)
        if step in steps:
            getattr(circuit, f"save_{method}")(label=f"after{step}")
    simulator = AerSimulator(method=method, max_parallel_threads=1, **options)
    result = simulator.run(circuit, shots=1, seed_simulator=0).result()
    if not result.success:
        raise WorkError(f"Aer could not run {max(steps)} steps on {sites} qubits: {result.status}.")
    saved = result.data(0)
    return [saved[f"after{step}"] for step in steps]
