"""Tasks about cuts: values worked out by hand, and answers of the wrong form."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.physics.family import Family
from leaderboard import score, tasks
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.truth import Columns, Truth
from leaderboard.scoring.score import report_of

FAMILY: Family = families.load("qaoa_maxcut")
SIZE = FAMILY.geometry.parse("4")
# The complete graph of four vertices: a cut of two and two has 4 of the 6 edges.
ROWS, LARGEST = 2, 4.0
COLUMNS = {
    "parameters": np.ones((ROWS, 6)),
    "max_cut": np.full(ROWS, LARGEST),
    "expected_cut_p1": np.full(ROWS, 3.6),
}


def truth(columns: Mapping[str, Any] = COLUMNS) -> Truth:
    return Truth(
        *(np.zeros((ROWS, 2)), np.arange(ROWS), Blocks.of(ROWS), Columns(columns.get)),
        family=FAMILY,
        size=SIZE,
    )


def report(task: str, prediction: np.ndarray) -> dict[str, float | None]:
    judge = tasks.load(task)
    evidence = judge.evidence(Answer(np.arange(ROWS), prediction), truth())
    return {name: one.value for name, one in report_of(judge, evidence, 10).metrics.items()}


def test_cuts_by_hand() -> None:
    found = report("cut", np.array([[0, 1, 0, 1], [0, 0, 0, 1]], dtype=bool))
    # 4 and 3 of 4; a cut at random has 3.
    assert found == pytest.approx({"ratio": 0.875, "found": 0.5, "above_random": 0.5})
    other_side = np.array([[1, 0, 1, 0], [1, 1, 1, 0]], dtype=bool)
    assert report("cut", other_side) == found
    assert report("cut", np.array([[0.1, 0.9, 0.2, 0.8], [0, 0, 0, 1]])) == found


def test_angles_by_hand() -> None:
    nothing = report("angles_p1", np.zeros((ROWS, 2), dtype=np.float32))
    assert nothing["ratio"] == pytest.approx(0.75)  # half of 6 edges
    assert nothing["of_best"] == pytest.approx(0.0)
    assert nothing["above_random"] == pytest.approx(0.0)
    # ⟨Z_uZ_v⟩ at β = π/8, γ: sin γ cos² γ and ½ of ½ (1 − cos² 2γ), from the formula of K4.
    gamma, beta = np.pi / 6, np.pi / 8
    edge = 0.5 + 0.5 * np.sin(gamma) * np.cos(gamma) ** 2 - 0.125 * (1 - np.cos(2 * gamma) ** 2)
    found = report("angles_p1", np.tile([gamma, beta], (ROWS, 1)))
    assert found["ratio"] == pytest.approx(6.0 * edge / LARGEST)
    assert found["of_best"] == pytest.approx((6.0 * edge - 3.0) / (3.6 - 3.0))


def test_fixed_angles_have_no_skill() -> None:
    angles = np.tile([0.6154797045, 0.3926990734], (ROWS, 1))
    assert report("angles_p1", angles)["skill"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("task", "prediction", "message"),
    [
        ("angles_p1", np.zeros((2, 4), np.float32), "that is depth 2: give them to angles_p2"),
        ("angles_p3", np.zeros((2, 5), np.float32), "have 5 values; 6 are needed"),
        ("angles_p1", np.full((2, 2), np.nan, np.float32), "not finite"),
        ("angles_p1", np.zeros((2, 2), bool), "hold bits; lists of 2 numbers"),
        ("cut", np.zeros((2, 5), bool), "have 5 values; 4 are needed, a vertex each"),
        ("cut", np.array([[1.0, 2, 1, 2], [-1, 1, -1, 1]]), "outside 0 to 1; a side is 0 or 1"),
        ("cut", np.array(["a", "b"]), "hold names; 4 bits are needed"),
        ("cut", np.full((2, 4), np.inf, np.float32), "outside 0 to 1"),
    ],
)
def test_answers_of_another_form_are_refused(task, prediction, message) -> None:
    faults = tasks.load(task).faults(Answer(np.arange(2), prediction), FAMILY, SIZE)
    assert any(message in fault.how for fault in faults)


@pytest.mark.parametrize("task", ["angles_p2", "cut"])
def test_a_deviation_is_refused(task) -> None:
    right = np.zeros((2, 4), np.float32)
    answer = Answer(np.arange(2), right, np.ones(2, np.float32))
    faults = list(tasks.load(task).faults(answer, FAMILY, SIZE))
    assert [fault.column for fault in faults] == ["std"]


def test_plain_arrays_are_no_graphs() -> None:
    with pytest.raises(RequestError, match="evaluated on the graphs themselves"):
        score(np.zeros((3, 2)), np.zeros((3, 2)), "angles_p1")
    negative = {**COLUMNS, "max_cut": np.array([4.0, 0.0])}
    with pytest.raises(RequestError, match="1 graphs have no cut above 0, first row 1"):
        tasks.load("cut").evidence(Answer(np.arange(2), np.zeros((2, 4))), truth(negative))
