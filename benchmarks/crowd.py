"""Many at once: processes that submit to one board, and what a file of many cells costs.

    python -m benchmarks.crowd --way http --database sqlite
    python -m benchmarks.crowd --way command --database postgresql
    python -m benchmarks.crowd --cells 1000

The first two: 8 processes send 50 small files each to a board of synthetic data on this machine,
over HTTP with a token of their own, or by what `qslbench submit` calls. Printed are the files that
were accepted, those that were told so and are not there, the seconds of one answer, and the largest
memory of the server (without its readers, which are processes of their own). PostgreSQL is started
on a free port where it is installed. The last: one file with so many cells is read, scored and
stored; how long, and how long the write lock is held.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from builders.core.machine import hardware
from leaderboard.board import accounts
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.store.store import Store
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SyntheticFolder, make_folder
from tests.leaderboard import postgres
from tests.leaderboard.answers import answer, metadata, write
from tests.leaderboard.serving import ROOT, served

SENDER = """
import json, sys, time
from pathlib import Path
from leaderboard.board.service import Board
from leaderboard.web import remote

way, place, folder, token, *paths = sys.argv[1:]
board = None if way == "http" else Board.open(place, folder=folder or None)
print("ready", flush=True)
sys.stdin.readline()
for path in map(Path, paths):
    began = time.perf_counter()
    try:
        if board is None:
            said = remote.submit(place, path, token).id
        else:
            said = board.submit(path, account=token).id
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    print(json.dumps([said, time.perf_counter() - began]), flush=True)
"""


def files(data: SyntheticFolder, folder: Path, processes: int, each: int) -> list[list[Path]]:
    """Different answers, so that every one is to be accepted."""
    return [
        [
            write(folder / f"{p}-{k}.parquet", data, (1 + k + each * p) / 1024, name=f"{p}-{k}")
            for k in range(each)
        ]
        for p in range(processes)
    ]


def sender(way: str, place: str, folder: str, who: str, paths: list[Path]) -> subprocess.Popen[str]:
    """A process that waits for a line and then sends its files."""
    arguments = [way, place, folder, who, *map(str, paths)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    )


def sent(senders: list[subprocess.Popen[str]]) -> list[tuple[str, float]]:
    """What they were told and after how many seconds, once all have been started together."""
    for process in senders:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in senders:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told: list[tuple[str, float]] = []
    for process in senders:
        out, _ = process.communicate()
        told += [(said, seconds) for said, seconds in map(json.loads, out.splitlines())]
    return told


def peak(pid: int) -> float:
    """Megabytes that the child of a process had at most."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[:1]
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
    return int(found) / 1e3


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Place and folder of a store."""
    with postgres.server() if kind == "postgresql" else nullcontext() as url:
        yield (str(folder), "") if url is None else (url, str(folder))


def crowd(way: str, kind: str, processes: int, each: int) -> None:
    """Let them submit, and count."""
    with tempfile.TemporaryDirectory(prefix="qslbench-crowd-") as scratch:
        home = Path(scratch)
        data = make_folder(home)
        paths = files(data, home, processes, each)
        with database(kind, home / "board") as (place, folder):
            board = Board.open(place, data.public, data.private, folder=folder or None)
            names = [f"account {p}" for p in range(processes)]
            memory = 0.0
            began = time.perf_counter()
            if way == "http":
                os.environ["NO_PROXY"] = "127.0.0.1"
                tokens = [accounts.create_token(board, name)[1] for name in names]
                more = ("--folder", folder) if folder else ()
                with served("--store", place, *more) as (command, facts):
                    url = facts["url"]
                    who = zip(tokens, paths, strict=True)
                    began = time.perf_counter()
                    told = sent([sender(way, url, "", t, p) for t, p in who])
                    memory = peak(command.pid)
            else:
                who = zip(names, paths, strict=True)
                told = sent([sender(way, place, folder, n, p) for n, p in who])
            seconds = time.perf_counter() - began
            report(told, board.store, seconds, memory)
            board.close()


def report(told: list[tuple[str, float]], store: Store, seconds: float, memory: float) -> None:
    """Print what became of the files."""
    stored = {entry.id for entry in store.submissions()}
    ids = [said for said, _ in told if ":" not in said]
    others = [said for said, _ in told if ":" in said]
    answers = np.array([taken for _, taken in told])
    print(
        f"{len(told)} sent, {len(ids)} accepted, {len(set(ids) - stored)} of them lost, "
        f"{len(stored - set(ids))} there untold, {len(others)} not accepted; {seconds:.0f} s, "
        f"an answer {np.median(answers):.2f} s in the median and {answers.max():.2f} s at most"
        + (f"; server {memory:.0f} MB at most" if memory else "")
    )
    for line in sorted(set(others))[:5]:
        print(f"  {line}")


def many_cells(count: int, entries: int) -> None:
    """Files of so many cells: what one costs when others are there."""
    with tempfile.TemporaryDirectory(prefix="qslbench-cells-") as scratch:
        home = Path(scratch)
        data = make_folder(home)
        board = Board.open(home / "board", data.public, data.private)
        every = [
            CellKey(data.config, task, n, shots)
            for task in ("energy", "renyi2", "correlation")
            for n in range(1, 13)
            for shots in range(1, 33)
        ][:count]
        locked: list[float] = []
        original = Store.writing

        @contextmanager
        def clocked(self: Store) -> Iterator[object]:
            with original(self) as writing:
                began = time.perf_counter()
                yield writing
                locked.append(time.perf_counter() - began)

        Store.writing = clocked  # type: ignore[method-assign,assignment]
        for entry in range(entries):
            answers = {
                task: answer(data, task, (entry + 1) / 64) for task in {k.task for k in every}
            }
            cells: dict[CellKey, Answer] = {key: answers[key.task] for key in every}
            path = home / "p.parquet"
            write_submission(path, cells, metadata(name=f"{entry}"))
            began, cpu = time.perf_counter(), time.process_time()
            board.submit(path)
            print(
                f"entry {entry + 1} of {len(cells)} cells, {path.stat().st_size / 1e6:.2f} MB: "
                f"{time.perf_counter() - began:.1f} s, {time.process_time() - cpu:.1f} s of this "
                f"process, write lock {locked[-1]:.2f} s"
            )
        board.close()


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=["http", "command"], default="http")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--cells", type=int)
    parser.add_argument("--entries", type=int, default=3)
    args = parser.parse_args()
    print(hardware())
    if args.cells:
        many_cells(args.cells, args.entries)
    else:
        print(f"{args.way}, {args.database}, {args.processes} processes of {args.each} files")
        crowd(args.way, args.database, args.processes, args.each)


if __name__ == "__main__":
    main()
