"""Noisy circuits for tests: our gates and noise as density matrices, and as Qiskit's circuits."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from builders.physics.calibration import Calibration
from builders.physics.gate_calibration import GateCalibration
from builders.solvers.circuits.native import PAIR_UNITARIES, Gate
from tests.builders.channel_oracle import BRAS, calibration_of, with_kraus
from tests.builders.small_states import LETTERS


def noisy_device(
    n: int, gate: str = "cz", scale: float = 1.0, edges: np.ndarray | None = None
) -> Calibration:
    """A device with numbers that all differ, its gates `scale` times as bad as a few percent.

    T2 is below T1, above it, and at its bound of 2 T1, in turn. Pairs alternate in direction.
    """
    k = np.arange(n)
    edges = np.stack([k[:-1], k[1:]], axis=1) if edges is None else edges
    pairs = tuple((int(a), int(b)) if j % 2 else (int(b), int(a)) for j, (a, b) in enumerate(edges))
    e = np.arange(len(pairs))
    t1 = 20e-6 * (1 + 0.2 * k)
    gates = GateCalibration(
        *(gate, pairs),
        pair_error=tuple((scale * (0.04 + 0.01 * e)).tolist()),
        pair_length=tuple((scale * (5e-7 + 1e-7 * e)).tolist()),
        error=tuple((scale * (0.01 + 0.002 * k)).tolist()),
        length=tuple((scale * (5e-8 + 1e-8 * k)).tolist()),
    )
    return calibration_of(
        n,
        t1=tuple(t1.tolist()),
        t2=tuple((t1 * np.array([0.7, 1.6, 2.0])[k % 3]).tolist()),
        gates=gates,
    )


def dense_gate(gate: Gate, n: int) -> np.ndarray:
    """The unitary on all sites, site 0 the first factor."""
    single = [np.diag([1.0, 0.0]), np.array([[0, 1], [0, 0]]), np.array([[0, 0], [1, 0]])]
    single.append(np.diag([0.0, 1.0]))
    units = {(0, 0): single[0], (0, 1): single[1], (1, 0): single[2], (1, 1): single[3]}
    total = np.zeros((2**n, 2**n), dtype=complex)
    width = len(gate.sites)
    for row in range(2**width):
        for column in range(2**width):
            factors = [np.eye(2)] * n
            for place, site in enumerate(gate.sites):
                shift = width - 1 - place
                factors[site] = units[row >> shift & 1, column >> shift & 1]
            whole = factors[0]
            for factor in factors[1:]:
                whole = np.kron(whole, factor)
            total += gate.unitary[row, column] * whole
    return total


def density(gates: Sequence[Gate], n: int) -> np.ndarray:
    """The noisy state by our noise's own numbers, all outcomes summed."""
    rho = np.zeros((2**n, 2**n), dtype=complex)
    rho[0, 0] = 1.0
    for gate in gates:
        u = dense_gate(gate, n)
        rho = u @ rho @ u.conj().T
        if gate.noise is None:
            continue
        mixed = rho
        for site in gate.sites:
            # Four Pauli gates, equally likely: the fully mixed state of this qubit.
            mixed = with_kraus(mixed, site, [0.5 * LETTERS[p] for p in "IXYZ"])
        rho = (1 - gate.noise.depolarizing) * rho + gate.noise.depolarizing * mixed
        for site, (q, k) in zip(gate.sites, gate.noise.relaxation, strict=True):
            rho = with_kraus(rho, site, kraus(q, k))
    return rho


def kraus(q: float, k: float) -> list[np.ndarray]:
    """Of relaxation, from the numbers of `GateNoise`."""
    down = np.array([[0, np.sqrt(max(0.0, 1 - k**2))], [0, 0]])
    return [np.sqrt(1 - q) * np.eye(2), np.sqrt(q) * np.diag([1, k]), np.sqrt(q) * down]


def token_probabilities(rho: np.ndarray) -> np.ndarray:
    """Of all 6^N token strings in order, as `channel_oracle.token_distribution`, site by site."""
    n = int(np.log2(len(rho)))
    out = rho[None]
    for _ in range(n):
        half = out.shape[1] // 2
        out = out.reshape(len(out), 2, half, 2, half)
        out = np.einsum("ti,kiajb,tj->ktab", BRAS, out, BRAS.conj()).reshape(-1, half, half)
    return out.reshape(-1).real / 3**n


def as_qiskit(gates: Sequence[Gate], kind: str, qubits: Sequence[int], total: int) -> Any:
    """The circuit in `rz`, `sx` and the two-qubit gate, on these qubits of a device."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(total)
    for gate in gates:
        at = [qubits[site] for site in gate.sites]
        u = gate.unitary
        if len(at) == 2:
            frame = np.diagonal(PAIR_UNITARIES[kind].conj().T @ u)
            circuit.rz(float(np.angle(frame[2] / frame[0])), at[0])
            circuit.rz(float(np.angle(frame[1] / frame[0])), at[1])
            getattr(circuit, kind)(*at)
        elif gate.noise is None:
            circuit.rz(float(np.angle(u[1, 1] / u[0, 0])), at[0])
        else:
            circuit.rz(float(np.angle(u[0, 1] / u[0, 0]) + np.pi / 2), at[0])
            circuit.sx(at[0])
            circuit.rz(float(np.angle(u[1, 0] / u[0, 0]) + np.pi / 2), at[0])
    return circuit
