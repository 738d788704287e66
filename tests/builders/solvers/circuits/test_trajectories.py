"""Shots of noisy circuits: native gates, the distribution of shots, no noise, prefixes."""

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.physics.hamiltonian import chain_bonds
from builders.solvers.circuits.native import PAIR_UNITARIES, kicked_gates, pulses_of
from builders.solvers.circuits.trajectories import sample_noisy
from builders.solvers.exact.state_vector import sample_vector
from tests.builders.channel_oracle import all_tokens, token_distribution
from tests.builders.noisy_circuits import dense_gate, density, noisy_device
from tests.builders.small_states import LETTERS, string

THETA = np.array([0.3, np.pi / 2, 0.9, 0.0, 1.3])
TRIANGLES = np.array([[0, 1], [0, 2], [1, 2], [2, 3]])


def kicked(theta: np.ndarray, steps: int, edges: np.ndarray) -> np.ndarray:
    """The ideal circuit from its formula."""
    n = len(theta)
    state = np.eye(2**n)[0].astype(complex)
    for _ in range(steps):
        for a, b in edges:
            zz = np.diagonal(string(n, "ZZ", (a, b)))
            state = np.exp(0.25j * np.pi * zz) * state
        for i, angle in enumerate(theta):
            x = string(n, "X", (i,))
            state = np.cos(angle / 2) * state - 1j * np.sin(angle / 2) * (x @ state)
    return state


@pytest.mark.parametrize("kind", PAIR_UNITARIES)
@pytest.mark.parametrize("edges", [chain_bonds(4), TRIANGLES], ids=["chain", "triangle"])
def test_native_gates_are_the_circuit(kind: str, edges: np.ndarray) -> None:
    theta = THETA[:4]
    state = np.eye(16)[0].astype(complex)
    for gate in kicked_gates(theta, 3, edges, noisy_device(4, kind, edges=edges)):
        state = dense_gate(gate, 4) @ state
    # Rounding of some fifty gates.
    assert abs(np.vdot(kicked(theta, 3, edges), state)) == pytest.approx(1, abs=1e-13)


def test_pulses_are_counted() -> None:
    """A kick at a Clifford point is no pulse or one, others are two, each √X but for frames."""
    kick = {a: np.cos(a / 2) * LETTERS["I"] - 1j * np.sin(a / 2) * LETTERS["X"] for a in range(4)}
    assert pulses_of(kick[0] @ np.diag([1, 1j])) == []
    half = (LETTERS["I"] - 1j * LETTERS["X"]) * np.sqrt(0.5)
    assert len(pulses_of(half)) == 1
    for unitary in (kick[1], kick[2], kick[3] @ half, LETTERS["X"], LETTERS["Y"]):
        first, second = pulses_of(unitary)
        assert second @ first == pytest.approx(unitary, abs=1e-14)
        for pulse in (first, second):
            assert np.abs(pulse) ** 2 == pytest.approx(np.full((2, 2), 0.5), abs=1e-14)


@pytest.mark.parametrize("kind", PAIR_UNITARIES)
def test_shots_are_those_of_the_density_matrix(kind: str) -> None:
    """Chi-square over all 216 token strings of three qubits, far from the ideal distribution."""
    n, shots, edges = 3, 10_000, chain_bonds(3)
    theta = THETA[[0, 1, 2]]
    gates = kicked_gates(theta, 3, edges, noisy_device(n, kind))
    tokens = sample_noisy(gates, n, shots, np.random.default_rng(5))
    counts = np.bincount(tokens @ 6 ** np.arange(n)[::-1], minlength=6**n)
    assert np.array_equal(all_tokens(n) @ 6 ** np.arange(n)[::-1], np.arange(6**n))
    assert abs(z_score(counts, token_distribution(density(gates, n)))) < 5
    ideal = kicked(theta, 3, edges)
    assert z_score(counts, token_distribution(np.outer(ideal, ideal.conj()))) > 20


def z_score(counts: np.ndarray, p: np.ndarray) -> float:
    """Of the chi-square statistic, cells below five counts pooled."""
    want = counts.sum() * p
    rare = want < 5
    got = np.append(counts[~rare], counts[rare].sum())
    want = np.append(want[~rare], max(want[rare].sum(), 1e-9))
    keep = want > 5
    free = keep.sum() - 1
    return float((((got - want) ** 2 / want)[keep].sum() - free) / np.sqrt(2 * free))


def test_without_noise_shots_are_the_ideal_ones() -> None:
    """The very same tokens, and few others where noise is weak."""
    n, shots, edges = 5, 400, chain_bonds(5)
    ideal = sample_vector(kicked(THETA, 4, edges), shots, np.random.default_rng(3))
    for scale, share in ((0.0, 0.0), (0.003, 0.1)):
        gates = kicked_gates(THETA, 4, edges, noisy_device(n, "ecr", scale))
        read = sample_noisy(gates, n, shots, np.random.default_rng(3))
        other = (read != ideal).any(axis=1).mean()
        assert other <= share
        assert (read >> 1 == ideal >> 1).all()
    assert other > 0.0


def test_the_first_shots_of_more_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 5
    gates = kicked_gates(THETA, 3, chain_bonds(n), noisy_device(n))
    whole = sample_noisy(gates, n, 60, np.random.default_rng(8))
    assert np.array_equal(whole, sample_noisy(gates, n, 60, np.random.default_rng(8)))
    monkeypatch.setattr("builders.solvers.circuits.trajectories._AMPLITUDES", 7 * 2**n)
    assert np.array_equal(whole[:40], sample_noisy(gates, n, 40, np.random.default_rng(8)))


def test_a_coupling_without_a_gate_is_refused() -> None:
    with pytest.raises(RequestError, match="no gate on sites 0, 2"):
        kicked_gates(THETA[:4], 1, TRIANGLES, noisy_device(4))
