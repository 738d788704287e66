"""Hostile files are refused sooner than a good one is read, within 500 MB, and none is run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import leaderboard
from builders.core.errors import RequestError
from leaderboard.ranking.export import inert
from leaderboard.submission.metadata import parse_metadata
from leaderboard.submission.submission import read_submission
from tests.leaderboard import hostile
from tests.leaderboard.answers import metadata

ROOT = Path(leaderboard.__file__).parent.parent
MEGABYTES = 500.0
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are Linux's")


def readings(folder: Path, makers: dict[str, hostile.Maker]) -> dict[str, dict]:
    """What reading each file took, in a process that holds nothing else."""
    paths = {name: folder / name for name in makers}
    for name, make in makers.items():
        make(paths[name])
        paths[name].with_suffix(".json").write_text(metadata().model_dump_json())
    done = subprocess.run(
        [sys.executable, "-m", "tests.leaderboard.hostile", *map(str, paths.values())],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(done.stdout)
    assert not list(folder.glob("*.executed"))
    return dict(zip(makers, map(json.loads, done.stdout.splitlines()), strict=True))


def largest(folder: Path) -> dict:
    """What reading as many rows as are allowed took: four million bits of four cells, mixed."""
    (told,) = readings(folder, {"most.parquet": hostile.most_bits}).values()
    return told


def test_a_good_file_of_that_size_is_read(tmp_path) -> None:
    """As many values as a small file may hold, in lists of double: the limits leave room."""
    hostile.most_doubles(tmp_path / "p.parquet")
    assert len(read_submission(tmp_path / "p.parquet").cells) == 1


@LINUX
@pytest.mark.slow
def test_as_many_rows_as_are_allowed_are_read(tmp_path) -> None:
    told = largest(tmp_path)
    assert told["said"] is None
    assert max(told["own"], told["reader"]) < 2000


@LINUX
@pytest.mark.slow
def test_small_files_are_refused_at_once(tmp_path) -> None:
    good = largest(tmp_path)
    for name, told in readings(tmp_path, hostile.SMALL).items():
        assert told["said"], name
        assert told["said"].isprintable(), name
        assert len(told["said"]) < 2000, name
        assert told["cpu"] < good["cpu"], (name, told)
        assert max(told["own"], told["reader"]) < MEGABYTES, (name, told)


@LINUX
@pytest.mark.slow
def test_large_files_are_refused_soon(tmp_path) -> None:
    """As large as is allowed for text, 100 MB: twice the time, the same memory."""
    good = largest(tmp_path)
    for name, told in readings(tmp_path, hostile.LARGE).items():
        assert told["said"], name
        assert told["cpu"] < 2 * good["cpu"], (name, told)
        assert max(told["own"], told["reader"]) < MEGABYTES, (name, told)


def changed(**fields: object) -> str:
    return json.dumps(metadata().model_dump(mode="json") | fields)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "not accepted"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "not accepted"),
        (changed().replace("12,", "9" * 5000 + ","), "parameters|not accepted"),
        (changed(train_seconds="1e999"), "train_seconds"),
        (changed().replace("1.5", "1e999"), "train_seconds"),
        (changed().replace("1.5", "NaN"), "train_seconds"),
        (changed().replace("1.5", "-Infinity"), "train_seconds"),
        (changed()[:-1] + ', "name": "other"}', "keys given twice: name"),
        (changed(resources={"n": 1, "shots": 1}).replace('"n": 1', '"n": 1, "n": 2'), "twice: n"),
        (changed(name="a\u202eb"), "control characters"),
        (changed(name="a\0b"), "control characters"),
        (changed(notes="a\0b"), "control characters"),
        (changed(notes="a\u202eb"), "control characters"),
        (changed(notes="\x1b[2J"), "control characters"),
        (changed().replace("a model", "\\ud800"), "not accepted"),
        (changed().encode("utf-16"), "not accepted"),
        (changed(name="é").replace("\\u00e9", "é").encode("latin-1"), "not accepted"),
    ],
)
def test_hostile_metadata(text, words) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        parse_metadata(text)
    assert len(str(caught.value)) < 2000


def test_notes_may_have_lines() -> None:
    assert parse_metadata(changed(notes="one\n\ttwo\r\nthree")).notes == "one\n\ttwo\r\nthree"


@pytest.mark.parametrize("first", list("=+-@\t\r\n＝＋－＠"))
def test_no_spreadsheet_takes_text_for_a_formula(first) -> None:
    for text in (f"{first}1+1", f"  {first}1+1", f"\xa0{first}1+1"):
        assert inert(text) == f"'{text}"


def test_other_values_are_left_alone() -> None:
    assert [inert(value) for value in ("a=b", "", -1.5, None)] == ["a=b", "", -1.5, None]
