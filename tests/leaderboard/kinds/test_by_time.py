"""The error at each time of evolutions, worked out by hand."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.by_time import NAME, error_by_time
from leaderboard.kinds.truth import Columns, Truth
from leaderboard.tasks import load

TASK = load("magnetization")


def truth_of(columns: dict[str, NDArray[Any]]) -> Truth:
    """Of two evolutions of two states, one value each; labels are 0."""
    trajectory = np.array([0, 0, 1, 1])
    blocks = Blocks.of(4, trajectory)
    return Truth(np.zeros((4, 1)), np.arange(4), blocks, columns=Columns(columns.get))


MOVING = {
    "trajectory": np.array([0, 0, 1, 1]),
    "parameters": np.array([[5.0, 1.0], [5.0, 2.0], [6.0, 1.0], [6.0, 2.0]]),
}
ANSWER = Answer(np.arange(4), np.array([[0.3], [0.1], [0.4], [0.1]], np.float32))


def test_error_of_each_time_with_its_interval() -> None:
    told = error_by_time(TASK, ANSWER, truth_of(MOVING))
    assert told is not None
    assert told["time"] == [1.0, 2.0]
    assert told["value"] == pytest.approx([np.sqrt(0.125), 0.1], rel=1e-5)
    # Of two evolutions every resample lies between the two.
    assert told["low"] == pytest.approx([0.3, 0.1], rel=1e-5)
    assert told["high"] == pytest.approx([0.4, 0.1], rel=1e-5)
    assert TASK.details_of(ANSWER, truth_of(MOVING))[NAME] == told


def test_it_is_no_detail_of_an_open_season_nor_of_other_rows() -> None:
    assert NAME not in TASK.withheld({NAME: {}, "floor": 1.0})
    assert error_by_time(TASK, ANSWER, truth_of({})) is None
    still = MOVING | {"parameters": np.ones((4, 2))}
    assert error_by_time(TASK, ANSWER, truth_of(still)) is None
