"""The store: whole or not at all, once, and under several processes."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import leaderboard
from builders.core.errors import RequestError, WorkError
from leaderboard.scoring.evaluate import evaluate
from leaderboard.seasons.admission import Admission
from leaderboard.store import store as store_module
from leaderboard.store import writing as writing_module
from leaderboard.store.entries import ID_DIGITS
from leaderboard.store.store import Store
from leaderboard.submission.submission import Submission, read_submission
from tests.leaderboard.answers import answer, cell, metadata, write

ROOT = Path(leaderboard.__file__).parent.parent


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "board")
    yield opened
    opened.close()


@pytest.fixture
def scored(synthetic_master):
    """A submission and its scores."""
    cells = {cell(synthetic_master): answer(synthetic_master, shift=0.1)}
    submission = Submission(metadata(), cells)
    reports = evaluate(submission, synthetic_master.public, synthetic_master.private)
    return submission, reports


def admit(submission, reports):
    return Admission.of(submission, reports, season=None, live=False).admit


def files(store: Store) -> list[Path]:
    return list((store.folder / "predictions").iterdir())


def test_what_is_stored_can_be_scored_again(store, scored, synthetic_master) -> None:
    submission, reports = scored
    row = store.add(submission, admit(submission, reports))
    (path,) = files(store)
    assert path == store.predictions_path(submission.predictions_sha256)
    kept = read_submission(path)
    assert kept.identity == submission.identity
    assert evaluate(kept, synthetic_master.public, synthetic_master.private) == reports
    (found,) = store.submissions()
    assert (found.id, found.name) == (row.id, "a model")
    assert found.scores == {reports[0].key: reports[0].report.metrics}
    (result,) = found.results.values()
    assert np.array_equal(result.losses.values, reports[0].report.losses.values)
    assert result.details == reports[0].details


def test_wal_and_foreign_keys(store) -> None:
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_same_submission_twice(store, scored) -> None:
    row = store.add(scored[0], admit(*scored))
    with pytest.raises(RequestError, match=f"on the board already, as {row.id} "):
        store.add(scored[0], admit(*scored))
    with pytest.raises(RequestError, match=row.id):
        store.refuse_known(scored[0])
    assert len(store.submissions()) == len(files(store)) == 1


def test_same_predictions_under_two_names_share_a_file(store, scored) -> None:
    submission, reports = scored
    first = store.add(submission, admit(submission, reports))
    other = Submission(metadata(name="other"), submission.cells)
    second = store.add(other, admit(other, reports))
    assert store.same_predictions(submission.predictions_sha256) == [first.id, second.id]
    assert len(files(store)) == 1


def test_two_submissions_with_one_id(store, scored, monkeypatch) -> None:
    """Somebody can search for a pair: the second is refused, and says how it gets another id."""
    for module in (store_module, writing_module):
        monkeypatch.setattr(module, "ID_DIGITS", 0)
    store.add(scored[0], admit(*scored))
    other = Submission(metadata(notes="other"), scored[0].cells)
    for call in (
        lambda: store.refuse_known(other),
        lambda: store.add(other, admit(other, scored[1])),
    ):
        with pytest.raises(RequestError, match="Change a word of its notes"):
            call()
    assert len(store.submissions()) == 1


def test_failed_write_leaves_nothing(store, scored, monkeypatch) -> None:
    def fail(*args) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store_module, "write_submission", fail)
    with pytest.raises(WorkError, match=r"cannot be written: disk full\. Nothing was stored"):
        store.add(scored[0], admit(*scored))
    assert store.submissions() == files(store) == store.cells() == []


def test_failure_at_the_last_step_leaves_nothing(store, scored, monkeypatch) -> None:
    """The rows are in the transaction already when the file is put in place."""

    def fail(self, target) -> None:
        raise OSError("disk full")

    def write_then_break(path, *rest) -> None:
        path.touch()
        monkeypatch.setattr(Path, "replace", fail)

    monkeypatch.setattr(store_module, "write_submission", write_then_break)
    with pytest.raises(WorkError, match=r"cannot be written: disk full\. Nothing was stored"):
        store.add(scored[0], admit(*scored))
    monkeypatch.undo()
    assert store.submissions() == files(store) == []
    store.add(scored[0], admit(*scored))
    assert len(store.submissions()) == 1


def test_cells_and_submissions_of_a_cell(store, synthetic_master) -> None:
    both = [cell(synthetic_master), cell(synthetic_master, "renyi2")]
    for keys in (both, both[:1]):
        cells = {key: answer(synthetic_master, key.task, len(keys)) for key in keys}
        submission = Submission(metadata(), cells)
        reports = evaluate(submission, None, synthetic_master.private)
        store.add(submission, admit(submission, reports))
    assert store.cells() == both
    assert [len(store.in_cell(key)) for key in both] == [2, 1]
    assert [list(entry.scores) for entry in store.in_cell(both[1])] == [both[1:]]
    assert [list(entry.results) for entry in store.in_cell(both[1])] == [both[1:]]
    assert store.in_cell(cell(synthetic_master, n=1)) == []


def test_a_transaction_that_fails_leaves_nothing(store) -> None:
    with store.writing() as writing:
        writing.log("rescored", {"changed": []})

    def fail() -> None:
        with store.writing() as writing:
            writing.log("rescored", {"changed": ["x"]})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [entry.body for entry in store.decisions()] == [{"changed": []}]


def test_cells_are_replaced_where_a_number_is_another(store, scored) -> None:
    head = store.add(scored[0], admit(*scored))
    with store.writing() as writing:
        cells = Admission.of(*scored, season=None, live=False).cells(writing, head)
        assert not writing.replace(head.id, cells)
        ((key, one),) = cells.items()
        more = replace(one.result.losses, values=one.result.losses.values + 1.0)
        other = replace(one, result=replace(one.result, losses=more))
        assert writing.replace(head.id, {key: other})
    (found,) = store.submissions()
    assert found.scores == {key: one.metrics}
    assert np.array_equal(found.results[key].losses.values, more.values)


def test_places_that_are_none(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match=r"is a file\. Give a folder"):
        Store.open(tmp_path / "file")
    with pytest.raises(RequestError, match="a folder for the predictions is needed"):
        Store.open("sqlite:///board.sqlite")
    with pytest.raises(RequestError, match="database URL whose driver"):
        Store.open("nosuch://host/name", tmp_path)
    (tmp_path / "board.sqlite").write_text("no database, only text, long enough to be looked at")
    with pytest.raises(WorkError, match="cannot be opened"):
        Store.open(tmp_path)


def test_url_with_folder(tmp_path, scored) -> None:
    opened = Store.open(f"sqlite:///{tmp_path / 'any.sqlite'}", tmp_path / "kept")
    opened.add(scored[0], admit(*scored))
    opened.close()
    assert (tmp_path / "any.sqlite").is_file()
    assert len(list((tmp_path / "kept" / "predictions").iterdir())) == 1


WORKER = """
import json, sys
from builders.core.errors import RequestError
from leaderboard.board.service import Board

board, data, private, *paths = sys.argv[1:]
sys.stdin.readline()
opened = Board.open(board, data, private)
said = []
for path in paths:
    try:
        said.append(opened.submit(path).id)
    except RequestError as error:
        said.append(str(error))
opened.close()
print(json.dumps(said))
"""


def test_processes_submit_at_the_same_time(synthetic_master, tmp_path) -> None:
    """Three processes open a new board together; each submits three files, one of them the same."""
    same = write(tmp_path / "same.parquet", synthetic_master, shift=9.0)
    running = []
    for worker in range(3):
        paths = [
            write(tmp_path / f"{worker}{k}.parquet", synthetic_master, 0.1 * worker + 0.01 * k)
            for k in range(2)
        ]
        order = [*paths[:worker], same, *paths[worker:]]
        places = [tmp_path / "board", synthetic_master.public, synthetic_master.private]
        arguments = [sys.executable, "-c", WORKER, *map(str, places), *map(str, order)]
        pipe = subprocess.PIPE
        running.append(
            subprocess.Popen(arguments, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        )
    for process in running:
        process.stdin.write("\n")  # start together
        process.stdin.flush()
    said = []
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        said += json.loads(out)
    ids = [line for line in said if len(line) == ID_DIGITS]
    refusals = [line for line in said if len(line) != ID_DIGITS]
    assert len(ids) == len(set(ids)) == 7
    assert len(refusals) == 2
    assert all("on the board already, as " in line for line in refusals)
    store = Store.open(tmp_path / "board")
    rows = store.submissions()
    assert sorted(row.id for row in rows) == sorted(ids)
    assert {tuple(map(len, row.scores.values())) for row in rows} == {
        (4, 4)
    }  # metrics of two cells
    assert sorted(files(store)) == sorted(
        store.predictions_path(r.predictions_sha256) for r in rows
    )
    assert all(pq.read_metadata(path).num_rows == 20 for path in files(store))
    store.close()
