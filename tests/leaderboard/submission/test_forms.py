"""Every form that a prediction may have, there and back, and what is refused."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate
from leaderboard.submission.writing import write_submission
from tests.leaderboard.answers import answer, cell, exact, metadata
from tests.leaderboard.kinds.test_binary_metrics import FLIPS
from tests.paths import ROOT

KEY = CellKey("surface_d05", "flips", 100, 1)
OTHER = KEY._replace(n=20)
IDS = np.arange(1_000_000, 1_000_006)
BITS = np.array([1, 0, 0, 1, 1, 0], dtype=bool)
CHANCES = np.array([0.9, 0.1, 0.0, 1.0, 0.5, 0.25], dtype=np.float32)
HEAD = "config,task,n,shots,row_id,prediction\n"

FORMS = {
    "bits": Answer(IDS, BITS),
    "lists of bits": Answer(IDS, np.stack([BITS, ~BITS], axis=1)),
    "one number a row": Answer(IDS, CHANCES),
    "with deviations": Answer(IDS, np.stack([CHANCES] * 3, 1), np.stack([CHANCES] * 3, 1)),
    "with one deviation a row": Answer(IDS, np.stack([CHANCES] * 3, axis=1), CHANCES),
}


def equal(one: Answer, other: Answer) -> bool:
    assert one.prediction.dtype == other.prediction.dtype
    assert (one.std is None) == (other.std is None)
    pairs = zip(one, other, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs if a is not None)


def read(path) -> Submission:
    path.with_suffix(".json").write_text(metadata().model_dump_json())
    return read_submission(path)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_comes_back(tmp_path, form) -> None:
    given = FORMS[form]
    cells = {OTHER: given.take(np.arange(3)), KEY: given}
    write_submission(tmp_path / "p.parquet", cells, metadata())
    back = read_submission(tmp_path / "p.parquet")
    assert list(back.cells) == [OTHER, KEY]
    assert all(equal(back.cells[key], cells[key]) for key in cells)
    assert back.predictions_sha256 == Submission(metadata(), cells).predictions_sha256


def test_every_form_has_a_hash_of_its_own() -> None:
    hashes = {Submission(metadata(), {KEY: a}).predictions_sha256 for a in FORMS.values()}
    as_numbers = Answer(IDS, BITS.astype(np.float32)[:, None])
    hashes.add(Submission(metadata(), {KEY: as_numbers}).predictions_sha256)
    hashes.add(Submission(metadata(), {KEY: Answer(IDS, ~BITS)}).predictions_sha256)
    assert len(hashes) == len(FORMS) + 2
    mixed = Submission(
        metadata(), {KEY: FORMS["with deviations"].take(np.array([3, 1, 0, 2, 5, 4]))}
    )
    assert mixed.predictions_sha256 in hashes


@pytest.mark.parametrize("kind", ["bool", "uint8", "int64"])
@pytest.mark.parametrize("writer", ["pandas", "polars"])
def test_other_writers_bits(tmp_path, kind, writer) -> None:
    frame = pd.DataFrame(dict(zip(KEY._fields, KEY, strict=True)), index=IDS - IDS[0])
    frame = frame.assign(row_id=IDS, prediction=BITS.astype(kind))
    path = tmp_path / "p.parquet"
    if writer == "pandas":
        frame.to_parquet(path, index=False)
    else:
        pl.from_pandas(frame).write_parquet(path)
    assert equal(read(path).cells[KEY], FORMS["bits"])


@pytest.mark.parametrize(
    ("form", "column"),
    [
        ("bits", ["1", "0", "0", "1", "1", "0"]),
        ("bits", ["True", "False", "False", "True", "True", "False"]),
        ("bits", ["true", "false", "0", "1", "true", " false"]),
        ("one number a row", ["0.9", "1e-1", " 0", "1", "+.5", "0.25"]),
        (
            "lists of numbers",
            ['"[0.9, 1]"', '"[0, 1]"', '"[.0,1.]"', '"[1 , 1]"'] + ['"[5,-1]"'] * 2,
        ),
    ],
)
def test_csv_takes_the_same_forms(tmp_path, form, column) -> None:
    path = tmp_path / "p.csv"
    head = ",".join(map(str, KEY[:-1]))  # the track is the usual one
    lines = [f"{head},{row},{text}\n" for row, text in zip(IDS, column, strict=True)]
    path.write_text(HEAD + "".join(lines))
    lists = np.array([[0.9, 1], [0, 1], [0, 1], [1, 1], [5, -1], [5, -1]], dtype=np.float32)
    expected = FORMS.get(form, Answer(IDS, lists))
    assert equal(read(path).cells[KEY], expected)


def test_csv_with_deviations(tmp_path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "config,task,n,shots,row_id,std,prediction\n"
        'c,renyi2,1,1,7,0.5,"[1, 2]"\nc,renyi2,1,1,8,"0.25","[3, 4]"\n'
    )
    (found,) = read(path).cells.values()
    assert found.std.tolist() == [0.5, 0.25]
    assert found.prediction.tolist() == [[1, 2], [3, 4]]


def test_rows_of_cells_may_be_mixed(tmp_path) -> None:
    """Any order of rows: every cell gets its own, in the order of the file."""
    rng = np.random.default_rng(1)
    keys = [CellKey(c, "flips", n, 1) for c in ("a", "b") for n in (5, 20, 100)]
    which = rng.integers(0, 6, 500)
    bits, ids = rng.random(500) < 0.5, rng.permutation(500)
    columns = {name: [getattr(keys[k], name) for k in which] for name in CellKey._fields}
    pq.write_table(pa.table(columns | {"row_id": ids, "prediction": bits}), tmp_path / "p.parquet")
    found = read(tmp_path / "p.parquet").cells
    assert list(found) == sorted(keys)
    for k, key in enumerate(keys):
        assert equal(found[key], Answer(ids[which == k], bits[which == k]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prediction": [0, 7]}, "holds integers from 0 to 7; integers are bits, 0 or 1"),
        ({"prediction": [-1, 1]}, "holds integers from -1 to 1"),
        ({"prediction": [[1, 0], [1, 2]]}, "holds integers from 0 to 2"),
        ({"prediction": pa.array([True, None])}, "'prediction' has 1 empty value"),
        ({"prediction": [[True], [None]]}, "'prediction' has 1 empty bits in its lists"),
        ({"prediction": [[True], [True, False]]}, "1 rows differ in length from the usual 1"),
        ({"std": [True, False]}, "column 'std' has type bool; it must be a list of float32, or"),
        ({"std": [[0.1], [0.1, 0.2]]}, "column 'std', cell .*1 rows differ in length"),
        ({"std": ["a", "b"]}, "column 'std' has type string"),
    ],
)
def test_columns_that_cannot_be(tmp_path, change, words) -> None:
    columns = {name: [value] * 2 for name, value in KEY._asdict().items()}
    columns |= {"row_id": [7, 8], "prediction": [[0.5], [0.5]]} | change
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    with pytest.raises(RequestError, match=words):
        read(tmp_path / "p.parquet")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({KEY: (IDS, np.full(6, 2, dtype=np.uint8))}, "integers other than 0 and 1"),
        ({KEY: (IDS, BITS), OTHER: (IDS, CHANCES)}, "cells hold bits and single numbers"),
        ({KEY: FORMS["with deviations"], OTHER: (IDS, np.zeros((6, 3)))}, "1 of 2 cells state"),
        ({KEY: Answer(IDS, np.zeros((6, 3)), np.ones(5))}, r"std has shape \(5,\)"),
        ({KEY: (IDS, np.zeros((5, 3, 3)))}, r"prediction \(5, 9\)"),
    ],
)
def test_what_cannot_be_written(tmp_path, cells, words) -> None:
    with pytest.raises(RequestError, match=words):
        write_submission(tmp_path / "p.parquet", cells, metadata())
    assert list(tmp_path.iterdir()) == []


def faults(task, given: Answer, size=None) -> list[str]:
    return [f"{f.column}: {int(f.rows.sum())} {f.how}" for f in task.faults(given, None, size)]


@pytest.mark.parametrize(
    ("prediction", "words"),
    [
        (BITS, []),
        (BITS[:, None], []),
        (CHANCES, []),
        (CHANCES[:, None], []),
        (CHANCES + 0.5, ["prediction: 2 with values that are no probabilities, 0 to 1"]),
        (np.full(6, np.nan, np.float32), ["prediction: 6 with values that are no probab"]),
        (np.stack([BITS] * 2, 1), ["prediction: 6 have 2 values; 1 are needed"]),
        (np.array(["a"] * 6), ["prediction: 6 hold names; 0 or 1 is needed"]),
    ],
)
def test_answers_to_a_binary_task(prediction, words) -> None:
    found = faults(FLIPS, Answer(IDS, prediction))
    assert len(found) == len(words)
    assert all(a.startswith(b) for a, b in zip(found, words, strict=True))


def check(data, key, given: Answer) -> None:
    validate(Submission(metadata(), {key: given}), data.public)


def test_deviations_are_checked(synthetic_master) -> None:
    key, given = cell(synthetic_master, "renyi2"), answer(synthetic_master, "renyi2")
    for shape in ((10,), (10, 1), (10, 7)):
        check(synthetic_master, key, given._replace(std=np.full(shape, 0.1, np.float32)))
    std = np.full((10, 7), 0.1, np.float32)
    std[3, 2], std[5, 0], std[7, 6] = -0.1, np.inf, np.nan
    words = r"column 'std'.*3 rows with values that are negative or not finite: row_id 1000003"
    with pytest.raises(RequestError, match=words):
        check(synthetic_master, key, given._replace(std=std))
    with pytest.raises(RequestError, match=r"column 'std'.*10 rows have 6 values; 1 or 7 are"):
        check(synthetic_master, key, given._replace(std=std[:, :6]))


def test_deviations_of_classes_mean_nothing(phase_folder) -> None:
    ids, names = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
    given = Answer(ids, names, np.ones(10, np.float32))
    with pytest.raises(RequestError, match=r"column 'std'.*task phase is not answered by numbers"):
        check(phase_folder, cell(phase_folder, "phase", shots=4), given)


def test_one_number_a_row_is_enough_for_one_value(synthetic_master) -> None:
    """An energy may come as a plain number; a longer label may not, nor may bits."""
    key, given = cell(synthetic_master, "energy"), answer(synthetic_master, "energy")
    check(synthetic_master, key, given._replace(prediction=given.prediction[:, 0]))
    short, other = given._replace(prediction=given.prediction[:, 0]), key._replace(task="renyi2")
    with pytest.raises(RequestError, match="10 rows have 1 values; 7 are needed"):
        check(synthetic_master, other, short)
    with pytest.raises(RequestError, match="10 rows hold bits; lists of 7 numbers are needed"):
        check(synthetic_master, other, Answer(given.row_id, np.arange(10) % 2 == 0))


MILLION = """
import json, resource, sys, time
import numpy as np
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.truth import Truth
from leaderboard.scoring.score import report_of
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import read_submission, write_submission
from tests.leaderboard.kinds.test_binary_metrics import FLIPS
from pathlib import Path

started, path = time.perf_counter(), Path(sys.argv[1])
rng = np.random.default_rng(0)
ids, labels = 10**6 + np.arange(10**6), rng.random((10**6, 1)) < 0.5
bits = np.where(rng.random(10**6) < 0.99, labels[:, 0], ~labels[:, 0])
key = CellKey("surface_d05", "flips", 100, 1)
about = Metadata(name="m", authors=("A",), entry_class="learned", uses_test_shots=False)
write_submission(path, {key: (ids, bits)}, about)
answer = read_submission(path).cells[key]
assert not list(FLIPS.faults(answer, None, None))
truth = Truth(labels, ids, Blocks.of(10**6))
value = report_of(FLIPS, FLIPS.evidence(truth.aligned(answer), truth)).metrics["error_rate"]
peak = max(resource.getrusage(who).ru_maxrss for who in
           (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1e6
print(json.dumps({"bytes": path.stat().st_size, "seconds": time.perf_counter() - started,
                  "gigabytes": peak, "value": value.to_json()}))
"""


@pytest.mark.slow
def test_a_million_bits(tmp_path) -> None:
    """A submission of 10⁶ random bits is small, and is written, read, checked and scored soon."""
    done = subprocess.run(
        [sys.executable, "-c", MILLION, str(tmp_path / "p.parquet")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    print(told)
    assert told["bytes"] < 200_000  # 125 kB are the bits
    assert told["seconds"] < 60  # about 3
    assert told["gigabytes"] < 2
    assert told["value"]["value"] == pytest.approx(0.01, abs=4e-4)
    assert told["value"]["low"] < 0.01 < told["value"]["high"]
