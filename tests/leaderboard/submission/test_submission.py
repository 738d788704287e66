"""The submission format: what is written comes back, and strangers' writers are understood."""

import hashlib
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.metadata import parse_metadata
from leaderboard.submission.submission import Submission, read_submission, write_submission
from tests.leaderboard.answers import metadata

FIRST = CellKey("tfim_1d_n008", "renyi2", 20, 64)
SECOND = CellKey("tfim_1d_n016", "renyi2", 60, 64)


@pytest.fixture
def cells() -> dict[CellKey, Answer]:
    rng = np.random.default_rng(8)
    ids = np.arange(1_000_000, 1_000_006)
    return {
        FIRST: Answer(ids, rng.normal(size=(6, 7)).astype(np.float32)),
        SECOND: Answer(ids[:4][::-1].copy(), rng.normal(size=(4, 15)).astype(np.float32)),
    }


def same(left: Submission, cells: dict[CellKey, Answer]) -> bool:
    assert list(left.cells) == sorted(cells)
    for key, (row_id, prediction, _) in cells.items():
        assert left.cells[key].row_id.dtype == np.int64
        assert left.cells[key].prediction.dtype == np.float32
        np.testing.assert_array_equal(left.cells[key].row_id, row_id)
        np.testing.assert_array_equal(left.cells[key].prediction, prediction)
    return True


def frame(cells: dict[CellKey, Answer]) -> pd.DataFrame:
    lines = [
        (*key, int(row), prediction.tolist())
        for key, answer in cells.items()
        for row, prediction in zip(answer.row_id, answer.prediction, strict=True)
    ]
    return pd.DataFrame(lines, columns=[*CellKey._fields, "row_id", "prediction"])


def test_round_trip(tmp_path, cells) -> None:
    path = tmp_path / "new" / "p.parquet"
    write_submission(path, cells, metadata(seed=3))
    read = read_submission(path)
    assert same(read, cells)
    assert read.metadata == metadata(seed=3)
    assert [p.name for p in path.parent.iterdir()] == ["p.parquet"]


def test_file_is_as_documented(tmp_path, cells) -> None:
    write_submission(tmp_path / "p.parquet", cells, metadata())
    schema = pq.read_schema(tmp_path / "p.parquet")
    assert schema.names == ["config", "task", "n", "shots", "row_id", "prediction"]
    assert schema.field("prediction").type == pa.list_(pa.float32())
    assert json.loads(schema.metadata[b"qslbench"])["name"] == "a model"


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_tracks_come_back(tmp_path, cells, kind) -> None:
    tracks = ("random", "from:tfim_1d_n016", "random-inputs")
    other = {FIRST._replace(track=track): cells[FIRST] for track in tracks}
    every = cells | other | {CellKey(*FIRST[:3], 0): cells[FIRST]}
    path = tmp_path / f"p.{kind}"
    if kind == "csv":
        frame(every).to_csv(path, index=False)
        (tmp_path / "p.json").write_text(metadata().model_dump_json())
    else:
        write_submission(path, every, metadata())
        assert pq.read_schema(path).names[4] == "track"
    assert same(read_submission(path), every)


def test_a_file_without_tracks_is_of_the_usual_ones(tmp_path, cells) -> None:
    """Labels of rows without shots are exact; such a key may be written plainly, too."""
    plain = {FIRST[:4]: cells[FIRST], (*FIRST[:3], 0): cells[FIRST]}
    write_submission(tmp_path / "p.parquet", plain, metadata())
    expected = {FIRST: cells[FIRST], CellKey(*FIRST[:3], 0, "exact"): cells[FIRST]}
    assert same(read_submission(tmp_path / "p.parquet"), expected)
    path = tmp_path / "p.csv"
    frame(expected).drop(columns="track").to_csv(path, index=False)
    (tmp_path / "p.json").write_text(metadata().model_dump_json())
    assert same(read_submission(path), expected)


@pytest.mark.parametrize(
    ("tracks", "shots", "words"),
    [
        (
            ["standard", "standrd", "standrd", "x", "standard", "standard"],
            64,
            "column 'track': 3 rows .* row_id 1000001, 1000002, 1000003: .*Did you mean 'standard'",
        ),
        (["random"] * 5 + [""], 64, "column 'track': 1 rows .* row_id 1000005: unknown track ''"),
        (["standard"] * 6, 0, "6 rows .* 1000004: track 'standard' with shots=0"),
        (["exact"] * 6, 64, "6 rows .* track 'exact' with shots=64"),
        (["from:" + "x" * 300] * 6, 64, "column 'track' holds names of at most 200 bytes"),
        (["\x1b[2J"] * 6, 64, r"'track': .* cannot be seen, first '\\x1b\[2J'"),
    ],
)
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_tracks_that_are_none(tmp_path, cells, tracks, shots, words, kind) -> None:
    table = frame({FIRST: cells[FIRST]}).assign(track=tracks, shots=shots)
    path = tmp_path / f"p.{kind}"
    (tmp_path / "p.json").write_text(metadata().model_dump_json())
    if kind == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    with pytest.raises(RequestError, match=words) as refusal:
        read_submission(path)
    assert str(refusal.value).isprintable()


def test_a_track_of_numbers_is_refused(tmp_path, cells) -> None:
    frame(cells).assign(track=1).to_parquet(tmp_path / "p.parquet", index=False)
    with pytest.raises(RequestError, match="column 'track' has type int64; it must be text"):
        read_submission(tmp_path / "p.parquet")


def test_same_cells_give_the_same_bytes(tmp_path, cells) -> None:
    for name in ("a", "b"):
        write_submission(tmp_path / name, cells, metadata())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_csv_with_sidecar(tmp_path, cells) -> None:
    path = tmp_path / "p.csv"
    frame(cells).to_csv(path, index=False)
    (tmp_path / "p.json").write_text(metadata().model_dump_json())
    assert same(read_submission(path), cells)


@pytest.mark.parametrize("writer", ["pandas", "polars"])
def test_other_writers(tmp_path, cells, writer) -> None:
    """Shuffled rows, lists of double, large strings, other metadata in the file."""
    table = frame(cells).sample(frac=1.0, random_state=1)
    path = tmp_path / "p.parquet"
    if writer == "pandas":
        table.to_parquet(path, index=False)
    else:
        pl.from_pandas(table).write_parquet(path)
    (tmp_path / "p.json").write_text(metadata().model_dump_json())
    read = read_submission(path)
    assert read.predictions_sha256 == Submission(metadata(), cells).predictions_sha256


def test_hash_changes_with_every_part(cells) -> None:
    ids, values, _ = cells[FIRST]
    base = Submission(metadata(), {FIRST: cells[FIRST]})
    nudged = values.copy()
    nudged[3, 2] = np.nextafter(nudged[3, 2], np.float32(9))
    others = [
        Submission(metadata(), {FIRST._replace(n=21): cells[FIRST]}),
        Submission(metadata(), {FIRST._replace(track="random"): cells[FIRST]}),
        Submission(metadata(), {FIRST: Answer(ids + 1, values)}),
        Submission(metadata(), {FIRST: Answer(ids, nudged)}),
        Submission(metadata(), cells),
    ]
    hashes = {s.predictions_sha256 for s in [base, *others]}
    assert len(hashes) == 6
    renamed = Submission(metadata(name="other"), base.cells)
    assert renamed.predictions_sha256 == base.predictions_sha256
    assert renamed.identity != base.identity


def test_the_hash_of_usual_tracks_is_that_of_before_tracks(cells) -> None:
    """Ids of submissions hang on it."""
    row_id, values, _ = cells[FIRST]
    for shots in (64, 0):
        key = CellKey(*FIRST[:3], shots)
        head = json.dumps(["tfim_1d_n008", "renyi2", 20, shots, 6, 7]).encode()
        expected = hashlib.sha256(head + row_id.tobytes() + values.tobytes()).hexdigest()
        assert Submission(metadata(), {key: cells[FIRST]}).predictions_sha256 == expected


def test_fixed_size_lists_are_lists(tmp_path, cells) -> None:
    ids, values, _ = cells[FIRST]
    lists = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), 7)
    columns = {"config": [FIRST.config] * 6, "task": ["renyi2"] * 6, "n": [20] * 6}
    columns |= {"shots": [64] * 6, "row_id": ids, "prediction": lists}
    table = pa.table(columns).replace_schema_metadata({"qslbench": metadata().model_dump_json()})
    pq.write_table(table, tmp_path / "p.parquet")
    assert same(read_submission(tmp_path / "p.parquet"), {FIRST: cells[FIRST]})


def test_where_metadata_come_from(tmp_path, cells) -> None:
    path = tmp_path / "p.parquet"
    write_submission(path, cells, metadata(name="inside"))
    path.with_suffix(".json").write_text(metadata(name="beside").model_dump_json())
    other = tmp_path / "other.json"
    other.write_text(metadata(name="given").model_dump_json())
    assert read_submission(path).metadata.name == "inside"
    assert read_submission(path, sidecar=other).metadata.name == "given"


def test_missing_metadata_say_where_they_go(tmp_path, cells) -> None:
    path = tmp_path / "p.csv"
    frame(cells).to_csv(path, index=False)
    with pytest.raises(RequestError, match=r"has no metadata.*'qslbench'.*p\.json"):
        read_submission(path)
    path.with_suffix(".json").write_text(" " * 70_000)
    with pytest.raises(RequestError, match="too large: at most 65536 bytes"):
        read_submission(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"author": "Ada"}, "unknown key 'author'. Did you mean 'authors'"),
        ({"entry_class": "magic"}, "entry_class: .*'learned', 'hybrid' or 'solver'.*'magic'"),
        ({"name": ""}, "name: "),
        ({"name": "x" * 101}, "name: "),
        ({"name": "a\x1b[2Jb"}, "name: .*control characters"),
        ({"authors": ["Ada\nrank 1"]}, "authors.0: .*line breaks"),
        ({"authors": []}, "authors: "),
        ({"train_seconds": -1}, "train_seconds: .*given was '-1'"),
        ({"parameters": 1.5}, "parameters: "),
        ({"resources": {"n": 1, "shots": 2, "pretrain": 3}}, "'resources.pretrain'"),
        ({"resources": {"n": -1, "shots": 2}}, "resources.n: "),
    ],
)
def test_metadata_refusals(change, words) -> None:
    body = metadata().model_dump(mode="json") | change
    with pytest.raises(RequestError, match=words):
        parse_metadata(json.dumps(body))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "a"', "\x00", "{'name': 1}"])
def test_malformed_metadata(text) -> None:
    with pytest.raises(RequestError, match="the metadata is not accepted"):
        parse_metadata(text)


@pytest.mark.parametrize("key", ["name", "authors", "entry_class", "uses_test_shots"])
def test_required_metadata(key) -> None:
    body = metadata().model_dump(mode="json")
    del body[key]
    with pytest.raises(RequestError, match=f"key '{key}' is missing"):
        parse_metadata(json.dumps(body))


def test_writer_refusals(tmp_path, cells) -> None:
    path = tmp_path / "p.parquet"
    with pytest.raises(RequestError, match="at least one cell"):
        write_submission(path, {}, metadata())
    with pytest.raises(RequestError, match=r"row_id has shape \(2,\) and prediction \(3, 4\)"):
        write_submission(
            path, {FIRST: cells[FIRST], SECOND: ([1, 2], np.zeros((3, 4)))}, metadata()
        )
    assert list(tmp_path.iterdir()) == []
