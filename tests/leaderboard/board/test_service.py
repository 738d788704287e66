"""The board as the app and the commands see it."""

import csv
import io
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.ranking.export import aligned_table, number, ranking_csv, ranking_json
from leaderboard.store.records import Receipt
from leaderboard.submission.submission import write_submission
from leaderboard.tasks import load
from tests.leaderboard.answers import answer, cell, metadata, write


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def submit(board, data, path, shift, **changes):
    return board.submit(write(path, data, shift, **changes))


def test_ranking_is_by_the_primary_metric(board, synthetic_folder, tmp_path) -> None:
    path = tmp_path / "p.parquet"
    for name, shift in (("far", 0.5), ("near", 0.1), ("middle", 0.2)):
        submit(board, synthetic_folder, path, shift, name=name)
    rows = board.ranking(*cell(synthetic_folder))
    assert [(r.rank, r.name) for r in rows] == [(1, "near"), (2, "middle"), (3, "far")]
    assert [r.primary for r in rows] == ["rmse"] * 3
    # Labels plus a constant: the error is that constant, but for float32 rounding of 6e-8.
    assert [r.score.value for r in rows] == pytest.approx([0.1, 0.2, 0.5], abs=1e-6)
    assert list(rows[0].metrics) == ["rmse", "rmse_entrywise", "skill", "skill_x"]
    for value in rows[0].metrics.values():
        assert value.low <= value.value <= value.high


def test_equal_scores_share_a_rank(board, synthetic_folder, tmp_path) -> None:
    path = tmp_path / "p.parquet"
    for name, shift in (("first", 0.25), ("second", 0.25), ("last", 0.5)):
        submit(board, synthetic_folder, path, shift, name=name)
    rows = board.ranking(*cell(synthetic_folder))
    assert [(r.rank, r.name) for r in rows] == [(1, "first"), (1, "second"), (3, "last")]


def test_higher_is_better_and_no_value_is_last(
    board, synthetic_folder, tmp_path, monkeypatch
) -> None:
    for name, shift in (("far", 0.5), ("near", 0.1)):
        submit(board, synthetic_folder, tmp_path / "p.parquet", shift, name=name)
    by_skill = replace(load("correlation"), primary="skill_x")
    monkeypatch.setattr(tasks, "load", {"correlation": by_skill}.__getitem__)
    rows = board.ranking(*cell(synthetic_folder))
    assert [r.name for r in rows] == ["near", "far"]
    with board.store.engine.begin() as connection:
        nothing = "UPDATE scores SET value = NULL WHERE metric = 'skill_x' AND submission_id = :id"
        connection.execute(text(nothing), {"id": rows[0].id})
    again = Board.open(tmp_path / "board")  # the first one keeps its rankings
    assert [r.name for r in again.ranking(*cell(synthetic_folder))] == ["far", "near"]
    again.close()


def test_ties_and_the_ranking_over_cells(board, synthetic_folder, tmp_path) -> None:
    keys = [cell(synthetic_folder), cell(synthetic_folder, "renyi2")]
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 10, 64))
    for name, shift in (("first", noise[0]), ("second", noise[1]), ("far", 0.9)):
        cells = {
            key: Answer(given.row_id, given.prediction + np.resize(shift, given.prediction.shape))
            for key in keys
            for given in [answer(synthetic_folder, key.task)]
        }
        write_submission(tmp_path / "p.parquet", cells, metadata(name=name))
        board.submit(tmp_path / "p.parquet")
    rows = board.ranking(*keys[0])
    assert [row.rank for row in rows] == [1, 1, 3]
    assert rows[1].p_above > 0.05 > rows[2].p_above
    assert rows[1].resolvable > rows[1].score.value - rows[0].score.value
    assert rows[2].summaries["rmse_neighbours"] == pytest.approx(0.9, abs=1e-5)
    assert rows[2].violations == 10  # the diagonal, of every row
    overall = board.overall(keys)
    assert overall[-1].id == rows[2].id
    assert overall[-1].mean_rank.value == 3.0
    skills = [[row.metrics["skill"].value for row in board.ranking(*key)] for key in keys]
    assert overall[-1].mean_skill.value == pytest.approx(np.mean([s[-1] for s in skills]))


def test_receipt_and_lists(board, synthetic_folder, tmp_path) -> None:
    receipt = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    assert list(receipt.scores) == [cell(synthetic_folder), cell(synthetic_folder, "renyi2")]
    assert receipt.metadata == metadata()
    assert board.submission(receipt.id) == receipt
    assert board.submissions() == [receipt]
    assert board.cells() == list(receipt.scores)
    assert board.configs() == ["tfim_1d_n008"]
    body = json.loads(json.dumps(receipt.to_json()))
    assert body["cells"][0]["metrics"]["rmse"]["value"] == pytest.approx(0.1, abs=1e-6)
    with pytest.raises(RequestError, match="no submission 'abc'"):
        board.submission("abc")


def test_noise_free_cells_are_taken_and_ranked(board, synthetic_folder, tmp_path) -> None:
    """A key without a track is that of exact labels where it says 0 shots."""
    for name, shift in (("far", 0.5), ("near", 0.1)):
        cells = {(*cell(synthetic_folder)[:3], 0): answer(synthetic_folder, shift=shift)}
        write_submission(tmp_path / "p.parquet", cells, metadata(name=name))
        receipt = board.submit(tmp_path / "p.parquet")
    (key,) = receipt.scores
    assert key == CellKey(*cell(synthetic_folder)[:3], 0, "exact")
    body = json.loads(json.dumps(receipt.to_json()))
    assert body["cells"][0]["track"] == "exact"
    assert Receipt.from_json(body).scores == receipt.scores
    del body["cells"][0]["track"]  # as a board of before tracks answers
    assert Receipt.from_json(body).scores == receipt.scores
    for asked in (key, key[:4]):
        assert [row.name for row in board.ranking(*asked)] == ["near", "far"]
    assert board.ranking(*cell(synthetic_folder)) == []
    assert len(board.overall([key[:4]])) == 2
    with pytest.raises(RequestError, match="Did you mean 'random'"):
        board.ranking(*key[:4], "randum")


def test_same_predictions_are_told(board, synthetic_folder, tmp_path) -> None:
    first = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    second = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1, name="copy")
    assert first.same_predictions == ()
    assert second.same_predictions == (first.id,)
    assert [r.same_predictions for r in board.submissions()] == [(second.id,), (first.id,)]


def test_same_file_twice(board, synthetic_folder, tmp_path) -> None:
    receipt = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    with pytest.raises(RequestError, match=f"already, as {receipt.id}"):
        board.submit(tmp_path / "p.parquet")
    assert len(board.submissions()) == 1


def test_refused_file_leaves_nothing(board, synthetic_folder, tmp_path) -> None:
    given = answer(synthetic_folder)
    path = tmp_path / "p.parquet"
    write_submission(
        path, {cell(synthetic_folder): Answer(given.row_id, given.prediction * np.nan)}, metadata()
    )
    with pytest.raises(RequestError, match="10 rows with values that are not finite"):
        board.submit(path)
    assert board.submissions() == board.cells() == []
    assert list((tmp_path / "board" / "predictions").iterdir()) == []


def test_data_are_remembered(board, synthetic_folder, tmp_path) -> None:
    again = Board.open(tmp_path / "board")
    assert again.settings == board.settings
    assert again.settings.pair() == (synthetic_folder.public, synthetic_folder.private)
    submit(again, synthetic_folder, tmp_path / "p.parquet", 0.1)
    assert len(board.submissions()) == 1
    again.close()


def test_board_without_data(synthetic_folder, tmp_path) -> None:
    board = Board.open(tmp_path / "new")
    with pytest.raises(RequestError, match="does not know its data yet"):
        submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    assert board.configs() == board.cells() == board.submissions() == []
    assert board.ranking("tfim_1d_n008", "correlation", 1, 1) == []
    with pytest.raises(RequestError, match="Did you mean 'correlation'"):
        board.ranking("tfim_1d_n008", "correlations", 1, 1)
    board.close()


def test_folders_in_each_others_place(synthetic_folder, tmp_path) -> None:
    public, private = synthetic_folder.public, synthetic_folder.private
    with pytest.raises(RequestError, match="is a private data set folder; a public one"):
        Board.open(tmp_path / "board", private, public)
    with pytest.raises(RequestError, match="is a public data set folder; a private one"):
        Board.open(tmp_path / "board", public, public)
    with pytest.raises(RequestError, match="no data set folder at"):
        Board.open(tmp_path / "board", tmp_path / "absent")
    assert not (tmp_path / "board").exists()


def test_damaged_settings(tmp_path) -> None:
    Board.open(tmp_path).close()
    for written in ("{", "[]", '{"data": 5}'):
        (tmp_path / "board.json").write_text(written)
        with pytest.raises(RequestError, match="is not the file that the board wrote"):
            Board.open(tmp_path)


def test_data_beside_the_store_are_found_where_both_are_moved_to(
    synthetic_folder, tmp_path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for folder in (synthetic_folder.public, synthetic_folder.private):
        shutil.copytree(folder, home / folder.name)
    Board.open(home / "board", home / "demo").close()
    kept = json.loads((home / "board" / "board.json").read_text())
    assert kept == {"data": "../demo", "private": "../demo-private"}
    home.rename(tmp_path / "elsewhere")
    moved = Board.open(tmp_path / "elsewhere" / "board")
    assert moved.settings.data == tmp_path / "elsewhere" / "demo"
    submit(moved, synthetic_folder, tmp_path / "p.parquet", 0.1)
    moved.close()


def test_data_that_lie_elsewhere_keep_their_whole_name(synthetic_folder, tmp_path) -> None:
    far = tmp_path / "far" / "away" / "board"
    Board.open(far, synthetic_folder.public).close()
    kept = json.loads((far / "board.json").read_text())
    assert kept["data"] == str(synthetic_folder.public.resolve())
    assert Board.open(far).settings.data == synthetic_folder.public.resolve()


def test_exports(board, synthetic_folder, tmp_path) -> None:
    names = ['comma, "quote"', "plain"]
    for name, shift in zip(names, (0.1, 0.2), strict=True):
        submit(board, synthetic_folder, tmp_path / "p.parquet", shift, name=name)
    key = cell(synthetic_folder)
    rows = board.ranking(*key)
    lines = list(csv.DictReader(io.StringIO(ranking_csv(rows))))
    assert [line["name"] for line in lines] == names
    assert [float(line["rmse"]) for line in lines] == [r.score.value for r in rows]
    assert {"rmse_low", "rmse_high", "skill", "entry_class", "train_seconds"} <= set(lines[0])
    body = json.loads(json.dumps(ranking_json(key, rows)))
    assert CellKey(**body["cell"]) == key
    assert [r["metadata"]["name"] for r in body["ranking"]] == names
    lined = aligned_table([["rank", "rmse"], ["1", number(rows[0].score)]]).splitlines()
    assert lined[1] == "1     0.1000 [0.1000, 0.1000]"
    assert ranking_csv([]) == ""


def test_csv_holds_no_formulas(board, synthetic_folder, tmp_path) -> None:
    name = '=HYPERLINK("http://example.org")'
    submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1, name=name)
    rows = board.ranking(*cell(synthetic_folder))
    (line,) = csv.DictReader(io.StringIO(ranking_csv(rows)))
    assert line["name"] == f"'{name}"
