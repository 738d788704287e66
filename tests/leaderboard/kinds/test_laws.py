"""Errors by distance, and the laws that every state obeys."""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from leaderboard import tasks
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.family_facts import sites_apart
from leaderboard.kinds.laws import violations
from leaderboard.kinds.truth import Truth
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.submission import Submission
from leaderboard.tasks.correlation import by_distance
from tests.leaderboard.answers import answer, cell, metadata

NONE = {"above_one": 0, "outside_pair": 0, "diagonal": 0, "asymmetric": 0, "not_positive": 0}
CHAIN = families.load("tfim_1d")


def broken(task: str, predictions: np.ndarray, labels: np.ndarray | None = None) -> dict[str, int]:
    exact = np.zeros_like(predictions) if labels is None else labels
    truth = Truth.of(exact)
    return violations(tasks.load(task).laws, Answer(truth.row_id, predictions), truth)


def test_steps_on_a_chain_and_on_a_lattice() -> None:
    assert sites_apart(CHAIN, Size(4))[0].tolist() == [0, 1, 2, 3]
    # Sites 0 1 2 / 3 4 5: from 0 to 5 one row and two columns.
    lattice = families.load("heisenberg_2d")
    assert sites_apart(lattice, Size.parse("2x3"))[0].tolist() == [0, 1, 2, 1, 2, 3]


def test_error_by_distance_by_hand() -> None:
    error = np.array([[9.0, 1.0, 3.0], [1.0, 9.0, 2.0], [3.0, 2.0, 9.0]])
    given = np.stack([error, np.zeros((3, 3))]).reshape(2, -1)
    truth = Truth(
        np.zeros((2, 9)), np.arange(2), Blocks.of(2), family=CHAIN, size=Size(3)
    )  # fmt: skip
    found = by_distance(Answer(truth.row_id, given), truth)
    assert found["distance"] == [1, 2]
    # Mean over two rows and the pairs at that distance: (1 + 4)/2/2 and 9/2; told to six digits.
    assert found["rmse"] == pytest.approx(np.sqrt([1.25, 4.5]), rel=1e-5)


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
    assert broken("correlation", c.reshape(20, -1)) == NONE
    # The singlet has C_01 = -1, and a triplet 1/3: the bounds are reached.
    singlet = np.array([[[1, -1], [-1, 1]], [[1, 1 / 3], [1 / 3, 1]]]).reshape(2, -1)
    assert broken("correlation", singlet) == NONE


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
    assert broken("correlation", both)[law] == 1


def test_entropies_and_energies() -> None:
    values = np.array([[0.0, 2.0], [-0.01, 1.0], [0.5, 2.1]])
    assert broken("renyi2", values) == {"negative": 1, "above_two_bit": 1}
    ground = np.array([[-10.0], [-5.0], [-2.0]])
    given = np.array([[-10.0], [-5.1], [-1.0]])
    assert broken("energy", given, ground) == {"below_ground_state": 1}
    assert tasks.load("phase").laws == ()


def test_what_an_open_season_withholds() -> None:
    details = {"distances": {}, "violations": {"diagonal": 1}, "ledger": {}, "floor": None}
    kept = tasks.load("correlation").withheld(details)
    assert kept == {"violations": {"diagonal": 1}, "ledger": {}, "floor": None}
    energies = {"violations": {"below_ground_state": 3}, "floor": None}
    assert tasks.load("energy").withheld(energies) == {"violations": {}, "floor": None}


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
