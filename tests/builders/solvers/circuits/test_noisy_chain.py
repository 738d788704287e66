"""Noisy chains by their density matrix on bonds: channels, shots, and ideal circuits at length."""

import numpy as np
import pytest

from builders.physics.hamiltonian import chain_bonds
from builders.solvers.circuits.native import kicked_gates
from builders.solvers.circuits.noisy_chain import channel_matrix, couplings_of, sample_noisy_chain
from builders.solvers.stabilizers.rotations import x_rotated, zz_rotated
from builders.solvers.stabilizers.state import from_strings
from tests.builders.noisy_circuits import density, kraus, noisy_device, token_probabilities
from tests.builders.small_states import LETTERS
from tests.builders.solvers.circuits.test_trajectories import THETA, z_score


def test_channels_are_those_of_the_kraus_operators() -> None:
    """One gate on a mixed state of one qubit; T2 below T1, above it, and at its bound."""
    for gate in kicked_gates(THETA[:3], 1, chain_bonds(3), noisy_device(3)):
        if len(gate.sites) == 2 or gate.noise is None:
            continue
        rho = np.array([[0.7, 0.2 + 0.1j], [0.2 - 0.1j, 0.3]])
        components = [np.trace(LETTERS[p] @ rho) for p in "IXYZ"]
        out = gate.unitary @ rho @ gate.unitary.conj().T
        p = gate.noise.depolarizing
        out = (1 - p) * out + p * np.eye(2) / 2
        out = sum(k @ out @ k.conj().T for k in kraus(*gate.noise.relaxation[0]))
        want = np.array([np.trace(LETTERS[p] @ out).real for p in "IXYZ"])
        found = channel_matrix(gate.unitary, gate.noise) @ np.real(components)
        assert found == pytest.approx(want, abs=1e-13)


@pytest.mark.parametrize("kind", ["cz", "ecr"])
def test_five_numbers_a_gate_and_the_strings_of_the_density_matrix(kind: str) -> None:
    """Chi-square over all strings of four qubits, far from the ideal distribution."""
    n, shots, edges = 4, 20_000, chain_bonds(4)
    gates = kicked_gates(THETA[:n], 3, edges, noisy_device(n, kind))
    sites = couplings_of(gates, n)
    assert [len(own) for own in sites] == [3, 6, 6, 3]
    assert {len(c.parts) for own in sites for c in own} == {5}
    tokens = sample_noisy_chain(gates, n, shots, np.random.default_rng(5))
    counts = np.bincount(tokens @ 6 ** np.arange(n)[::-1], minlength=6**n)
    assert abs(z_score(counts, token_probabilities(density(gates, n)))) < 4
    ideal = density(kicked_gates(THETA[:n], 3, edges, noisy_device(n, kind, 1e-9)), n)
    assert z_score(counts, token_probabilities(ideal)) > 10


def test_long_chains_without_noise_are_clifford_points_without_chance() -> None:
    """Kicks of π/2 on 30 qubits: the stabilizers' strings have one outcome where measured."""
    n = 30
    theta = np.full(n, np.pi / 2)
    gates = kicked_gates(theta, 2, chain_bonds(n), noisy_device(n, "ecr", 1e-12))
    tokens = sample_noisy_chain(gates, n, 400, np.random.default_rng(6)).astype(int)
    basis, sign = tokens >> 1, 1 - 2 * (tokens & 1)
    state = from_strings(n, [("Z", (i,)) for i in range(n)])
    for _ in range(2):
        state = x_rotated(zz_rotated(state, chain_bonds(n)), np.ones(n, bool))
    checked = 0
    for k in range(n):
        letters = np.select(
            [state.x[k] & state.z[k] == 1, state.x[k] == 1, state.z[k] == 1], [1, 0, 2], -1
        )
        on = np.flatnonzero(letters >= 0)
        measured = (basis[:, on] == letters[on]).all(axis=1)
        string = "".join("XYZ"[letters[i]] for i in on)
        want = state.expectation(string, tuple(on.tolist()))
        assert (sign[measured][:, on].prod(axis=1) == want).all()
        checked += int(measured.sum())
    assert checked > 100


def test_the_first_shots_of_more_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    gates = kicked_gates(THETA, 3, chain_bonds(5), noisy_device(5))
    whole = sample_noisy_chain(gates, 5, 60, np.random.default_rng(8))
    monkeypatch.setattr("builders.solvers.circuits.noisy_chain._NUMBERS", 7 * 5**3)
    assert np.array_equal(whole[:40], sample_noisy_chain(gates, 5, 40, np.random.default_rng(8)))
