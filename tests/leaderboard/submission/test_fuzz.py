"""Whatever a file holds, reading and validating it ends in a submission or in a refusal."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leaderboard
from builders.core.errors import RequestError
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.metadata import parse_metadata
from leaderboard.submission.reading_csv import read_csv
from leaderboard.submission.submission import Submission
from leaderboard.submission.validate import validate
from tests.leaderboard.answers import metadata, write

ROOT = Path(leaderboard.__file__).parent.parent
QUICK = settings(
    derandomize=True,
    database=None,
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DEEP = settings(QUICK, max_examples=2000)

IDS = 1_000_000 + np.arange(10)
numbers = st.one_of(
    st.sampled_from([5, 16, 0, -1, 12, 33, 2**31, 2**63 - 1]), st.integers(-(2**63), 2**63 - 1)
)
names = st.one_of(
    st.sampled_from(["tfim_1d_n008", "renyi2", "correlation", "phase", "", "a\0b", "é" * 100]),
    st.text(max_size=30),
)
floats = st.floats(width=32)


@st.composite
def near_valid(draw: st.DrawFn) -> dict[str, list]:
    """The columns of a good file in which some rows were changed, left out or doubled."""
    table = {
        "config": ["tfim_1d_n008"] * 10,
        "task": ["renyi2"] * 10,
        "n": [5] * 10,
        "shots": [16] * 10,
        "row_id": IDS.tolist(),
        "prediction": [[0.5] * 7 for _ in range(10)],
    }
    values = {
        **dict.fromkeys(("config", "task"), st.none() | names),
        **dict.fromkeys(("n", "shots", "row_id"), st.none() | numbers),
        "prediction": st.none() | st.lists(st.none() | floats, max_size=9),
    }
    for column in draw(st.lists(st.sampled_from(list(table)), max_size=3)):
        table[column][draw(st.integers(0, 9))] = draw(values[column])
    rows = draw(st.lists(st.integers(0, 9), min_size=0, max_size=12) | st.just(range(10)))
    return {name: [column[k] for k in rows] for name, column in table.items()}


def taken(public: Path, columns: dict[str, list]) -> bool:
    """Whether the columns are accepted; only a refusal may stop it."""
    kinds = [pa.string(), pa.string(), *[pa.int64()] * 3, pa.list_(pa.float32())]
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    try:
        cells = group_cells(pa.table(columns, schema=schema))
        validate(Submission(metadata(), cells), public)
    except RequestError:
        return False
    return True


def test_the_table_that_is_changed_is_good(synthetic_master) -> None:
    table = dict.fromkeys(("config", "task", "n", "shots", "row_id", "prediction"))
    table |= {"config": ["tfim_1d_n008"] * 10, "task": ["renyi2"] * 10, "n": [5] * 10}
    table |= {"shots": [16] * 10, "row_id": IDS.tolist(), "prediction": [[0.5] * 7] * 10}
    assert taken(synthetic_master.public, table)


def _tables(synthetic_master, columns) -> None:
    """What is accepted has ten finite rows of the one cell, whatever was changed in it."""
    if taken(synthetic_master.public, columns):
        assert sorted(columns["row_id"]) == IDS.tolist()
        assert np.isfinite(np.array(columns["prediction"], dtype=np.float32)).all()
        assert set(columns["task"]) == {"renyi2"}


def _csv(tmp_path, body) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(body)
    with contextlib.suppress(RequestError):
        group_cells(read_csv(path))


def _json(text) -> None:
    with contextlib.suppress(RequestError):
        parse_metadata(text)


HEAD = b"config,task,n,shots,row_id,prediction\n"
PARTS = [b",", b'"', b"\n", b"[", b"]", b"0.5", b"x", b"\xff", b"\0", b"1", b"c,t,1,1,2,[1]\n"]
lines = st.lists(st.sampled_from(PARTS))
csv_bodies = st.one_of(
    st.binary(max_size=200),
    lines.map(lambda parts: HEAD + b'c,t,1,1,0,"[0.5]"\n' + b"".join(parts)),
    st.binary(max_size=100).map(lambda body: HEAD + body),
)
json_texts = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=9,
    ).map(lambda value: _dumps(value)),
)


def _dumps(value: object) -> str:
    return json.dumps(metadata().model_dump(mode="json") | {"notes": value, "seed": value})


# The same checks twice: a few examples that are always the same, and many.
test_tables_near_a_good_one = QUICK(given(columns=near_valid())(_tables))
test_csv_of_any_bytes = QUICK(given(body=csv_bodies)(_csv))
test_metadata_of_any_bytes = QUICK(given(text=json_texts)(_json))
test_many_tables = pytest.mark.slow(DEEP(given(columns=near_valid())(_tables)))
test_many_csv = pytest.mark.slow(DEEP(given(body=csv_bodies)(_csv)))
test_many_metadata = pytest.mark.slow(DEEP(given(text=json_texts)(_json)))

# Reads a file with some bytes changed, again and again, each time in a child: pyarrow ends the
# process on some of them, which `leaderboard.submission.isolated` turns into a refusal.
MUTATIONS = """
import os, random, sys
from pathlib import Path
from builders.core.errors import RequestError
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.isolated import _limit_memory
from leaderboard.submission.reading import read_parquet

path, count = Path(sys.argv[1]), int(sys.argv[2])
body, rng = path.read_bytes(), random.Random(5)
for _ in range(count):
    changed = bytearray(body)
    for _ in range(rng.choice([1, 1, 2, 8])):
        # Half of them in the footer, where every byte has a meaning.
        last = rng.choice([len(body) - 1, 1500])
        changed[len(body) - 1 - rng.randrange(min(last, len(body)))] = rng.randrange(256)
    path.write_bytes(changed)
    if os.fork():
        _, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        print("died" if code < 0 or code == 1 else {0: "read", 3: "refused"}[code])
        continue
    sys.stderr.close()
    try:
        _limit_memory()
        group_cells(read_parquet(path, b"qslbench", _limit_memory))
        os._exit(0)
    except RequestError:
        os._exit(3)
    except MemoryError:
        os._exit(1)
    except BaseException:
        os._exit(4)
"""


def mutated(data, path: Path, count: int) -> list[str]:
    write(path, data)
    done = subprocess.run(
        [sys.executable, "-c", MUTATIONS, str(path), str(count)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("count", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_changed_bytes_of_a_good_file(synthetic_master, tmp_path, count) -> None:
    found = mutated(synthetic_master, tmp_path / "p.parquet", count)
    assert len(found) == count
    assert found.count("refused") > count / 4
