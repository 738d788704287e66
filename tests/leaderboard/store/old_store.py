"""A board of revision 0003, as the version before tracks left it.

Scores and results are those of that version: the files name no track, so that the scorer of today
takes them for what it took them for. Rows go into tables that the old revisions make, the log's
chain is hashed here.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import MetaData, create_engine, insert, select, text

from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard.board import accounts
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.seasons import seasons
from leaderboard.store import upgrade
from leaderboard.store.database import sqlite_url
from leaderboard.store.records import Receipt
from leaderboard.store.store import DATABASE, Store
from leaderboard.store.tables import Base
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SyntheticFolder, make_folder
from tests.leaderboard.answers import N, answer, cell, metadata

RANDOM_NOTE = "title; all outcome tokens replaced by random ones"
INPUTS_NOTE = "title; tokens that are inputs replaced by random ones"
ROWS = {"train": 12, "test": 10}
SMALL, OTHER = "tfim_1d_n008", "tfim_1d_n006"


@dataclass(frozen=True)
class OldBoard:
    """What the board told before.

    Attributes:
        folder: of the predictions.
        data: that the open season runs on.
        receipts: name → receipt, all cells of the usual tracks.
        rows: table → its rows.
        secret: a token of ada.
    """

    folder: Path
    data: SyntheticFolder
    receipts: dict[str, Receipt]
    rows: dict[str, list[dict[str, Any]]]
    secret: str

    def placed(self, home: Path, url: str | None) -> tuple[str, Path]:
        """The store, with tables of revision 0003, and its folder."""
        folder = shutil.copytree(self.folder, home / "old")
        _insert(url or sqlite_url(folder / DATABASE), self.rows)
        return url or str(folder), folder


def old_board(home: Path, patch: pytest.MonkeyPatch) -> OldBoard:
    """A closed and an open season, entries of every kind that only notes told apart."""
    patch.setattr(seasons, "_new_salt", lambda: "5a" * 32)
    # What that version did not ask.
    patch.setattr(seasons, "_refuse_seasonless", lambda *_: None)
    patch.setattr(seasons.Season, "check_cells", lambda *_: None)
    for module in ("store", "writing"):
        patch.setattr(f"leaderboard.store.{module}.ID_DIGITS", 12)
    new, data, secret = _filled(home)
    receipts = {receipt.metadata.name: receipt for receipt in new.submissions()}
    folder = home / "old"
    shutil.copytree(new.store.folder / "predictions", folder / "predictions")
    known = {key: str(getattr(new.settings, key)) for key in ("data", "private")}
    (folder / "board.json").write_text(json.dumps(known))  # whole names, as that version wrote
    for path in (folder / "predictions").iterdir():
        table = pq.read_table(path)
        if "track" in table.column_names:
            pq.write_table(table.drop_columns("track"), path)
    rows = _as_they_were(new.store)
    new.close()
    return OldBoard(folder, data, receipts, rows, secret)


def _filled(home: Path) -> tuple[Board, SyntheticFolder, str]:
    """A board of today with the same entries."""
    first, second = (
        make_folder(
            home / str(seed),
            BuildSpec("tfim_1d", Size(8), ROWS, shots=32, seed=seed, test_seed=2**61 + seed),
            BuildSpec("tfim_1d", Size(6), ROWS, shots=32, seed=seed, test_seed=2**61 + seed),
        )
        for seed in (7, 8)
    )
    board = Board.open(home / "new", first.public)
    _submit(board, first, "early", 0.3)
    _open(board, "2026", 9)
    _submit(board, first, "plain", 0.2)
    _submit(board, first, "control", 0.4, account="bob", notes=RANDOM_NOTE)
    _submit(board, first, "inputs", 0.45, account="bob", notes=INPUTS_NOTE)
    _submit(board, first, "away", 0.25, account="eve", notes="title; trained on tfim_1d_n006")
    _submit(board, first, "boast", 0.35, account="eve", notes="trained on 8 graphics processors")
    _submit(board, first, "exact", 0.1, account="eve", shots=0, notes="noise-free cell")
    board.close_season()
    board.close()
    board = Board.open(home / "new", second.public)
    _open(board, "2027", 4)
    _submit(board, second, "live", 0.2)
    _submit(board, second, "held", 0.196)  # 2 % better is no improvement that is released
    _submit(board, second, "live control", 0.4, account="bob", notes=RANDOM_NOTE)
    _, secret = accounts.create_token(board, "ada")
    return board, second, secret


def _open(board: Board, name: str, cap: int) -> None:
    """A season of the rules of then, with one half for all tasks."""
    board.open_season(name, cap)
    with board.store.engine.begin() as connection:
        connection.execute(text("UPDATE seasons SET rules = 1"))


def _submit(
    board: Board,
    data: SyntheticFolder,
    name: str,
    shift: float,
    account: str = "ada",
    shots: int = 16,
    **about: Any,
) -> None:
    path = board.store.folder / "new.parquet"
    small = answer(data, shift=shift)
    cells = {CellKey(SMALL, "correlation", N, shots): small}
    if name == "away":  # trained on the second config, which is not away from itself
        cells[cell(data, config=OTHER)] = (small.row_id, small.prediction[:, :36])
    write_submission(path, cells, metadata(name=name, **about))
    board.submit(path, account=account)
    path.unlink()


def _as_they_were(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables under the old names of their columns."""
    found: dict[str, list[dict[str, Any]]] = {}
    with store.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    for row in [*found["scores"], *found["results"]]:
        del row["id"], row["track"]  # ids count up by themselves
    for row in found["results"]:
        row["told"] = row.pop("released")
        del row["told_loss"]
    for row in found["submissions"]:
        del row["number"], row["chosen"]
    for row in found["seasons"]:
        del row["number"], row["rules"], row["told"], row["cells_json"]
    previous = "0" * 64
    for row in found["decisions"]:
        body = {k: v for k, v in json.loads(row["body_json"]).items() if k != "tracks"}
        row |= {"body_json": json.dumps(body, sort_keys=True), "previous": previous}
        chained = [row[k] for k in ("number", "created", "kind", "body_json", "previous")]
        row["sha256"] = previous = hashlib.sha256(json.dumps(chained).encode()).hexdigest()
    return found


def _insert(url: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    engine = create_engine(str(url).replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        upgrade._run(connection, None, "0003")
        tables = MetaData()
        tables.reflect(connection)
        assert "told" in tables.tables["results"].columns
        assert "track" not in tables.tables["scores"].columns
        for name, lines in rows.items():
            connection.execute(insert(tables.tables[name]), lines)
    engine.dispose()
