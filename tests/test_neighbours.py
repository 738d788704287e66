"""Errors at neighbours: what a pair of neighbours is, the mean by hand, and the page."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.neighbours import MARKS, neighbours, over_neighbours, read, table
from benchmarks.pages import with_table
from builders import families
from builders.core.names import Size, parse_config
from builders.families.heisenberg_2d import lattice_bonds
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.truth import Truth
from leaderboard.tasks.correlation import by_distance

ROOT = Path(__file__).parent.parent
FOUND = read(ROOT / "benchmarks" / "results" / "neighbours.json")


@pytest.mark.parametrize("text", ["2x3", "4x5", "9x5"])
def test_neighbours_are_the_bonds_of_the_lattice(text: str) -> None:
    size = Size.parse(text)
    i, j = lattice_bonds(size).T
    assert neighbours(size).tolist() == sorted((i * size.sites + j).tolist())


def test_neighbours_of_a_chain_are_next_to_each_other() -> None:
    assert neighbours(Size(4)).tolist() == [1, 6, 11]


def test_mean_over_neighbours_by_hand() -> None:
    #  0 1
    #  2 3: neighbours are all pairs but the two diagonals.
    size, error = Size.parse("2x2"), np.zeros((2, 4, 4))
    error[0, 0, 1] = 3.0  # RMSE over two rows √(9/2)
    error[:, 1, 3] = 1.0  # 1
    error[:, 0, 3] = error[:, 1, 2] = 50.0
    error[:, 0, 0] = 70.0
    value, low, high = over_neighbours(error.reshape(2, -1), np.zeros((2, 16)), size)
    assert value == pytest.approx((np.sqrt(4.5) + 1.0) / 4)
    # Both rows alike, or one of them twice.
    assert low == pytest.approx(1.0 / 4)
    assert high == pytest.approx((3.0 + 1.0) / 4)


def rmse_by_distance(error: np.ndarray, size: Size) -> list[float]:
    zero = np.zeros((1, error.size))
    family = families.load("heisenberg_2d")
    truth = Truth(zero, np.arange(1), Blocks.of(1), family=family, size=size)
    return by_distance(Answer(truth.row_id, error.reshape(1, -1)), truth)["rmse"]


def test_the_board_tells_errors_of_lattice_neighbours() -> None:
    """Sites 2 and 3 of a 2 × 3 lattice follow each other and are three steps apart."""
    size = Size.parse("2x3")
    error = np.zeros((6, 6))
    error[2, 3] = error[3, 2] = 1.0
    found = rmse_by_distance(error, size)
    assert found[0] == 0.0
    assert found[2] > 0.0
    i, j = lattice_bonds(size).T
    error = np.zeros((6, 6))
    error[i, j] = error[j, i] = 2.0
    assert rmse_by_distance(error, size) == [2.0, 0.0, 0.0]


def test_the_page_shows_what_was_measured() -> None:
    """See the head of `benchmarks.neighbours` for the command that writes the table."""
    page = (ROOT / "docs" / "lattices.md").read_text(encoding="utf-8")
    assert with_table(page, MARKS, table(FOUND)) == page
    assert page.count(MARKS[0]) == 1


def test_what_was_measured_are_lattices() -> None:
    assert FOUND
    for one in FOUND:
        assert not parse_config(one.config)[1].is_chain
        assert one.low <= one.exact <= one.high
