"""Files as people's tools write them: what means one thing is taken, the rest refused."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.metadata import parse_metadata
from leaderboard.submission.reading import read_parquet
from leaderboard.submission.reading_csv import read_csv
from leaderboard.submission.submission import read_submission
from tests.leaderboard.answers import metadata

ONE = {"config": "c", "task": "renyi2", "n": 5, "shots": 16}
NAMES = [*ONE, "row_id", "prediction"]
HEAD = ",".join(NAMES)
ABOUT = metadata().model_dump_json()


def frame(rows: int = 4) -> pd.DataFrame:
    values = [[float(row), 0.5] for row in range(rows)]
    return pd.DataFrame([ONE] * rows).assign(row_id=range(rows), prediction=values)


def cells(table) -> dict:
    return {
        tuple(key): (answer.row_id.tolist(), answer.prediction.tolist())
        for key, answer in group_cells(table).items()
    }


def parquet(path, table) -> dict:
    pq.write_table(table, path)
    return cells(read_parquet(path, b"qslbench"))


EXPECTED = {("c", "renyi2", 5, 16, "standard"): ([0, 1, 3], [[0.0, 0.5], [1.0, 0.5], [3.0, 0.5]])}


def test_the_labels_of_a_filtered_pandas_frame_do_not_matter(tmp_path) -> None:
    kept = frame()[lambda f: f.row_id != 2]
    kept.to_parquet(tmp_path / "p.parquet")
    assert "__index_level_0__" in pq.read_schema(tmp_path / "p.parquet").names
    assert cells(read_parquet(tmp_path / "p.parquet", b"qslbench")) == EXPECTED
    kept.to_csv(tmp_path / "p.csv")
    assert cells(read_csv(tmp_path / "p.csv")) == EXPECTED
    kept.reset_index(names="Unnamed: 0").to_csv(tmp_path / "again.csv")
    assert cells(read_csv(tmp_path / "again.csv")) == EXPECTED


def test_texts_and_lists_as_newer_writers_have_them(tmp_path) -> None:
    table = pa.Table.from_pandas(frame()[lambda f: f.row_id != 2], preserve_index=False)
    for name in ("config", "task"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].cast(pa.string_view()))
    values = table["prediction"].to_pylist()
    for kind in (pa.list_view, pa.large_list_view):
        table = table.set_column(5, "prediction", pa.array(values, kind(pa.float32())))
        assert parquet(tmp_path / "p.parquet", table) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEAD}\nc,renyi2,5,16,7,0.5\n",
        f"{HEAD}\r\nc,renyi2,5,16,7,0.5\r\n",
        f"{HEAD}\rc,renyi2,5,16,7,0.5\r",
        f"{HEAD.replace(',', ', ')}\nc, renyi2 ,5,16,7, 0.5 \n",
        ",".join(f'"{name}"' for name in NAMES) + '\n"c ","renyi2",5,16,7,"0.5"\n',
        f"{HEAD}{' ' * 3000}\nc,renyi2,5,16,7,0.5\n",
    ],
)
def test_csv_that_means_one_thing(tmp_path, text) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8", newline="")
    assert cells(read_csv(tmp_path / "p.csv")) == {("c", "renyi2", 5, 16, "standard"): ([7], [0.5])}


def test_names_with_a_space_behind_are_of_the_same_cell(tmp_path) -> None:
    lines = ["c,phase,5,16,7,ordered ", "c ,phase,5,16,8, ordered", "c,phase,5,16,9,none"]
    (tmp_path / "p.csv").write_text("\n".join([HEAD, *lines]))
    (answer,) = group_cells(read_csv(tmp_path / "p.csv")).values()
    assert answer.prediction.tolist() == ["ordered", "ordered", "none"]
    assert answer.row_id.tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{HEAD}\nc,renyi2,5,16,7,1_000.5", "'1_000.5' is not a number"),
        (f"{HEAD}\nc,renyi2,5,16,1_000,0.5", "'row_id', row 0: '1_000' is not an integer"),
        (f"{HEAD}\nc,renyi2,5,16,7,1\nc,renyi2,5.0,16,8,1", "'n', row 1: '5.0' is not an integer"),
        (f"{HEAD}\nc,renyi2,5,16,{'9' * 400},0.5", f"'{'9' * 40}' is not an integer of 64 bits"),
        (f"{HEAD}\nc,renyi2,5,16,7,0.5".replace(",", ";"), "separated by ';': .* by commas"),
        (f"{HEAD}\nc,renyi2,5,16,7,0.5".replace(",", "\t"), "separated by '.t': .* by commas"),
        (f"{HEAD}{' ' * 70_000}\nc,renyi2,5,16,7,0.5", "first line has more than 65536 bytes"),
        (f"{HEAD},n\nc,renyi2,5,16,7,0.5,5", r"twice \['n'\]"),
        (f"{HEAD},,\nc,renyi2,5,16,7,0.5,0,0", r"twice \[''\]"),
        (f"{HEAD},x\nc,renyi2,5,16,7,0.5,0", r"unknown \['x'\]"),
    ],
)
def test_csv_that_could_mean_another_thing(tmp_path, text, words) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(RequestError, match=words) as refusal:
        read_csv(tmp_path / "p.csv")
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("n", [5.0], r"df\['n'\] = df\['n'\].astype\('int64'\)"),
        ("prediction", pa.array([1], pa.decimal128(5, 3)), "Write floats in place of decimals"),
    ],
)
def test_types_are_refused_with_the_mend(tmp_path, column, values, words) -> None:
    table = pa.table({**{k: [v] for k, v in ONE.items()}, "row_id": [7], "prediction": [0.5]})
    table = table.set_column(NAMES.index(column), column, pa.array(values))
    with pytest.raises(RequestError, match=words):
        parquet(tmp_path / "p.parquet", table)


def test_a_byte_order_mark_in_metadata() -> None:
    for text in (f"\ufeff{ABOUT}", ABOUT.encode("utf-8-sig"), ABOUT):
        assert parse_metadata(text) == metadata()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"train_seconds": "1_000.5"}, "a number is needed, such as 1000.5"),
        ({"parameters": "1_000"}, "a number is needed"),
        ({"parameters": True}, "a number is needed"),
        ({"seed": 10**400}, "seed: "),
        ({"parameters": 10**400}, "parameters: "),
        ({"train_seconds": 10**400}, "train_seconds: "),
    ],
)
def test_numbers_in_metadata_that_are_refused(changes, words) -> None:
    with pytest.raises(RequestError, match=words) as refusal:
        parse_metadata(json.dumps(json.loads(ABOUT) | changes))
    assert len(str(refusal.value)) < 300


def test_a_number_in_quotes_is_one() -> None:
    text = json.dumps(json.loads(ABOUT) | {"train_seconds": "10.5", "parameters": 1e6})
    assert parse_metadata(text).train_seconds == 10.5
    assert parse_metadata(text).parameters == 10**6


def test_utf16_is_named() -> None:
    with pytest.raises(RequestError, match=r"it is UTF-16\. Save it as UTF-8"):
        parse_metadata(ABOUT.encode("utf-16"))


def test_a_long_number_of_a_prediction_is_infinite(tmp_path) -> None:
    (tmp_path / "p.csv").write_text(f"{HEAD}\nc,renyi2,5,16,7,{'9' * 400}\n")
    (answer,) = group_cells(read_csv(tmp_path / "p.csv")).values()
    assert np.isinf(answer.prediction).all()  # which `validate` refuses by its row


@pytest.mark.parametrize("name", ["\0tfim_1d_n008", "tfim_1d_n008\0\0", "tfim\x1b[2J_1d_n008"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_names_with_signs_that_cannot_be_seen(tmp_path, name, suffix) -> None:
    """Nothing is guessed, and a terminal that shows the refusal is not written to."""
    path = tmp_path / f"p.{suffix}"
    cell = {"config": [name], "task": ["renyi2"], "n": [5], "shots": [16], "row_id": [1]}
    table = pa.table(cell | {"prediction": [0.5]})
    if suffix == "csv":
        path.write_text(",".join(table.column_names) + f"\n{name},renyi2,5,16,1,0.5\n")
    else:
        pq.write_table(table, path)
    path.with_suffix(".json").write_text(metadata().model_dump_json())
    with pytest.raises(RequestError, match="column 'config': 1 names hold a character that cannot"):
        read_submission(path)
