"""Stabilizer states against dense vectors, random gates against the group they must generate."""

from itertools import combinations

import numpy as np
import pytest

from builders.solvers.stabilizers.clifford import GATES, gate_tables, scrambled
from builders.solvers.stabilizers.shots import sample_stabilizer
from builders.solvers.stabilizers.state import StabilizerState, from_strings
from tests.builders.small_states import LETTERS, string

N = 5


def random_state(n: int, layers: int, seed: int) -> StabilizerState:
    rng = np.random.default_rng(seed)
    state = from_strings(n, [("Z", (i,)) for i in range(n)])
    for _ in range(layers):
        state = scrambled(state, rng.permutation(n)[: n // 2 * 2].reshape(-1, 2), rng)
    return state


def density(state: StabilizerState) -> np.ndarray:
    """Π (1 + generator)/2 over the generators, from their letters and signs."""
    n = state.n_sites
    rho = np.eye(2**n, dtype=complex)
    for x, z, phase in zip(state.x, state.z, state.phase, strict=True):
        letters = ["IZXY"[2 * a + b] for a, b in zip(x, z, strict=True)]
        sign = 1j ** (int(phase) - int((x & z).sum()))
        assert sign in (1, -1)
        rho = rho @ (np.eye(2**n) + sign * string(n, "".join(letters), range(n))) / 2
    return rho


def reduced(rho: np.ndarray, kept: tuple[int, ...]) -> np.ndarray:
    n = rho.shape[0].bit_length() - 1
    tensor = rho.reshape((2,) * (2 * n))
    for i in reversed(range(n)):
        if i not in kept:
            tensor = np.trace(tensor, axis1=i, axis2=i + tensor.ndim // 2)
    return tensor.reshape(2 ** len(kept), -1)


def purity_bits(rho: np.ndarray) -> float:
    return float(-np.log2(np.trace(rho @ rho).real))


@pytest.mark.parametrize(("layers", "seed"), [(0, 0), (1, 1), (2, 2), (5, 3), (5, 4)])
def test_labels_are_those_of_the_dense_state(layers: int, seed: int) -> None:
    state = random_state(N, layers, seed)
    rho = density(state)
    # Sums of 32 products of halves: exact to rounding.
    assert np.trace(rho).real == pytest.approx(1.0, abs=1e-12)
    assert rho @ rho == pytest.approx(rho, abs=1e-12)
    correlation = np.eye(N)
    for i, j in combinations(range(N), 2):
        values = [np.trace(rho @ string(N, p, (i, j))).real for p in ("XX", "YY", "ZZ")]
        correlation[i, j] = correlation[j, i] = sum(values) / 3
    assert state.correlation() == pytest.approx(correlation, abs=1e-12)
    pairs = [purity_bits(reduced(rho, (a, a + 1))) for a in range(N - 1)]
    assert state.renyi2() == pytest.approx(np.array(pairs), abs=1e-9)
    blocks = [purity_bits(reduced(rho, tuple(range(cut)))) for cut in range(1, N)]
    assert state.renyi2_blocks() == pytest.approx(np.array(blocks), abs=1e-9)
    assert state.entropy((0, 2, 4)) == pytest.approx(purity_bits(reduced(rho, (0, 2, 4))))


@pytest.mark.parametrize("seed", range(3))
def test_expectation_of_every_string(seed: int) -> None:
    state = random_state(3, 3, seed)
    rho = density(state)
    found = []
    for number in range(64):
        letters = ["IXYZ"[number >> 2 * i & 3] for i in range(3)]
        sites = [i for i in range(3) if letters[i] != "I"]
        value = np.trace(rho @ string(3, "".join(letters), range(3))).real
        assert state.expectation("".join(letters).replace("I", ""), sites) == round(value)
        found.append(round(value))
    assert np.abs(found).sum() == 8  # the stabilizer group has 2^N elements


def test_gates_are_the_clifford_group_up_to_pauli_gates() -> None:
    bits, phases = gate_tables()
    assert len({row.tobytes() for row in bits}) == GATES
    assert (np.sort(bits, axis=1) == np.arange(16)).all()
    letters = {
        k: np.kron(
            *(LETTERS["IXZY"[k >> 2 * q & 3]] * (-1j) ** (k >> 2 * q & 3 == 3) for q in (0, 1))
        )
        for k in range(16)
    }  # X^x Z^z = −i Y for x = z = 1
    rng = np.random.default_rng(0)
    for gate in rng.choice(GATES, 20, replace=False):
        image = {k: 1j ** int(phases[gate, k]) * letters[int(bits[gate, k])] for k in range(16)}
        for a in range(16):
            for b in range(16):
                # A map of strings is a Clifford gate if and only if it keeps all products.
                factor = (letters[a] @ letters[b])[np.nonzero(letters[a ^ b])]
                factor = (factor / letters[a ^ b][np.nonzero(letters[a ^ b])])[0]
                assert image[a] @ image[b] == pytest.approx(factor * image[a ^ b])


def test_a_gate_on_one_pair_leaves_the_others() -> None:
    state = random_state(6, 3, 0)
    after = scrambled(state, np.array([[1, 4]]), np.random.default_rng(1))
    others = (0, 2, 3, 5)
    assert after.entropy(others) == state.entropy(others)
    for a, b in combinations(others, 2):
        assert after.expectation("XZ", (a, b)) == state.expectation("XZ", (a, b))


def test_what_does_not_fix_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="anticommute"):
        from_strings(2, [("Z", (0,)), ("X", (0, 1))])
    with pytest.raises(ValueError, match="product of others"):
        from_strings(2, [("Z", (0, 1)), ("Z", (0, 1))])
    with pytest.raises(ValueError, match="1 strings"):
        from_strings(2, [("Z", (0, 1))])


@pytest.mark.parametrize(("layers", "seed"), [(0, 5), (1, 6), (3, 7)])
def test_shots_follow_the_dense_probabilities(layers: int, seed: int) -> None:
    state, n = random_state(3, layers, seed), 3
    rho = density(state)
    shots = sample_stabilizer(state, 40_000, np.random.default_rng(seed))
    assert shots.dtype == np.uint8
    keys = shots @ np.array([36, 6, 1])
    counts = np.bincount(keys, minlength=216)
    r = np.sqrt(0.5)
    kets = np.array([[r, r], [r, -r], [r, 1j * r], [r, -1j * r], [1, 0], [0, 1]])
    chi2, cells = 0.0, 0
    for key in range(216):
        tokens = (key // 36, key // 6 % 6, key % 6)
        ket = np.kron(np.kron(kets[tokens[0]], kets[tokens[1]]), kets[tokens[2]])
        expected = len(shots) * (ket.conj() @ rho @ ket).real / 3**n
        if expected < 1e-6:
            assert counts[key] == 0
        else:
            chi2 += (counts[key] - expected) ** 2 / expected
            cells += 1
    # Mean cells − 1, variance 2 (cells − 1): four standard deviations.
    assert abs(chi2 - (cells - 1)) < 4 * np.sqrt(2 * (cells - 1))


def test_fewer_shots_are_the_first_of_more() -> None:
    state = random_state(70, 3, 0)
    more = sample_stabilizer(state, 200, np.random.default_rng(3))
    fewer = sample_stabilizer(state, 150, np.random.default_rng(3))
    assert np.array_equal(more[:150], fewer)


def test_shots_of_many_qubits_obey_every_generator() -> None:
    # More qubits than a machine word has bits.
    state = random_state(130, 1, 4)
    shots = sample_stabilizer(state, 600, np.random.default_rng(5))
    basis, outcome = shots // 2, 1 - 2.0 * (shots % 2)
    checked = 0
    for x, z, phase in zip(state.x, state.z, state.phase, strict=True):
        on = (x | z).astype(bool)
        letter = np.where(x & z, 1, np.where(x, 0, 2))[on]
        fits = (basis[:, on] == letter).all(axis=1)
        sign = 1 - (int(phase) - int((x & z).sum())) % 4
        assert (outcome[fits][:, on].prod(axis=1) == sign).all()
        checked += int(fits.sum())
    assert checked > 130 * 600 / 9  # gates have made pairs at most
