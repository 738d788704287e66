"""Seasons that something disturbs: kills, other data, two at once, questions in disguise."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from sqlalchemy import text

from builders.core.errors import RequestError, WorkError
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import seasons
from leaderboard.seasons.admission import lost
from leaderboard.seasons.official import parsed
from leaderboard.store.store import Store
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SPEC, make_folder
from tests.leaderboard.answers import answer, cell, metadata, open_season, submit


def test_a_close_that_was_killed_goes_on(board, synthetic_folder, tmp_path, monkeypatch) -> None:
    open_season(board, synthetic_folder, "s", 5)
    submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2)
    with monkeypatch.context() as patched:
        patched.setattr("leaderboard.board.service.Scorer", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            board.close_season()
    assert board.season().revealed is None
    with pytest.raises(RequestError, match="season s is closed"):
        submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    assert board.close_season().revealed is not None


def test_a_close_reads_every_file_once(board, synthetic_folder, tmp_path, monkeypatch) -> None:
    """And none while it holds the lock, where nobody else can write."""
    open_season(board, synthetic_folder, "s", 5)
    for shift in (0.2, 0.1):
        submit(board, synthetic_folder, tmp_path / "p.parquet", shift)
    read, stored = [], Store.stored
    writing = Store.writing

    def reads(store, entry):
        assert not locked
        read.append(entry.id)
        return stored(store, entry)

    @contextmanager
    def locks(store):
        with writing(store) as held:
            locked.append(True)
            yield held
            locked.pop()

    locked = []
    monkeypatch.setattr(Store, "stored", reads)
    monkeypatch.setattr(Store, "writing", locks)
    board.close_season()
    assert sorted(read) == sorted(entry.id for entry in board.store.submissions())


def test_labels_that_were_exchanged_are_seen(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 5)
    with board.store.engine.begin() as connection:
        connection.execute(text("UPDATE seasons SET label_hash = 'other'"))
    with pytest.raises(WorkError, match="are not those that season s was opened with"):
        board.close_season()
    assert board.season().closed is None  # files are still taken
    other = make_folder(tmp_path / "other", replace(SPEC, test_seed=2**62))
    elsewhere = replace(board, settings=board.settings.changed(other.public, None))
    with pytest.raises(RequestError, match="does not hold the data of season s"):
        submit(elsewhere, other, tmp_path / "p.parquet", 0.1)


def test_what_a_stated_deviation_would_ask_is_told_at_the_close(
    board, synthetic_folder, tmp_path
) -> None:
    """A deviation that is wide on all rows but one makes coverage a question about that row."""
    open_season(board, synthetic_folder, "s", 5)
    key, path = cell(synthetic_folder), tmp_path / "p.parquet"
    plain = answer(synthetic_folder, shift=0.1)
    wide = np.full(plain.prediction.shape, 1e6, dtype=np.float32)
    write_submission(path, {key: plain._replace(std=wide)}, metadata())
    entry = board.submit(path)
    live = entry.scores[key]
    assert live["rmse"].value is not None
    for name in ("coverage", "crps", "width"):
        assert (live[name].value, live[name].low, live[name].high) == (None, None, None)
        assert "at the close" in live[name].note
    board.close_season()
    assert board.submission(entry.id).scores[key]["coverage"].value == pytest.approx(1.0)


def test_other_data_are_refused_before_the_board_remembers_them(
    board, synthetic_folder, tmp_path
) -> None:
    open_season(board, synthetic_folder, "s", 5)
    other = make_folder(tmp_path / "other", replace(SPEC, test_seed=2**62))
    with pytest.raises(RequestError, match="does not hold the data of season s"):
        Board.open(tmp_path / "board", other.public)
    again = Board.open(tmp_path / "board")
    assert again.settings.data == synthetic_folder.public.resolve()
    assert again.close_season().revealed is not None
    again.close()


def test_labels_that_can_be_found_by_trying_open_no_season(board, tmp_path) -> None:
    weak = make_folder(tmp_path / "weak", replace(SPEC, test_seed=7))
    elsewhere = replace(board, settings=board.settings.changed(weak.public, None))
    with pytest.raises(RequestError, match="whoever tries them all has the labels"):
        elsewhere.open_season("s", cap=5)
    assert board.season() is None


def test_a_season_that_opens_while_a_file_is_scored_refuses_it(
    board, synthetic_folder, tmp_path, monkeypatch
) -> None:
    class Slow(Scorer):
        def score(self, submission):
            reports = super().score(submission)
            open_season(board, synthetic_folder, "s", 5)
            return reports

    monkeypatch.setattr("leaderboard.board.service.Scorer", Slow)
    with pytest.raises(RequestError, match="a season was opened meanwhile"):
        submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2)
    assert board.store.submissions() == []


def test_of_two_closes_one_is_refused(board, synthetic_folder, tmp_path, monkeypatch) -> None:
    class Slow(Scorer):
        def score(self, submission):
            monkeypatch.undo()
            board.close_season()
            return super().score(submission)

    open_season(board, synthetic_folder, "s", 5)
    submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2)
    monkeypatch.setattr("leaderboard.board.service.Scorer", Slow)
    with pytest.raises(RequestError, match="no season is open"):
        board.close_season()
    assert [entry["kind"] for entry in board.log()].count("season closed") == 1


def test_a_board_opens_while_its_data_are_away(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 5)
    synthetic_folder.private.rename(tmp_path / "away")
    again = Board.open(tmp_path / "board")
    assert again.season().name == "s"
    again.close()


@pytest.mark.parametrize("how", ["missing", "swapped", "damaged"])
def test_a_season_is_closed_without_what_was_lost(board, synthetic_folder, tmp_path, how) -> None:
    """Near-exact labels in the place of a stored file would be the first entry of the close."""
    open_season(board, synthetic_folder, "s", 5)
    kept = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.3, account="bob")
    gone = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2, account="eve")
    entry = board.store.submission(gone.id)
    path = board.store.predictions_path(entry.predictions_sha256)
    if how == "missing":
        path.unlink()
    elif how == "damaged":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        cells = {key: answer(synthetic_folder, key.task, 1e-4) for key in entry.scores}
        write_submission(path, cells, entry.metadata)
    assert board.close_season().revealed is not None
    key = cell(synthetic_folder)
    assert [row.id for row in board.ranking(*key)] == [kept.id]
    value = board.submission(gone.id).scores[key]["rmse"]
    assert value.value is None
    assert value.note.startswith("lost: the predictions of")
    closed = board.log()[-1]
    assert list(closed["lost"]) == [gone.id]
    with pytest.raises(WorkError, match=f"the predictions of {gone.id}"):
        board.predictions(gone.id)
    assert rescore(board) == []  # nor does a later pass stop at it


@pytest.mark.parametrize("was_lost", [False, True])
def test_a_file_that_is_away_for_a_moment_keeps_its_told_score(
    board, synthetic_folder, tmp_path, was_lost
) -> None:
    open_season(board, synthetic_folder, "s", 5)
    id_ = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2).id
    entry, key = board.store.submission(id_), cell(synthetic_folder)
    path = board.store.predictions_path(entry.predictions_sha256)
    path.rename(tmp_path / "away")
    assert rescore(board) == []
    assert list(board.log()[-1]["lost"]) == [id_]
    assert [row.id for row in board.ranking(*key)] == [id_]
    if was_lost:  # as passes of before left it
        with board.store.writing() as writing:
            writing.replace(id_, lost(entry, "gone"))
            writing.log("rescored", {"season": "s", "changed": [id_]})
        assert board.ranking(*key) == []
    (tmp_path / "away").rename(path)
    assert rescore(board) == ([id_] if was_lost else [])
    assert board.submission(id_).scores == entry.scores


def test_a_clock_that_goes_backwards_blocks_no_season(
    board, synthetic_folder, tmp_path, monkeypatch
) -> None:
    """The season opened last is the last by number, whatever the times say."""
    open_season(board, synthetic_folder, "first", 5)
    first = submit(board, synthetic_folder, tmp_path / "p.parquet", 0.3)
    board.close_season()
    past = datetime(2001, 1, 1)
    monkeypatch.setattr(seasons, "_now", lambda: past)
    new = make_folder(tmp_path / "next", replace(SPEC, test_seed=2**62))
    board = Board.open(tmp_path / "board", new.public)
    open_season(board, new, "second", 5)
    assert board.season().name == "second"
    last = submit(board, new, tmp_path / "p.parquet", 0.2)
    with board.store.engine.begin() as connection:
        connection.execute(
            text("UPDATE submissions SET created = '2000-01-01 00:00:00' WHERE id = :id"),
            {"id": last.id},
        )
    assert [head.id for head in board.heads()] == [first.id, last.id]
    assert board.close_season().name == "second"
    assert [row.id for row in board.ranking(*cell(new))] == [last.id]
    board.close()


def test_cells_that_are_not_official_are_refused(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 5)
    key = cell(synthetic_folder, n=3)
    write_submission(tmp_path / "p.parquet", {key: answer(synthetic_folder)}, metadata())
    with pytest.raises(RequestError, match=r"official cells.*n=3.*Official are"):
        board.submit(tmp_path / "p.parquet")
    assert board.log()[-1]["kind"] == "refused"


def test_the_usual_cells_are_few(synthetic_folder, tmp_path) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    season = board.open_season("s")
    assert {(key.n, key.shots, key.track) for key in season.cells} == {
        (12, 32, "standard"), (3, 32, "standard"),
    }  # fmt: skip
    assert len(season.cells) == 2 * len({key.task for key in season.cells})
    board.close()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("tfim_1d_n008/energy/5", "CONFIG/TASK/N/M is needed"),
        ("tfim_1d_n006/energy/5/16", "no such config and task"),
        ("tfim_1d_n008/energy/13/16", "has 12 training rows of 32 shots"),
        ("tfim_1d_n008/energy/5/33", "has 12 training rows of 32 shots"),
    ],
)
def test_cells_that_the_data_do_not_have_open_no_season(board, cells, words) -> None:
    with pytest.raises(RequestError, match=words):
        board.open_season("s", cells=[parsed(cells)])
    assert board.season() is None
