"""Products of clusters: dense vectors of the whole circuit, stabilizers, shots."""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.kinds.circuit import QUARTER
from builders.solvers.circuits.clusters import clusters_of, kicked_clusters
from builders.solvers.circuits.vector_state import VectorState
from tests.builders.noisy_circuits import token_probabilities
from tests.builders.solvers.circuits.test_kicked_chain import clifford, dense, labels_of
from tests.builders.solvers.circuits.test_trajectories import z_score

pytest.importorskip("qiskit_aer")

RING = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5), (2, 6)])
"""A ring of six with a tooth."""


def test_clusters_are_the_connected_kicked_qubits() -> None:
    kicked = np.array([1, 0, 1, 0, 1, 1, 1], dtype=bool)
    assert clusters_of(RING, kicked) == [[0, 4, 5], [2, 6]]
    assert clusters_of(RING, np.zeros(7, bool)) == []
    assert clusters_of(RING, np.ones(7, bool)) == [list(range(7))]


@pytest.mark.parametrize("still", [(), (3,), (1, 3, 6)], ids=str)
def test_labels_are_those_of_the_whole_vector(still: tuple[int, ...]) -> None:
    theta = np.random.default_rng(7).uniform(0.1, QUARTER, 7)
    theta[list(still)] = 0.0
    steps = (1, 3, 20)
    for step, state in zip(steps, kicked_clusters(theta, RING, steps), strict=True):
        # Some 300 gates, each rounded.
        for name, values in labels_of(dense(theta, RING, step)).items():
            assert getattr(state, name)() == pytest.approx(values, abs=1e-11), (step, name)


def test_clifford_points_of_the_device_lattice_are_the_stabilizers() -> None:
    """After 20 steps, half of the qubits kicked."""
    edges = families.load("kicked_ising_heavy_hex").couplings_of(Size(70))
    assert edges is not None
    kicked = np.random.default_rng(2).random(70) < 0.5
    (state,) = kicked_clusters(QUARTER * kicked, edges, (20,))
    exact = clifford(kicked, edges, 20)
    for name in ("magnetization", "correlation", "renyi2"):
        assert getattr(state, name)() == pytest.approx(getattr(exact, name)(), abs=1e-10)


def test_shots_are_those_of_the_state_and_the_first_of_more_the_same() -> None:
    """Chi-square over the strings of five qubits in clusters of three, one and one."""
    edges, theta = RING[[0, 1, 2, 3]], np.array([0.4, 1.2, 0.8, 0.0, 1.0])
    (state,) = kicked_clusters(theta, edges, (5,))
    shots = state.sample(40_000, np.random.default_rng(3))
    vector = dense(theta, edges, 5)
    counts = np.bincount(shots @ 6 ** np.arange(5)[::-1], minlength=6**5)
    assert abs(z_score(counts, token_probabilities(np.outer(vector, vector.conj())))) < 4
    assert np.array_equal(state.sample(50, np.random.default_rng(3)), shots[:50])


def test_many_qubits_are_measured_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first qubits on their density matrix: conditional means of a chain of entangled pairs."""
    pair = np.array([1.0, 0.0, 0.0, 1.0j]) * np.sqrt(0.5)
    vector = pair
    for _ in range(3):
        vector = np.kron(vector, pair)
    # Halves of the pairs far apart: 0 with 4, 1 with 5, …
    vector = vector.reshape((2,) * 8).transpose(0, 2, 4, 6, 1, 3, 5, 7).ravel()
    state = VectorState(np.ascontiguousarray(vector))
    shots = state.sample(300, np.random.default_rng(4)).astype(int)
    # |00⟩ + i|11⟩ is an eigenstate of XY, YX and ZZ, all +1.
    basis, bit = shots >> 1, shots & 1
    for k in range(4):
        one, other = basis[:, k], basis[:, k + 4]
        sure = ((one == 2) & (other == 2)) | ((one + other == 1) & (one != other))
        assert (bit[sure, k] == bit[sure, k + 4]).all()
        assert 0 < bit[~sure, k].mean() < 1
    monkeypatch.setattr("builders.solvers.circuits.vector_state._AMPLITUDES", 1)
    assert np.array_equal(state.sample(20, np.random.default_rng(4)), shots[:20])
