"""The task magnetization, by hand."""

import numpy as np
import pytest

from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.truth import Truth
from leaderboard.scoring.score import score

TASK = tasks.load("magnetization")
LABELS = np.array([[1.0, -1.0, 0.0], [0.0, 0.5, 0.0]])
OFF = np.array([[0.3, 0.0, 0.0], [0.0, 0.0, 0.4]])


def test_errors_of_two_rows_by_hand() -> None:
    """Off by .3 and .4 in two of six entries: √(.25/6); entrywise the mean of .3/√2, 0, .4/√2."""
    report = score(LABELS + OFF, LABELS, "magnetization", bootstraps=3)
    assert report.metrics["rmse"].value == pytest.approx(np.sqrt(0.25 / 6))
    assert report.metrics["rmse_entrywise"].value == pytest.approx(0.7 / np.sqrt(2) / 3)


def test_estimates_by_hand() -> None:
    """Z up, X, Z down on the first site in three shots: 3 (1 + 0 − 1)/3; X, Z up, Z up: 2."""
    shots = np.array([[4, 0], [1, 4], [5, 4]], dtype=np.uint8)
    assert TASK.estimate(shots).tolist() == [0.0, 2.0]


def test_values_beyond_one_break_the_law_and_sites_are_told_apart() -> None:
    answer = Answer(np.arange(2), (LABELS + OFF).astype(np.float32))
    truth = Truth.of(LABELS)
    told = TASK.details_of(answer, truth)
    assert told["violations"] == {"above_one": 1}
    assert told["sites"]["rmse"] == pytest.approx([0.3 / np.sqrt(2), 0.0, 0.4 / np.sqrt(2)], 1e-5)


def test_the_line_of_the_raw_estimate() -> None:
    (line,) = [line for line in TASK.lines if line.name == "shadow"]
    key = CellKey("quench_tfim_1d_n008", "magnetization", 20, 75)
    assert line.value(key, {}) == pytest.approx(0.2)
    assert line.value(key._replace(shots=0), {}) is None
