"""When the true values behind an entry may be shown."""

import numpy as np
import pytest

from builders.core.errors import RequestError, WorkError
from leaderboard.board.inspection import inspect
from leaderboard.board.service import Board
from leaderboard.ranking.comparison import compare
from leaderboard.ranking.randomisation import pairs
from leaderboard.seasons.label_access import labels_withheld, withheld
from tests.builders.synthetic import make_folder
from tests.leaderboard.answers import cell, exact, open_season, write


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def submit(board: Board, data, folder, name: str, shift: float) -> str:
    return board.submit(write(folder / "p.parquet", data, shift, name=name)).id


def test_a_board_without_seasons_shows_its_labels(board, synthetic_folder, tmp_path) -> None:
    id_ = submit(board, synthetic_folder, tmp_path, "a", 0.25)
    found = inspect(board, id_, cell(synthetic_folder))
    assert np.array_equal(found.row_id, synthetic_folder.splits["test"]["row_id"])
    assert np.allclose(found.truth, exact(synthetic_folder, "correlation"))
    assert np.allclose(found.predicted - found.truth, 0.25, atol=1e-6)


def test_an_open_season_shows_nothing(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s1", 10)
    ids = [
        submit(board, synthetic_folder, tmp_path, name, x) for name, x in (("a", 0.2), ("b", 0.1))
    ]
    key = cell(synthetic_folder)
    for id_ in ids:
        with pytest.raises(RequestError, match="is open"):
            inspect(board, id_, key)
    with pytest.raises(RequestError, match="Season s1 is open"):
        compare(board.store, *ids)
    with pytest.raises(RequestError, match="Season s1 is open"):
        pairs(board.store, "s1")


def test_entries_of_before_a_season_keep_their_labels_to_themselves(
    board, synthetic_folder, tmp_path
) -> None:
    """Whoever saw their scores, or their rows, knows something of the labels."""
    submit(board, synthetic_folder, tmp_path, "before", 0.3)
    with pytest.raises(RequestError, match=r"made without a season.* tfim_1d_n008 \(1\)"):
        open_season(board, synthetic_folder, "s1", 10)
    assert board.season() is None


def test_a_board_that_is_not_to_shows_no_labels(board, synthetic_folder, tmp_path) -> None:
    id_ = submit(board, synthetic_folder, tmp_path, "a", 0.25)
    hidden = Board.open(tmp_path / "board", show_labels=False)
    with pytest.raises(RequestError, match="--show-labels"):
        inspect(hidden, id_, cell(synthetic_folder))
    assert "shows no labels" in withheld(hidden.store, None, shows=False)
    hidden.close()
    assert Board.open(tmp_path / "board").settings.show_labels  # not remembered


def test_a_revealed_season_shows_the_half_that_was_secret(
    board, synthetic_folder, tmp_path
) -> None:
    open_season(board, synthetic_folder, "s1", 10)
    id_ = submit(board, synthetic_folder, tmp_path, "a", 0.2)
    season = board.close_season()
    ids = synthetic_folder.splits["test"]["row_id"]
    shown = season.chosen(live=False)(synthetic_folder.config, "correlation", ids)
    assert 0 < shown.sum() < len(ids)
    found = inspect(board, id_, cell(synthetic_folder))
    assert np.array_equal(found.row_id, ids[shown])
    assert np.allclose(found.truth, exact(synthetic_folder, "correlation")[shown])
    assert withheld(board.store, "s1") == ""


def test_labels_of_the_next_season_are_not_shown_before_it_opens(
    board, synthetic_folder, tmp_path
) -> None:
    """The operator has put new data behind the board, and has not opened the season yet."""
    from dataclasses import replace

    open_season(board, synthetic_folder, "s1", 10)
    id_ = submit(board, synthetic_folder, tmp_path, "a", 0.2)
    board.close_season()
    new = make_folder(tmp_path / "next", replace(synthetic_folder.spec, test_seed=2**62))
    board = Board.open(tmp_path / "board", new.public, new.private)
    with pytest.raises(RequestError, match="not on this board any more"):
        inspect(board, id_, cell(synthetic_folder))
    board.close()


def test_a_board_without_private_data_says_so(board) -> None:
    assert "without the folder" in labels_withheld(board.store, None, None, "tfim_1d_n008")


def test_unknown_cells_and_entries_are_refused(board, synthetic_folder, tmp_path) -> None:
    id_ = submit(board, synthetic_folder, tmp_path, "a", 0.2)
    with pytest.raises(RequestError, match="no answer in cell"):
        inspect(board, id_, cell(synthetic_folder, n=6))
    with pytest.raises(RequestError, match="no submission"):
        inspect(board, "0" * 12, cell(synthetic_folder))
    next((tmp_path / "board" / "predictions").iterdir()).unlink()
    with pytest.raises(WorkError, match="not in the store any more"):
        inspect(board, id_, cell(synthetic_folder))
