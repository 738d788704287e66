"""Expected cuts by four ways: states, the closed form, light cones, sums over paths of spins."""

import networkx
import numpy as np
import pytest
from scipy.linalg import expm

from builders.core.errors import RequestError
from builders.solvers.graphs.closed_form import at_depth_one
from builders.solvers.graphs.expected_cut import expected_cut
from builders.solvers.graphs.fixed_angles import CUBIC, DEPTHS, LIMIT, fixed_angles
from builders.solvers.graphs.light_cones import LightCones
from builders.solvers.graphs.random_graphs import gaussian_couplings, independent_edges, regular
from builders.solvers.graphs.states import from_states
from tests.builders.solvers.graphs.path_sums import tree_share

# Rounding of sums over 2^15 amplitudes and of some 30 edges.
EXACT = 1e-12
# Shares of the edges, to the digits that are published.
PUBLISHED = {1: 0.6925, 2: 0.7559, 3: 0.7924}
PAULI_X = np.array([[0.0, 1.0], [1.0, 0.0]])


def dense(weights: np.ndarray, angles: np.ndarray) -> float:
    """⟨C⟩ from matrices of all qubits."""
    qubits, depth = len(weights), len(angles) // 2
    z = 1.0 - 2.0 * (np.arange(2**qubits)[:, None] >> np.arange(qubits) & 1)
    cuts = 0.25 * (weights.sum() - np.einsum("si,ij,sj->s", z, weights, z))
    flips = sum(
        np.kron(np.kron(np.eye(2**k), PAULI_X), np.eye(2 ** (qubits - k - 1)))
        for k in range(qubits)
    )
    psi = np.full(2**qubits, 2.0 ** (-qubits / 2), dtype=complex)
    for gamma, beta in zip(angles[:depth], angles[depth:], strict=True):
        psi = expm(-1j * beta * flips) @ (np.exp(-1j * gamma * cuts) * psi)
    return float(cuts @ np.abs(psi) ** 2)


def some(count: int, vertices: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([gaussian_couplings(vertices, rng) for _ in range(count)])


def random_angles(count: int, depth: int) -> np.ndarray:
    return np.random.default_rng(depth).normal(size=(count, 2 * depth))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("vertices", [2, 3, 4, 5, 7])
def test_states_are_those_of_dense_matrices(vertices: int, depth: int) -> None:
    weights, angles = some(2, vertices), random_angles(2, depth)
    exact = [dense(*pair) for pair in zip(weights, angles, strict=True)]
    assert from_states(weights, angles).value == pytest.approx(exact, abs=EXACT)


@pytest.mark.parametrize("depth", DEPTHS)
def test_gradients_are_those_of_differences(depth: int) -> None:
    weights, angles, step = some(3, 6), random_angles(3, depth), 1e-5
    found = from_states(weights, angles, gradient=True).gradient
    for k in range(2 * depth):
        shift = step * np.eye(2 * depth)[k]
        apart = (
            from_states(weights, angles + shift).value - from_states(weights, angles - shift).value
        )
        assert found is not None
        # The error of a difference, step² times third derivatives of some 10³.
        assert found[:, k] == pytest.approx(apart / (2 * step), abs=1e-6)


@pytest.mark.parametrize("vertices", [9, 12])
def test_single_precision_is_good_to_its_rounding(vertices: int) -> None:
    rng = np.random.default_rng(4)
    unit = np.stack([independent_edges(vertices, 0.5, rng) for _ in range(2)])
    for weights in (unit, some(2, vertices)):
        angles = random_angles(2, 3)
        exact = from_states(weights, angles, gradient=True)
        found = from_states(weights, angles, gradient=True, precision=np.float32)
        # A hundred operations in a row, each good to 6e-8 of weights and slopes of some tens.
        assert found.value == pytest.approx(exact.value, abs=3e-4)
        assert found.gradient == pytest.approx(exact.gradient, abs=3e-4)
        assert np.abs(found.value - exact.value).max() > 0


@pytest.mark.parametrize("kind", ["normal", "unit"])
def test_the_closed_form_is_simulation(kind: str) -> None:
    rng = np.random.default_rng(1)
    unit = np.stack([independent_edges(9, 0.5, rng) for _ in range(5)])
    weights = unit if kind == "unit" else some(5, 9)
    angles = random_angles(5, 1)
    closed, simulated = (way(weights, angles, gradient=True) for way in (at_depth_one, from_states))
    assert closed.value == pytest.approx(simulated.value, abs=EXACT)
    assert closed.gradient == pytest.approx(simulated.gradient, abs=EXACT)


@pytest.mark.parametrize("depth", [1, 2])
def test_light_cones_add_up_to_the_whole(depth: int) -> None:
    rng = np.random.default_rng(2)
    weights = np.stack([regular(14, 3, rng) for _ in range(2)])
    angles = random_angles(2, depth)
    whole = from_states(weights, angles, gradient=True)
    cones = LightCones(weights, depth).expected(angles, gradient=True)
    assert cones.value == pytest.approx(whole.value, abs=EXACT)
    assert cones.gradient == pytest.approx(whole.gradient, abs=EXACT)


@pytest.mark.parametrize("depth", DEPTHS)
def test_fixed_angles_are_the_best_of_the_tree(depth: int) -> None:
    angles = np.array(CUBIC[depth])
    share = tree_share(3, angles)
    assert share == pytest.approx(PUBLISHED[depth], abs=5e-5)
    for shift in 1e-3 * np.eye(2 * depth):
        # Nearest values on both sides are lower by about half a second derivative, 1e-6.
        assert max(tree_share(3, angles + shift), tree_share(3, angles - shift)) < share - 1e-8


# Heawood's graph has girth 6, McGee's 7, that of Tutte and Coxeter 8.
@pytest.mark.parametrize("code", [(14, [5, -5], 7), (24, [12, 7, -7], 8),
                                  (30, [-13, -9, 7, -7, 9, 13], 5)])  # fmt: skip
@pytest.mark.parametrize("depth", [1, 2])
def test_fixed_angles_reach_the_tree_on_graphs_of_girth_enough(code, depth: int) -> None:
    weights = networkx.to_numpy_array(networkx.LCF_graph(*code))[None]
    share = expected_cut(weights, fixed_angles(weights, depth)).value / weights.sum() * 2
    assert share == pytest.approx(tree_share(3, np.array(CUBIC[depth])), abs=EXACT)


def test_depth_three_of_the_tree_bounds_small_graphs_from_below() -> None:
    """The fixed angle conjecture, on Heawood's graph, whose girth is too small for equality."""
    weights = networkx.to_numpy_array(networkx.heawood_graph())[None]
    value = expected_cut(weights, fixed_angles(weights, 3)).value
    assert float(value[0]) / 21 > PUBLISHED[3]


def test_angles_of_infinite_degree_are_nearly_the_best_of_trees() -> None:
    """Wurtz and Lykov's figures of the tree of degree 5: .6431, .6905 and .7197."""
    for depth, best in {1: 0.6431, 2: 0.6905, 3: 0.7197}.items():
        angles = np.array(LIMIT[depth])
        angles[:depth] *= np.arctan(0.5)
        assert best - 2e-3 < tree_share(5, angles) < best + 5e-5


def test_fixed_angles_follow_the_scale_of_weights() -> None:
    weights = some(1, 6)
    angles, halved = (fixed_angles(w, 2) for w in (weights, 2.0 * weights))
    assert halved == pytest.approx(angles * [0.5, 0.5, 1.0, 1.0])
    values = [expected_cut(s * weights, a).value for s, a in ((1.0, angles), (2.0, halved))]
    assert values[1] == pytest.approx(2.0 * values[0])


def test_graphs_that_are_too_large_are_refused() -> None:
    weights = some(1, 22)
    with pytest.raises(RequestError, match="sees 22 vertices at depth 2, and at most 20"):
        expected_cut(weights, np.zeros((1, 4)))
    assert expected_cut(weights, np.zeros((1, 2))).value == pytest.approx(weights.sum() / 4)
    with pytest.raises(RequestError, match="an even number"):
        expected_cut(weights, np.zeros((1, 3)))
    with pytest.raises(RequestError, match="of 1 rows are not finite, first row 0"):
        expected_cut(weights, np.full((1, 2), np.nan))


@pytest.mark.slow
def test_states_are_those_of_qiskit() -> None:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

    vertices, depth = 9, 3
    weights, angles = some(1, vertices), random_angles(1, depth)
    circuit = QuantumCircuit(vertices)
    circuit.h(range(vertices))
    edges = np.argwhere(np.triu(weights[0]))
    for k in range(depth):
        for i, j in edges.tolist():
            # e^{−iγw(1 − ZZ)/2} is e^{iγw ZZ/2} up to a phase, and R_ZZ(θ) = e^{−iθ ZZ/2}.
            circuit.rzz(-angles[0, k] * weights[0, i, j], i, j)
        circuit.rx(2.0 * angles[0, depth + k], range(vertices))
    terms = [("ZZ", [i, j], -0.5 * weights[0, i, j]) for i, j in edges.tolist()]
    operator = SparsePauliOp.from_sparse_list(
        [*terms, ("", [], 0.25 * weights.sum())], num_qubits=vertices
    )
    exact = Statevector(circuit).expectation_value(operator).real
    assert from_states(weights, angles).value[0] == pytest.approx(exact, abs=EXACT)
