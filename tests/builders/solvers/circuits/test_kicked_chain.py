"""States of kicked Ising circuits: matrix product states, stabilizers, dense vectors agree."""

from functools import reduce

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from builders.kinds.circuit import QUARTER, CliffordState
from builders.physics.hamiltonian import chain_bonds
from builders.solvers.circuits.kicked_chain import kicked_chain
from builders.solvers.mps.measure import densities, pair_densities
from builders.solvers.mps.mps import Mps
from builders.solvers.stabilizers.rotations import x_rotated, zz_rotated
from builders.solvers.stabilizers.state import from_strings
from tests.builders.channel_oracle import all_tokens, token_distribution
from tests.builders.small_states import LETTERS, string

pytest.importorskip("qiskit_aer")

STEPS = (1, 2, 3, 4, 5, 6)


def dense(theta: np.ndarray, edges: np.ndarray, steps: int) -> np.ndarray:
    """The state vector, from matrix exponentials of the whole."""
    n = len(theta)
    zz = sum(string(n, "ZZ", tuple(edge)) for edge in edges)
    kick = reduce(np.kron, [expm(-0.5j * angle * LETTERS["X"]) for angle in theta])
    step = kick @ expm(0.25j * np.pi * zz)
    start = np.zeros(2**n, dtype=complex)
    start[0] = 1.0
    return np.linalg.matrix_power(step, steps) @ start


def labels_of(vector: np.ndarray) -> dict[str, np.ndarray]:
    n = int(np.log2(len(vector)))
    value = {
        p: [[(vector.conj() @ string(n, 2 * p, (i, j)) @ vector).real if i != j else 1.0
             for j in range(n)] for i in range(n)]
        for p in "XYZ"
    }  # fmt: skip
    parts = [vector.reshape(2**a, 4, -1) for a in range(n - 1)]
    pairs = [np.einsum("asb,atb->st", p, p.conj()) for p in parts]
    return {
        "magnetization": np.array(
            [(vector.conj() @ string(n, "Z", (i,)) @ vector).real for i in range(n)]
        ),
        "correlation": sum(np.array(v) for v in value.values()) / 3,
        "renyi2": np.array([-np.log2((np.abs(p) ** 2).sum()) for p in pairs]),
    }


def clifford(kicked: np.ndarray, edges: np.ndarray, steps: int) -> CliffordState:
    n = len(kicked)
    state = from_strings(n, [("Z", (i,)) for i in range(n)])
    for _ in range(steps):
        state = x_rotated(zz_rotated(state, edges), kicked)
    return CliffordState(state)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_labels_are_those_of_the_state_vector(n: int) -> None:
    theta = np.random.default_rng(n).uniform(0, QUARTER, n)
    for step, state in zip(STEPS, kicked_chain(theta, STEPS), strict=True):
        want = labels_of(dense(theta, chain_bonds(n), step))
        for name, values in want.items():
            # Aer drops Schmidt weights below 1e-16, amplitudes below 1e-8.
            assert getattr(state, name)() == pytest.approx(values, abs=1e-7), (step, name)


@pytest.mark.parametrize(
    "edges", [chain_bonds(5), np.array([(0, 1), (1, 2), (1, 3), (3, 4), (0, 4)])]
)
def test_stabilizers_turn_as_state_vectors_do(edges: np.ndarray) -> None:
    for seed in range(4):
        kicked = np.random.default_rng(seed).random(5) < 0.7
        for steps in (1, 2, 5):
            want = labels_of(dense(np.where(kicked, QUARTER, 0.0), edges, steps))
            found = clifford(kicked, edges, steps)
            for name, values in want.items():
                assert getattr(found, name)() == pytest.approx(values, abs=1e-12), name


@pytest.mark.parametrize("n", [40, pytest.param(127, marks=pytest.mark.slow)])
def test_clifford_points_of_long_chains_are_exact(n: int) -> None:
    """Angles 0 and π/2 in any pattern, by Aer and by bits."""
    for kicked in (np.ones(n, bool), np.random.default_rng(1).random(n) < 0.6):
        theta = np.where(kicked, QUARTER, 0.0)
        for step, state in zip(STEPS, kicked_chain(theta, STEPS), strict=True):
            exact = clifford(kicked, chain_bonds(n), step)
            for name in ("magnetization", "correlation", "renyi2"):
                want = getattr(exact, name)()
                assert getattr(state, name)() == pytest.approx(want, abs=1e-7), (step, name)


def bloch_of(state: Mps) -> np.ndarray:
    """⟨X_i⟩, ⟨Y_i⟩, ⟨Z_i⟩, (3, N), from the density matrices of neighbours."""
    pairs = []
    for values in pair_densities(state, densities(state)):
        pair = np.zeros((2, 2, 2, 2), dtype=complex)
        for (s, t, u, v), value in values.items():
            pair[s, t, u, v] = complex(value[0])
        pairs.append(pair)
    each = [np.einsum("stut->su", pair) for pair in pairs]
    each.append(np.einsum("stsv->tv", pairs[-1]))
    return np.array([[np.trace(LETTERS[p] @ rho).real for rho in each] for p in "XYZ"])


def test_bonds_double_a_step_and_correlations_end_at_the_light_cone() -> None:
    n = 20
    theta = np.random.default_rng(3).uniform(0.3, 1.2, n)
    for step, state in zip(STEPS, kicked_chain(theta, STEPS), strict=True):
        assert state.mps.bond() <= 2 ** (step - 1)
    assert state.mps.bond() == 2 ** (STEPS[-1] - 1)
    first = kicked_chain(theta, (2,))[0]
    bloch = bloch_of(first.mps)
    connected = first.correlation() - bloch.T @ bloch / 3
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    assert np.abs(connected[apart > 4]).max() < 1e-9
    # Two steps couple sites two apart: the first R_ZZ acts on no superposition.
    assert np.abs(connected[apart == 2]).max() > 1e-3


def test_shots_are_those_of_the_state() -> None:
    """Chi-square over all 216 outcomes of three qubits; the first shots of more are the same."""
    theta = np.array([0.5, 1.1, 0.8])
    state = kicked_chain(theta, (4,))[0]
    shots = state.sample(100_000, np.random.default_rng(2))
    vector = dense(theta, chain_bonds(3), 4)
    p = token_distribution(np.outer(vector, vector.conj()))
    assert len(all_tokens(3)) == len(p)
    counts = np.bincount(shots @ np.array([36, 6, 1]), minlength=216)
    seen = p > 1e-12
    assert counts[~seen].sum() == 0
    assert stats.chisquare(counts[seen], p[seen] / p[seen].sum() * counts.sum()).pvalue > 1e-3
    assert np.array_equal(state.sample(50, np.random.default_rng(2)), shots[:50])


def test_aer_by_its_own_state_vector() -> None:
    """Seven qubits, by another method of Aer: its conventions of gates are not ours alone."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

    theta = np.random.default_rng(5).uniform(0, QUARTER, 7)
    circuit = QuantumCircuit(7)
    for _ in range(3):
        for a in range(6):
            circuit.rzz(-np.pi / 2, a, a + 1)
        for i in range(7):
            circuit.rx(theta[i], i)
    state = Statevector(circuit)
    found = kicked_chain(theta, (3,))[0].magnetization()
    want = [state.expectation_value(SparsePauliOp.from_sparse_list([("Z", [i], 1)], 7)).real
            for i in range(7)]  # fmt: skip
    assert found == pytest.approx(want, abs=1e-7)
