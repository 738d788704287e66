"""A board of the version before tracks, opened by this one: everything is there, rules hold on."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from builders.core.errors import RequestError
from leaderboard.board import accounts
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.store.tables import Base
from leaderboard.submission.submission import read_submission, write_submission
from leaderboard.track import EXACT, RANDOM, STANDARD
from tests.leaderboard import postgres
from tests.leaderboard.answers import N, answer, metadata
from tests.leaderboard.store.old_store import OTHER, SMALL, OldBoard, old_board
from tests.leaderboard.store.test_upgrade import differences

KEY = CellKey(SMALL, "correlation", N, 16)
AWAY = f"from:{OTHER}"
# Name of an entry → the track of its cell; the cell of the config itself stays standard.
TRACKS = {
    "early": STANDARD, "plain": STANDARD, "boast": STANDARD, "live": STANDARD, "held": STANDARD,
    "control": RANDOM, "live control": RANDOM, "inputs": "random-inputs", "away": AWAY,
    "exact": EXACT,
}  # fmt: skip
KINDS = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, postgres.needed])]


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        return old_board(tmp_path_factory.mktemp("old"), patch)


@pytest.fixture(params=KINDS)
def board(request, old: OldBoard, tmp_path):
    with postgres.server() if request.param == "postgresql" else nullcontext() as url:
        place, folder = old.placed(tmp_path, url)
        opened = Board.open(place, folder=folder)
        yield opened
        opened.close()


def track_of(name: str, config: str) -> str:
    return STANDARD if config == OTHER else TRACKS[name]


def moved(name: str, key: CellKey) -> CellKey:
    return CellKey(*key[:4], track_of(name, key.config))


def test_every_row_is_there(old: OldBoard, board: Board) -> None:
    assert differences(board.store.engine) == []
    names = {row["id"]: row["name"] for row in old.rows["submissions"]}
    assert set(names.values()) == set(TRACKS)
    for table in Base.metadata.sorted_tables:
        expected = [dict(row) for row in old.rows[table.name]]
        for row in expected:
            if table.name in ("scores", "results"):
                row["track"] = track_of(names[row["submission_id"]], row["config"])
            if table.name == "results":
                row["released"] = row.pop("told")
                row |= {"told_loss": None, "sketch": None}
        if table.name == "seasons":
            rules = {"rules": 1, "told": 0, "cells_json": "[]"}
            expected = [row | rules | {"number": k} for k, row in enumerate(expected, start=1)]
        if table.name == "submissions":  # in the order of arrival
            expected = sorted(expected, key=lambda row: row["created"])
            more = [{"number": k, "chosen": None} for k in range(1, len(expected) + 1)]
            expected = [row | new for row, new in zip(expected, more, strict=True)]
        with board.store.engine.connect() as connection:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
        for row in found if table.name in ("scores", "results") else ():
            del row["id"]
        assert sorted(map(str, map(by_name, found))) == sorted(map(str, map(by_name, expected)))


def by_name(row: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(row.items()))


def test_what_it_told_it_tells(old: OldBoard, board: Board) -> None:
    """Ids, scores, the log, tokens; who submits an old file again is referred to the old entry."""
    found = {receipt.metadata.name: receipt for receipt in board.submissions()}
    for name, before in old.receipts.items():
        assert found[name].id == before.id
        assert found[name].scores == {moved(name, k): v for k, v in before.scores.items()}
    log = board.log()  # checks the chain
    kinds = ["accepted", "season opened", *["accepted"] * 6, "season closed"]
    assert [d["kind"] for d in log] == [
        *kinds, "season opened", *["accepted"] * 3, "token created",
    ]  # fmt: skip
    assert accounts.account_of_token(board, old.secret) == "ada"
    for name in ("plain", "control", "exact"):
        id_ = found[name].id
        path = board.store.predictions_path(board.store.submission(id_).predictions_sha256)
        with pytest.raises(RequestError, match=f"on the board already, as {id_}"):
            board.store.refuse_known(read_submission(path))


def test_tracks_are_ranked_apart(old: OldBoard, board: Board) -> None:
    ids = {name: receipt.id for name, receipt in old.receipts.items()}
    closed = {key: board.store.in_cell(key, "2026") for key in board.store.cells("2026")}
    assert {key.track: [e.name for e in found] for key, found in closed.items()
            if key.config == SMALL} == {
        STANDARD: ["plain", "boast"], RANDOM: ["control"], "random-inputs": ["inputs"],
        AWAY: ["away"], EXACT: ["exact"],
    }  # fmt: skip
    assert [row.id for row in board.ranking(*KEY)] == [ids["live"]]
    assert [row.id for row in board.ranking(*KEY[:4], RANDOM)] == [ids["live control"]]


def test_the_seasons_go_on(old: OldBoard, board: Board, tmp_path: Path) -> None:
    first, second = board.store.seasons()
    assert (first.name, first.revealed is None, second.name) == ("2026", False, "2027")
    assert board.scope() == ("2027", True)
    # The files, which name no track, give what the tables hold, but for sketches of a new form.
    before = {receipt.id: receipt.scores for receipt in board.submissions()}
    assert len(rescore(board)) == 3
    assert {receipt.id: receipt.scores for receipt in board.submissions()} == before
    assert rescore(board) == []
    path = tmp_path / "p.parquet"
    write_submission(path, {KEY: answer(old.data, shift=0.1)}, metadata())
    with pytest.raises(RequestError, match=r"opened under earlier rules.* Close it"):
        board.submit(path, account="ada")
    board.close_season()
    assert [row.name for row in board.ranking(*KEY)] == ["live"]  # one rank an account
    controls = board.ranking(*KEY[:4], RANDOM)
    assert [(row.name, row.score.value) for row in controls] == [
        ("live control", pytest.approx(0.4, abs=1e-6)),
    ]
    assert json.loads(board.store.decisions()[-1].body_json)["submissions"] == 3
    board.log()
