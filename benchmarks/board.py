"""Seconds to open a large board: its cells, the ranking of one, the ranking over all.

    python -m benchmarks.board

1000 entries × 100 cells of 200 test rows with random losses, written into a SQLite store in a
temporary folder (0.9 GB). Times are wall seconds of the calls behind the pages, and of requests of
the HTTP interface in this process: the first, which computes, and the median of the others, which a
board answers from memory until something changes a ranking.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import insert

from builders.core.machine import hardware
from leaderboard.api.application import application
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.store.store import Store
from leaderboard.store.tables import ResultRow, ScoreRow, SubmissionRow
from leaderboard.submission.metadata import EntryClass, Metadata

METRICS = ("rmse", "rmse_entrywise", "skill", "skill_x")
CLASSES: tuple[EntryClass, ...] = ("learned", "learned", "hybrid", "learned", "solver")
REFERENCE = 4.0  # loss of the constant answer
DETAILS = {
    "distances": {"distance": list(range(1, 127)), "rmse": [0.0123456] * 126},
    "violations": {"above_one": 0, "outside_pair": 3, "diagonal": 0, "asymmetric": 0},
    "ledger": {"allowed": 6400, "stated": None, "test_copies": 0},
    "floor": 0.0019,
}


def fill(store: Store, entries: int, cells: list[CellKey], rows: int) -> None:
    """Entries with random losses in every cell, in the tables of a store."""
    rng = np.random.default_rng(0)
    reference = np.full(rows, REFERENCE).tobytes()
    details = json.dumps(DETAILS)
    for entry in range(entries):
        id_ = f"{entry:012x}"
        about = Metadata(
            name=f"model {entry}", authors=("A",), entry_class=CLASSES[entry % len(CLASSES)],
            uses_test_shots=False, parameters=10 * entry, train_seconds=0.1 + entry % 97,
        )  # fmt: skip
        head = {
            "id": id_, "identity": f"{entry:064x}", "predictions_sha256": f"{entry:064x}",
            "created": datetime(2026, 1, 1) + timedelta(minutes=entry), "name": about.name,
            "metadata_json": about.model_dump_json(), "account": "a", "number": entry + 1,
        }  # fmt: skip
        results, scores = [], []
        for key in cells:
            losses = rng.exponential(1.0 + entry / entries, rows)
            of = {"submission_id": id_, **key._asdict()}
            results.append(of | {
                "scorer": 1, "losses": losses.tobytes(), "reference": reference,
                "sketch": bytes(2048), "released": True, "details_json": details,
                "told_loss": float(losses.mean()),
            })  # fmt: skip
            root, gain = float(np.sqrt(losses.mean())), 1.0 - float(losses.mean()) / REFERENCE
            values = (root, root, gain, gain)
            scores += [
                of | {"rows": rows, "metric": metric, "value": value, "low": value - 0.1,
                      "high": value + 0.1, "note": ""}
                for metric, value in zip(METRICS, values, strict=True)
            ]  # fmt: skip
        with store.engine.begin() as connection:
            connection.execute(insert(SubmissionRow), head)
            connection.execute(insert(ResultRow), results)
            connection.execute(insert(ScoreRow), scores)
    with store.writing() as writing:
        for entry in range(entries):
            writing.log("accepted", {"id": f"{entry:012x}", "account": "a", "season": None})


def clock(name: str, call: Callable[[], object], times: int = 6) -> None:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    print(f"{name:28s} {taken[0]:.2f} s first, {np.median(taken[1:]):.2f} s after")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--rows", type=int, default=200)
    args = parser.parse_args()
    cells = [
        CellKey(
            f"tfim_1d_n{k // 20 + 8:03d}", "correlation", 20 * (k % 5 + 1), 64 * (k // 5 % 4 + 1)
        )
        for k in range(args.cells)
    ]
    print(f"{args.entries} entries, {args.cells} cells, {args.rows} rows, {hardware()}")
    with tempfile.TemporaryDirectory(prefix="qslbench-board-") as folder:
        store = Store.open(folder)
        fill(store, args.entries, cells, args.rows)
        store.close()
        size = sum(path.stat().st_size for path in Path(folder).glob("board.sqlite*"))
        print(f"database {size / 1e6:.0f} MB")
        board = Board.open(folder)
        client = TestClient(application(lambda: board))
        clock("cells", board.cells)
        clock("ranking of one cell", lambda: board.ranking(*cells[0]))
        clock("ranking over 20 cells", lambda: board.overall(cells[:20]), 3)
        clock(f"ranking over {args.cells} cells", lambda: board.overall(cells))
        clock("GET /cells/…", lambda: client.get("/cells/" + "/".join(map(str, cells[0][:4]))))
        clock("GET /board", lambda: client.get("/board"))
        clock("GET /records?format=csv", lambda: client.get("/records?format=csv"), 2)
        board.close()


if __name__ == "__main__":
    main()
