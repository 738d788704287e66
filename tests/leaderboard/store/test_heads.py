"""A log that is computed anew or cut, and scores that are edited, do not go unnoticed."""

import json
import time

import pytest
from sqlalchemy import text

from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.store import decisions, heads
from leaderboard.store.tables import DecisionRow
from tests.leaderboard.answers import submit


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    for shift in (0.1, 0.2, 0.3):
        submit(opened, synthetic_folder, tmp_path / "p.parquet", shift)
    yield opened
    opened.close()


def execute(board, *lines: str) -> None:
    with board.store.engine.begin() as connection:
        for line in lines:
            connection.execute(text(line))


def written_anew(board) -> None:
    """What somebody with the database can do: another entry, and every hash after it."""
    with board.store.engine.begin() as connection:
        table = DecisionRow.__table__
        rows = connection.execute(table.select().order_by(table.c.number)).mappings().all()
        previous = decisions.FIRST
        for row in map(dict, rows):
            if row["number"] == 2:
                row["body_json"] = row["body_json"].replace("ada", "eve")
            body = [row[k] for k in ("number", "created", "kind", "body_json")]
            row |= {"previous": previous, "sha256": decisions._hash(*body, previous)}
            previous = row["sha256"]
            connection.execute(table.update().where(table.c.number == row["number"]).values(row))


def test_a_chain_computed_anew(board) -> None:
    written_anew(board)
    decisions.check(board.store.decisions())  # by itself it is sound
    with pytest.raises(WorkError, match=r"log-head\.json holds entry 3 .*written anew"):
        board.log()


def test_a_tail_that_is_cut(board) -> None:
    execute(board, "DELETE FROM decisions WHERE number = 3")
    decisions.check(board.store.decisions())
    with pytest.raises(WorkError, match="2 entries now: its end was cut"):
        board.log()


def test_the_store_goes_on_without_its_file(board, synthetic_folder, tmp_path) -> None:
    (board.store.folder / heads.NAME).write_text("{")
    assert len(board.log()) == 3
    submit(board, synthetic_folder, tmp_path / "p.parquet", 0.4)
    assert heads.remembered(board.store.folder) == board.log_head()
    assert board.log_head().number == 4


def test_heads_that_others_keep(door, board, tmp_path) -> None:
    """Signed by the board, noted, and compared later; the file in the store is gone."""
    store, key = ("--store", board.store.folder), tmp_path / "key"
    status, out, _ = door("season", "head", *store, "--key", key)
    assert status == 0
    assert key.stat().st_mode & 0o777 == 0o600
    (tmp_path / "noted.json").write_text(out)
    public = json.loads(out)["public_key"]
    check = ("season", "check", tmp_path / "noted.json", *store)
    assert door(*check, "--public-key", public)[:2] == (
        0, "3 entries, 1 head: the log and the scores fit.\n",
    )  # fmt: skip
    assert "not signed by the key x" in door(*check, "--public-key", "x")[2]
    other = json.loads(out) | {"sha256": "0" * 64}
    (tmp_path / "forged.json").write_text(json.dumps(other))
    status, _, err = door("season", "check", tmp_path / "forged.json", *store)
    assert (status, "its signature is not that of its key" in err) == (2, True)
    (board.store.folder / heads.NAME).unlink()
    written_anew(board)
    status, _, err = door(*check)
    assert (status, "written anew" in err) == (1, True)


def test_plain_heads(door, board, tmp_path) -> None:
    out = door("season", "head", "--store", board.store.folder)[1]
    assert json.loads(out) == board.log_head().to_json()
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(RequestError, match="is no head of a log"):
        heads.read(tmp_path / "bad.json")


def test_scores_that_are_edited(door, board) -> None:
    first, second, _ = (entry.id for entry in board.store.submissions())
    assert board.other_scores() == []
    execute(board, f"UPDATE scores SET value = value / 2 WHERE submission_id = '{first}'")
    assert board.other_scores() == [first]
    execute(board, f"UPDATE results SET released = 0 WHERE submission_id = '{second}'")
    assert board.other_scores() == sorted([first, second])
    status, _, err = door("season", "check", "--store", board.store.folder)
    assert (status, first in err, "qslbench rescore" in err) == (1, True, True)


def test_parts_of_the_log(board) -> None:
    every = board.log()
    assert board.log(1, 1) == every[1:2]
    assert board.log(2) == every[2:]
    assert board.log(3) == board.log(9) == []
    execute(board, "UPDATE decisions SET body_json = '{}' WHERE number = 3")
    with pytest.raises(WorkError, match="entry 3 does not fit"):
        board.log(2)


@pytest.mark.slow
def test_a_log_of_many_refusals_is_read_in_parts(board) -> None:
    """20,000 entries: a part costs what its lines cost, not what the whole log does."""
    with board.store.writing() as writing:
        for _ in range(20_000):
            writing.log("refused", {"account": "eve", "reason": "x" * 1000})
    began = time.process_time()
    assert len(board.log()) == 20_003
    whole = time.process_time() - began
    began = time.process_time()
    assert len(board.log(19_000, 100)) == 100
    part = time.process_time() - began
    print(f"{whole:.2f} s for the whole log, {part:.3f} s for 100 entries")
    assert part < whole / 20
