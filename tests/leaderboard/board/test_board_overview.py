"""The heat map of a board: numbers of the rankings, and in an open season nothing but told ones."""

import numpy as np
import pytest

from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.ranking.overview import nearest
from leaderboard.store.cell_lookups import CellLookups
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, exact, metadata, open_season, write


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def test_shades_are_the_skill_against_the_mean_of_the_test_labels(
    board, synthetic_folder, tmp_path
) -> None:
    assert board.answered() == {}
    rng = np.random.default_rng(0)
    for name, error in (("near", 0.1), ("far", 0.4)):
        row_id, values, _ = answer(synthetic_folder)
        noise = rng.normal(0, error, values.shape).astype(np.float32)
        path = tmp_path / "p.parquet"
        cells = {cell(synthetic_folder): Answer(row_id, values + noise)}
        write_submission(path, cells, metadata(name=name))
        board.submit(path)
    key = cell(synthetic_folder)
    assert board.answered() == {key: 2}
    shown = board.overview(nearest(board.answered(), 5, 16))
    assert [m.name for m in shown.models] == ["near", "far"]
    by_name = {m.name: shade for m, shade in shown.shades[key].items()}
    ranked = {row.name: row.metrics["skill_x"].value for row in board.ranking(*key)}
    assert by_name == ranked
    assert by_name["near"] > by_name["far"]
    assert not shown.is_told


def test_a_class_is_measured_against_the_most_common_one(phase_folder, tmp_path) -> None:
    board = Board.open(tmp_path / "board", phase_folder.public)
    ids, names = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
    values, counts = np.unique(names, return_counts=True)
    key = cell(phase_folder, "phase", shots=4)
    for title, answers in (
        ("oracle", names),
        ("constant", np.full(len(ids), values[counts.argmax()])),
    ):
        write_submission(tmp_path / "p.parquet", {key: (ids, answers)}, metadata(name=title))
        board.submit(tmp_path / "p.parquet")
    shades = {m.name: s for m, s in board.overview([key]).shades[key].items()}
    board.close()
    assert shades == {"oracle": 1.0, "constant": 0.0}


def test_an_open_season_shows_places_of_told_scores_alone(
    board, synthetic_folder, tmp_path, monkeypatch
) -> None:
    open_season(board, synthetic_folder, "s1", 9)
    key = cell(synthetic_folder)
    for account, shift in (("a", 0.1), ("b", 0.3), ("c", 0.2)):
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, shift, name=account),
                     account=account)  # fmt: skip
    # Held back: no improvement.
    board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.5, name="d"), account="a")

    def refuse(*_: object) -> None:
        raise AssertionError("an open season tells no losses and no skill")

    for name in ("metric", "losses"):
        monkeypatch.setattr(CellLookups, name, refuse)
    shown = board.overview([key])
    assert shown.is_told
    assert {m.name: shade for m, shade in shown.shades[key].items()} == {"a": 1, "c": 0.5, "b": 0}
    monkeypatch.undo()
    assert set(board.answered()) == set(board.season().cells)  # the unanswered official ones too
    board.close_season()
    after = board.overview([key])
    assert not after.is_told
    assert {m.name for m in after.shades[key]} == {"a", "b", "c"}
