"""Every bad file of predictions is refused in words, before it can do harm."""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from leaderboard.submission import isolated, reading
from leaderboard.submission.submission import read_submission, write_submission
from leaderboard.submission.validate import validate
from tests.leaderboard.answers import answer, cell, metadata, write
from tests.paths import ROOT


def refused(path: Path, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        read_submission(path)


def refused_here(path: Path, words: str) -> None:
    """In this process, so that what is read can be watched."""
    with pytest.raises(RequestError, match=words):
        reading.read_parquet(path, b"qslbench")


def test_executable_renamed(tmp_path) -> None:
    path = tmp_path / "p.parquet"
    shutil.copy(Path(sys.executable).resolve(), path)
    refused(path, r"p\.parquet is not Parquet: it begins with b'")
    path.write_bytes(b"\x7fELF\x02\x01\x01\x00" * 100)
    refused(path, r"begins with b'\\x7fELF' like a Linux executable")


def test_executable_renamed_to_csv(tmp_path) -> None:
    path = tmp_path / "p.csv"
    shutil.copy(Path(sys.executable).resolve(), path)
    refused(path, "is not text")


@pytest.mark.parametrize("keep", [4, 11, 0.5, 0.99])
def test_truncated(synthetic_master, tmp_path, keep) -> None:
    path = write(tmp_path / "p.parquet", synthetic_master)
    body = path.read_bytes()
    path.write_bytes(body[: keep if isinstance(keep, int) else int(keep * len(body))])
    refused(path, "is truncated")


def test_damaged_inside(synthetic_master, tmp_path) -> None:
    path = write(tmp_path / "p.parquet", synthetic_master)
    body = bytearray(path.read_bytes())
    body[-200:-100] = bytes(100)
    path.write_bytes(body)
    refused(path, "cannot be read")


def test_damage_that_ends_the_reader(synthetic_master, tmp_path) -> None:
    """Bytes of the footer changed one at a time; some end the process inside pyarrow.

    Whatever happens in there, the answer is a submission or a refusal.
    """
    path = write(tmp_path / "p.parquet", synthetic_master)
    body = path.read_bytes()
    rng = np.random.default_rng(12)
    for _ in range(8):
        changed = bytearray(body)
        changed[len(body) - 9 - rng.integers(1500)] ^= int(rng.integers(1, 256))
        path.write_bytes(changed)
        with contextlib.suppress(RequestError):
            read_submission(path)


@pytest.mark.parametrize("end", ["kill -ABRT $$", "exit 1"])
def test_reader_that_dies_is_a_refusal(synthetic_master, tmp_path, monkeypatch, end) -> None:
    """A shell script stands in for the Python that reads."""
    path = write(tmp_path / "p.parquet", synthetic_master)
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\n{end}\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    refused(path, "the process that read it ended with status")


def test_memory_of_the_reader_is_limited() -> None:
    code = (
        "from leaderboard.submission.isolated import _limit_memory as f; f(); bytearray(9 * 2**30)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_reader_that_hangs_is_a_refusal(synthetic_master, tmp_path, monkeypatch) -> None:
    path = write(tmp_path / "p.parquet", synthetic_master)
    monkeypatch.setattr(isolated, "MAX_SECONDS", 0.01)
    refused(path, "it took more than 0.01 seconds")


def test_false_footer_length(tmp_path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + (2**31 - 1).to_bytes(4, "little") + b"PAR1")
    refused(path, "footer of 2147483647 bytes")


def test_empty_folder_and_absent(tmp_path) -> None:
    (tmp_path / "empty.parquet").touch()
    refused(tmp_path / "empty.parquet", "has 0 bytes")
    refused(tmp_path, "is not a file")
    refused(tmp_path / "absent.parquet", "is not a file")


def test_too_large(tmp_path, monkeypatch) -> None:
    path = tmp_path / "p.parquet"
    with path.open("wb") as stream:
        stream.truncate(reading.MAX_BYTES + 1)  # a sparse file
    refused(path, f"has {reading.MAX_BYTES + 1} bytes; 1 to {reading.MAX_BYTES} are allowed")


@pytest.fixture(scope="module")
def row_bomb(tmp_path_factory) -> Path:
    """10⁸ rows of the right columns: a hundred row groups that lie on the same bytes."""
    folder = tmp_path_factory.mktemp("bomb")
    put(folder / "once.parquet", columns(10**6))
    body = (folder / "once.parquet").read_bytes()
    footer = pq.read_metadata(folder / "once.parquet")
    for _ in range(99):
        footer.append_row_groups(pq.read_metadata(folder / "once.parquet"))
    footer.write_metadata_file(folder / "footer")
    data = body[: -8 - int.from_bytes(body[-8:-4], "little")]
    (folder / "bomb.parquet").write_bytes(data + (folder / "footer").read_bytes()[4:])
    return folder / "bomb.parquet"


@pytest.fixture
def unread(monkeypatch) -> None:
    """Reading a column fails the test."""

    def read(*args, **kwargs):
        raise AssertionError("a column was read")

    monkeypatch.setattr(pq.ParquetFile, "read", read)


def test_row_bomb_is_not_read(row_bomb, unread) -> None:
    assert row_bomb.stat().st_size < 1_000_000
    with pq.ParquetFile(row_bomb) as file:
        assert file.metadata.num_rows == 10**8
        assert file.read_row_group(99).num_rows == 10**6
    words = "too large: 100000000 rows, at most 4000000 are allowed"
    refused(row_bomb, words)
    refused_here(row_bomb, words)


def columns(rows: int = 1, **changes) -> dict:
    one = {"config": "tfim_1d_n008", "task": "renyi2", "n": 1, "shots": 1, "row_id": 0}
    one["prediction"] = pa.scalar([0.0], pa.list_(pa.float32()))
    return {name: pa.repeat(value, rows) for name, value in one.items()} | changes


def put(path: Path, table: dict) -> Path:
    """A Parquet file with good metadata and these columns."""
    with_metadata = pa.table(table).replace_schema_metadata(
        {"qslbench": metadata().model_dump_json()}
    )
    pq.write_table(with_metadata, path, compression="zstd")
    return path


def test_value_bomb_is_not_read(tmp_path, unread, monkeypatch) -> None:
    """Few rows with very long predictions; the limit is lowered to keep the test small."""
    monkeypatch.setattr(reading, "MAX_VALUES", 1000)
    monkeypatch.setattr(reading, "MAX_ROWS", 10)
    path = put(tmp_path / "p.parquet", columns(prediction=[[0.0] * 2000]))
    refused_here(path, "2005 values in .* at most 1000 values")


def test_long_names_are_not_unpacked(tmp_path) -> None:
    """A name of 1 MB in 100000 rows is small in the file and 100 GB as text."""
    rows = 100_000
    text = pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), ["x" * 10**6])
    path = put(tmp_path / "p.parquet", columns(rows, config=text))
    assert path.stat().st_size < 1_000_000
    refused(path, "names of at most 200 bytes.* the longest of 1000000 bytes")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"prediction": [b"x"]},
            "column 'prediction' has type binary; it must be a list of float32",
        ),
        ({"prediction": [["a"]]}, "column 'prediction' has type"),
        ({"prediction": [[[0.5]]]}, "column 'prediction' has type"),
        ({"n": ["5"]}, "column 'n' has type string; it must be an integer"),
        ({"row_id": [1.0]}, "column 'row_id' has type double"),
        ({"config": [5]}, "column 'config' has type int64; it must be text"),
        ({"task": [None]}, "column 'task' has type null"),
        ({"n": pa.array([None], pa.int64())}, "column 'n' has 1 empty value"),
        ({"prediction": pa.array([None], pa.list_(pa.float32()))}, "'prediction' has 1 empty"),
        ({"extra": [1]}, r"unknown \['extra'\].* Needed are exactly: config, task, n, shots"),
    ],
)
def test_wrong_columns(tmp_path, change, words) -> None:
    refused(put(tmp_path / "p.parquet", columns(**change)), words)


def test_missing_column(tmp_path) -> None:
    table = columns()
    del table["row_id"]
    refused(put(tmp_path / "p.parquet", table), r"columns missing \['row_id'\]")


def test_no_rows(tmp_path) -> None:
    empty = {"config": pa.array([], pa.string()), "task": pa.array([], pa.string())}
    empty |= {name: pa.array([], pa.int64()) for name in ("n", "shots", "row_id")}
    empty |= {"prediction": pa.array([], pa.list_(pa.float32()))}
    refused(put(tmp_path / "p.parquet", empty), "has no rows")


def test_uneven_lengths(tmp_path) -> None:
    lists = [[0.0, 1.0], [0.0, 1.0], [0.0]]
    path = put(tmp_path / "p.parquet", columns(3, row_id=[5, 6, 7], prediction=lists))
    refused(path, "column 'prediction'.*1 rows differ in length from the usual 2.*row_id 7 has 1")


def test_empty_values_inside_lists_are_not_finite(synthetic_master, tmp_path) -> None:
    lists = pa.array([[0.0, None]], pa.list_(pa.float32()))
    submission = read_submission(put(tmp_path / "p.parquet", columns(prediction=lists)))
    with pytest.raises(RequestError, match="not finite: row_id 0"):
        validate(submission, synthetic_master.public)


def test_doubles_past_float32_are_not_finite(synthetic_master, tmp_path) -> None:
    submission = read_submission(put(tmp_path / "p.parquet", columns(prediction=[[1e300]])))
    with pytest.raises(RequestError, match="not finite: row_id 0"):
        validate(submission, synthetic_master.public)


def test_too_many_cells(tmp_path, monkeypatch) -> None:
    path = put(tmp_path / "p.parquet", columns(1001, n=list(range(1001))))
    refused(path, "has more than 1000 cells")


HEAD = "config,task,n,shots,row_id,prediction\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + 'c,renyi2,1,1,0,"[0.1, x]"\n', r"row 0: '\[0.1, x\]' is not a list of numbers"),
        (HEAD + "c,renyi2,1,1,0,0.5x\n", "'0.5x' is not a number"),
        (HEAD + "c,renyi2,1,1,0,0.5\nc,renyi2,1,1,1,[0.5]\n", r"row 1: '\[0.5\]' is not a number"),
        (HEAD + "c,renyi2,1,1,0,1\nc,renyi2,1,1,1,yes\n", "row 1: 'yes' is not a number"),
        (HEAD + 'c,renyi2,1,1,0,"[]"\n', r"'\[\]' is not a list of numbers"),
        (HEAD + 'c,renyi2,1.5,1,0,"[0.1]"\n', "column 'n', row 0: '1.5' is not an integer"),
        (HEAD + "c,renyi2,1,1\n", "cannot be read as CSV"),
        (HEAD, "has no rows"),
        ("config,task\nc,renyi2\n", r"columns missing \['n', 'shots', 'row_id', 'prediction'\]"),
    ],
)
def test_bad_csv(tmp_path, text, words) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    path.with_suffix(".json").write_text(json.dumps(metadata().model_dump(mode="json")))
    refused(path, words)


def test_csv_not_finite(synthetic_master, tmp_path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(HEAD + 'tfim_1d_n008,renyi2,1,1,0,"[nan, 1e300]"\n')
    path.with_suffix(".json").write_text(metadata().model_dump_json())
    with pytest.raises(RequestError, match="not finite: row_id 0"):
        validate(read_submission(path), synthetic_master.public)


def test_parquet_named_csv_and_text_named_parquet(synthetic_master, tmp_path) -> None:
    path = write(tmp_path / "p.csv", synthetic_master)
    refused(path, "CSV|columns missing")
    (tmp_path / "t.parquet").write_text(HEAD)
    refused(tmp_path / "t.parquet", r"not Parquet: it begins with b'conf'.* \.csv")


def test_rewritten_file_is_still_good(synthetic_master, tmp_path) -> None:
    """A submission of thousands of row groups, as a streaming writer makes it, is read."""
    key, (ids, values, _) = cell(synthetic_master), answer(synthetic_master)
    write_submission(tmp_path / "p.parquet", {key: (ids, values)}, metadata())
    table = pq.read_table(tmp_path / "p.parquet")
    pq.write_table(table, tmp_path / "q.parquet", row_group_size=1)
    validate(read_submission(tmp_path / "q.parquet"), synthetic_master.public)
