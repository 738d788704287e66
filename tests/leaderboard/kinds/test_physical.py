"""Errors by distance, and the laws that every state obeys."""

import numpy as np
import pytest

from builders.core.names import Size
from leaderboard.kinds.distances import by_distance, sites_apart
from leaderboard.kinds.physical import (
    correlation_violations,
    energy_violations,
    entropy_violations,
    violations,
)
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.submission import Submission
from tests.leaderboard.answers import answer, cell, metadata

NONE = {"above_one": 0, "outside_pair": 0, "diagonal": 0, "asymmetric": 0, "not_positive": 0}


def test_steps_on_a_chain_and_on_a_lattice() -> None:
    assert sites_apart(Size(4))[0].tolist() == [0, 1, 2, 3]
    # Sites 0 1 2 / 3 4 5: from 0 to 5 one row and two columns.
    assert sites_apart(Size.parse("2x3"))[0].tolist() == [0, 1, 2, 1, 2, 3]


def test_error_by_distance_by_hand() -> None:
    error = np.array([[9.0, 1.0, 3.0], [1.0, 9.0, 2.0], [3.0, 2.0, 9.0]])
    found = by_distance(np.stack([error**2, np.zeros((3, 3))]).reshape(2, -1), Size(3))
    assert found.distance.tolist() == [1, 2]
    # Mean over two rows and the pairs at that distance: (1 + 4)/2/2 and 9/2.
    assert found.rmse == pytest.approx(np.sqrt([1.25, 4.5]))


def states(rows: int, qubits: int) -> np.ndarray:
    """Correlation matrices of random states, from their vectors."""
    rng = np.random.default_rng(0)
    paulis = [np.array(p) for p in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
    out = np.zeros((rows, qubits, qubits))
    for row in range(rows):
        psi = rng.normal(size=2**qubits) + 1j * rng.normal(size=2**qubits)
        psi /= np.linalg.norm(psi)
        for p in paulis:
            vectors = []
            for site in range(qubits):
                parts = psi.reshape(2**site, 2, -1)
                vectors.append(np.einsum("ab,xby->xay", p, parts).ravel())
            out[row] += (np.conj(vectors) @ np.array(vectors).T).real / 3
    return out


def test_random_states_break_no_law() -> None:
    c = states(20, 4)
    assert correlation_violations(c.reshape(20, -1)) == NONE
    # The singlet has C_01 = -1, and a triplet 1/3: the bounds are reached.
    singlet = np.array([[[1, -1], [-1, 1]], [[1, 1 / 3], [1 / 3, 1]]]).reshape(2, -1)
    assert correlation_violations(singlet) == NONE


@pytest.mark.parametrize(
    ("law", "matrix"),
    [
        ("above_one", [[1, -1.1], [-1.1, 1]]),
        ("outside_pair", [[1, 0.4], [0.4, 1]]),
        ("diagonal", [[0.9, 0], [0, 1]]),
        ("asymmetric", [[1, -0.1], [-0.2, 1]]),
        ("not_positive", [[1, -0.9, -0.9], [-0.9, 1, -0.9], [-0.9, -0.9, 1]]),
    ],
)
def test_every_law_is_seen(law, matrix) -> None:
    given = np.array(matrix, dtype=float)
    both = np.stack([given, np.eye(len(given))]).reshape(2, -1)
    assert correlation_violations(both)[law] == 1


def test_entropies_and_energies() -> None:
    values = np.array([[0.0, 2.0], [-0.01, 1.0], [0.5, 2.1]])
    assert entropy_violations(values) == {"negative": 1, "above_two_bit": 1}
    ground = np.array([-10.0, -5.0, -2.0])
    given = np.array([[-10.0], [-5.1], [-1.0]])
    assert energy_violations(given, ground) == {"below_ground_state": 1}
    assert violations("phase", given, ground) == {}


def test_reports_hold_distances_and_violations(synthetic_master) -> None:
    keys = [cell(synthetic_master, task) for task in ("correlation", "renyi2")]
    cells = {key: answer(synthetic_master, key.task, 0.5) for key in keys}
    first, second = evaluate(Submission(metadata(), cells), None, synthetic_master.private)
    # A constant error of .5 everywhere, but for float32 rounding.
    assert first.details["distances"]["rmse"] == pytest.approx([0.5] * 7, abs=1e-6)
    assert first.details["violations"]["diagonal"] == 10
    assert "distances" not in second.details
    assert second.details["violations"].keys() == {"negative", "above_two_bit"}
    assert first.to_json()["distances"] == first.details["distances"]
