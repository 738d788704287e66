"""Scores are a function of the stored files: computed again, they are the same bytes."""

import json
import random
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from sqlalchemy import text

import qslbench
from builders.core.errors import RequestError
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.scoring.scorer import Scorer
from tests.leaderboard.answers import open_season, write
from tests.paths import ROOT


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def dump(board) -> list:
    """All that is stored, but for the numbers of the lines."""
    with board.store.engine.connect() as connection:
        lines = []
        for table in ("submissions", "scores", "results"):
            for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
                lines.append((table, {k: v for k, v in row.items() if k != "id"}))
    return sorted(lines, key=str)


@pytest.mark.parametrize("seasons", [False, True])
def test_the_same_files_give_the_same_bytes(board, synthetic_folder, tmp_path, seasons) -> None:
    if seasons:
        open_season(board, synthetic_folder, "s", 9)
    for shift in (0.2, 0.199, 0.1):  # in a season the second is held back
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, shift))
    before = dump(board)
    assert rescore(board) == []
    assert dump(board) == before
    if seasons:
        board.close_season()
        final = dump(board)
        assert final != before
        assert rescore(board) == []
        assert dump(board) == final


def test_what_was_changed_is_set_right(board, synthetic_folder, tmp_path) -> None:
    ids = [
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, shift)).id
        for shift in (0.1, 0.2)
    ]
    before = dump(board)
    with board.store.engine.begin() as connection:
        connection.execute(
            text("UPDATE scores SET value = 0 WHERE submission_id = :id"), {"id": ids[1]}
        )
    assert dump(board) != before
    done = CliRunner().invoke(
        qslbench.cli, ["rescore", "--store", str(tmp_path / "board"), "--json"]
    )
    assert json.loads(done.output) == {"changed": [ids[1]]}
    assert dump(board) == before
    assert board.log()[-1]["changed"] == [ids[1]]


def test_a_store_without_losses_gets_them(board, synthetic_folder, tmp_path) -> None:
    id_ = board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1)).id
    before = dump(board)
    with board.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM results"))
    assert board.cells() == []
    assert rescore(board) == [id_]
    assert dump(board) == before


RESCORER = """
import sys
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.scoring.scorer import Scorer

board = Board.open(sys.argv[1])
print("ready", flush=True)
rescore(board)
print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_while_it_rescores(board, synthetic_folder, tmp_path) -> None:
    """kill -9 at random moments: all numbers are the old ones or the new ones, with their entry."""
    for k in range(12):
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, (k + 1) / 16))
    before, rng = dump(board), random.Random(5)
    ids = sorted(head.id for head in board.heads())
    for _ in range(6):
        with board.store.engine.begin() as connection:
            connection.execute(text("UPDATE scores SET value = 0"))
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-c", RESCORER, str(tmp_path / "board")],
            cwd=ROOT, stdout=pipe, text=True,
        )  # fmt: skip
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.0, 2.0))
        process.kill()
        out, _ = process.communicate(timeout=60)
        others = board.other_scores()
        assert others in ([], ids)
        assert (dump(board) == before) == (others == [])
        assert out == "" or others == []
        board.log()
    assert sorted(rescore(board)) in ([], ids)
    assert dump(board) == before


def test_a_season_that_is_closed_meanwhile_keeps_its_final_scores(
    board, synthetic_folder, tmp_path, monkeypatch
) -> None:
    """What was computed on the public half must not lie over the close."""

    class Slow(Scorer):
        def score(self, submission):
            monkeypatch.undo()
            board.close_season()
            return super().score(submission)

    open_season(board, synthetic_folder, "s", 9)
    board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1))
    monkeypatch.setattr("leaderboard.board.rescoring.Scorer", Slow)
    with pytest.raises(RequestError, match="closed meanwhile"):
        rescore(board)
    assert board.log()[-1]["kind"] == "season closed"
    assert rescore(board) == []
