"""Many processes at once, and processes that are killed: nothing lost, doubled or half there."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

import leaderboard
from leaderboard.store import decisions
from leaderboard.store.entries import ID_DIGITS
from leaderboard.store.store import Store
from tests.leaderboard import postgres

ROOT = Path(leaderboard.__file__).parent.parent
WORKERS, EACH = 8, 50

# Stores answers until it has stored so many: of its own, and one that all workers have.
WORKER = """
import sys
import numpy as np
from builders.core.errors import RequestError
from leaderboard.seasons.admission import Admission
from leaderboard.cells import Answer, CellKey
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.metadata import Metadata
from leaderboard.store.store import Store
from leaderboard.submission.submission import Submission

place, folder, private, worker, count, rows = *sys.argv[1:4], *map(int, sys.argv[4:])
key = CellKey("tfim_1d_n008", "correlation", 5, 16)
about = Metadata(name="m", authors=("A",), entry_class="learned", uses_test_shots=False)

def made(value):
    ids = 1_000_000 + np.arange(rows)
    return Submission(about, {key: Answer(ids, np.full((rows, 64), value, dtype=np.float32))})

reports = evaluate(made(0.0), None, private)
store = Store.open(place, folder)
print("ready", flush=True)
sys.stdin.readline()
for k in range(count):
    submission = made(0.5 if k == count // 2 else worker + (k + 1) / 1024)
    try:
        row = store.add(submission, Admission.of(submission, reports, None, live=False).admit)
        print(row.id, flush=True)
    except RequestError as error:
        assert "on the board already" in str(error), error
store.close()
"""


def start(place: str, folder: Path, private: Path, worker: int, count: int) -> subprocess.Popen:
    arguments = [place, str(folder), str(private), str(worker), str(count), "10"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments],
        cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True,
    )  # fmt: skip


def go(process: subprocess.Popen) -> None:
    assert process.stdout.readline() == "ready\n", process.stderr.read()
    process.stdin.write("\n")
    process.stdin.flush()


def check_whole(store: Store) -> set[str]:
    """Every row has its scores, its result and its file, whose numbers are those of its name."""
    rows = store.submissions()
    for row in rows:
        assert [len(metrics) for metrics in row.scores.values()] == [4]
        assert list(row.results) == list(row.scores)
        assert store.stored(row).predictions_sha256 == row.predictions_sha256
    log = store.decisions()
    decisions.check(log)
    assert sorted(json.loads(d.body_json)["id"] for d in log) == sorted(row.id for row in rows)
    return {row.id for row in rows}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    with postgres.server() if kind == "postgresql" else nullcontext() as url:
        yield url or f"sqlite:///{folder / 'board.sqlite'}"


KINDS = ["sqlite", pytest.param("postgresql", marks=postgres.needed)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_eight_processes_store_fifty_answers_each(kind, synthetic_master, tmp_path) -> None:
    with database(kind, tmp_path) as url:
        crowd = [
            start(url, tmp_path, synthetic_master.private, k + 1, EACH) for k in range(WORKERS)
        ]
        for process in crowd:
            go(process)
        said = []
        for process in crowd:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err
            said += out.split()
        store = Store.open(url, tmp_path)
        # The answer that all have is stored once.
        assert len(said) == len(set(said)) == WORKERS * (EACH - 1) + 1
        assert check_whole(store) == set(said)
        store.close()
    kept = {path.name for path in (tmp_path / "predictions").iterdir()}
    assert len(kept) == len(said)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_killed_in_the_middle(kind, synthetic_master, tmp_path) -> None:
    """kill -9 at random moments, six times: what was confirmed is there, the rest whole or not."""
    rng = random.Random(3)
    said: set[str] = set()
    with database(kind, tmp_path) as url:
        for worker in range(6):
            process = start(url, tmp_path, synthetic_master.private, worker + 1, 500)
            go(process)
            process.stdout.readline()  # it is at work
            time.sleep(rng.uniform(0.0, 0.3))
            os.kill(process.pid, signal.SIGKILL)
            out, _ = process.communicate(timeout=60)
            said |= {line for line in out.split() if len(line) == ID_DIGITS}
        store = Store.open(url, tmp_path)
        assert said <= check_whole(store)
        before = len(store.submissions())
        # A whole run of the first worker adds exactly what it had not confirmed.
        process = start(url, tmp_path, synthetic_master.private, 1, 20)
        go(process)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert len(check_whole(store)) == before + len(out.split())
        store.close()


def test_files_of_killed_processes_are_swept(tmp_path) -> None:
    Store.open(tmp_path).close()
    old, new = (tmp_path / "predictions" / name for name in ("a.new", "b.new.partial"))
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    Store.open(tmp_path).close()
    assert (old.exists(), new.exists()) == (False, True)
