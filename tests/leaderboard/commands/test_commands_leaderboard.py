"""The commands validate, score and submit through the door, with their exit status."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import leaderboard
from leaderboard.cells import Answer
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, metadata, write

ROOT = Path(leaderboard.__file__).parent.parent


@pytest.fixture
def good(synthetic_folder, tmp_path) -> Path:
    return write(tmp_path / "good.parquet", synthetic_folder, shift=0.1)


def test_a_track_is_said(door, synthetic_folder, tmp_path) -> None:
    path = write(tmp_path / "t.parquet", synthetic_folder, 0.1, "random")
    status, out, _ = door("validate", path, "--data", synthetic_folder.public)
    assert (status, "shots=16 / random: 10 rows" in out) == (0, True)
    for command, place in (("validate", "--data"), ("score", "--private")):
        folder = synthetic_folder.public if place == "--data" else synthetic_folder.private
        status, out, _ = door(command, path, place, folder, "--json")
        assert {found["track"] for found in json.loads(out)["cells"]} == {"random"}


def test_validate(door, good, synthetic_folder) -> None:
    status, out, err = door("validate", good, "--data", synthetic_folder.public)
    assert (status, err) == (0, "")
    assert "is valid: a model, 2 cells." in out
    status, out, _ = door("validate", good, "--data", synthetic_folder.public, "--json")
    body = json.loads(out)
    assert status == 0
    assert body["valid"] is True
    assert [c["task"] for c in body["cells"]] == ["correlation", "renyi2"]
    assert {c["rows"] for c in body["cells"]} == {10}


def test_score_finds_the_public_folder(door, good, synthetic_folder) -> None:
    status, out, err = door("score", good, "--private", synthetic_folder.private, "--json")
    assert (status, err) == (0, "")
    body = json.loads(out)
    metrics = body["cells"][0]["metrics"]
    assert metrics["rmse"]["value"] == pytest.approx(0.1, abs=1e-6)
    assert metrics["skill"]["value"] > 0
    assert body["name"] == "a model"
    status, out, _ = door("score", good, "--private", synthetic_folder.private)
    assert status == 0
    assert "tfim_1d_n008 / correlation / n=5 / shots=16  0.1000 [0.1000, 0.1000]" in out


def test_score_without_public_data(door, good, synthetic_folder, tmp_path) -> None:
    alone = tmp_path / "labels"
    synthetic_folder.private.rename(alone)
    status, out, _ = door("score", good, "--private", alone, "--json")
    skill = json.loads(out)["cells"][0]["metrics"]["skill"]
    assert status == 0
    assert skill["value"] is None
    assert "training shots" in skill["note"]
    _, out, _ = door("score", good, "--private", alone)
    assert "- : skill needs the training shots" in out


def test_submit(door, good, synthetic_folder, tmp_path) -> None:
    board = tmp_path / "board"
    first = door("submit", good, "--store", board, "--data", synthetic_folder.public)
    assert first[0] == 0
    assert "a model is on the board as " in first[1]
    assert "rmse 0.1000" in first[1]
    again = door("submit", good, "--store", board)
    assert again[0] == 2
    assert again[1] == ""
    assert "on the board already, as " in again[2]
    other = write(tmp_path / "other.parquet", synthetic_folder, shift=0.1, name="other")
    status, out, _ = door("submit", other, "--store", board, "--json")
    body = json.loads(out)
    assert status == 0
    assert len(body["cells"]) == 2
    assert len(body["same_predictions"]) == 1


@pytest.mark.parametrize("option", ["--data", "--private", "--account"])
def test_a_running_board_knows_its_data(door, good, option) -> None:
    status, _, err = door("submit", good, "--store", "https://board.example.org", option, "x")
    assert status == 2
    assert "Leave out --data, --private, --account and --folder" in err


def test_first_submit_needs_the_data(door, good, tmp_path) -> None:
    status, _, err = door("submit", good, "--store", tmp_path / "board")
    assert status == 2
    assert "no board at" in err
    assert not (tmp_path / "board").exists()
    (tmp_path / "board").mkdir()
    status, _, err = door("submit", good, "--store", tmp_path / "board")
    assert status == 2
    assert "--data and --private" in err


@pytest.mark.parametrize("command", ["validate", "score", "submit"])
@pytest.mark.parametrize("fault", ["missing", "extra", "duplicated", "nan", "length"])
def test_bad_files(door, synthetic_folder, tmp_path, command, fault) -> None:
    ids, values, _ = answer(synthetic_folder)
    bad, words = {
        "missing": (Answer(ids[1:], values[1:]), "1 row missing: row_id 1000000"),
        "extra": (
            Answer(np.append(ids, 7), values[[*range(10), 0]]),
            "1 row outside the test rows",
        ),
        "duplicated": (
            Answer(np.append(ids, ids[3]), values[[*range(10), 3]]),
            "1 row given more than once: row_id 1000003",
        ),
        "nan": (Answer(ids, np.where(ids[:, None] == ids[0], np.nan, values)), "not finite"),
        "length": (Answer(ids, values[:, 1:]), "10 rows have 63 values; 64 are needed"),
    }[fault]
    path = tmp_path / "bad.parquet"
    write_submission(path, {cell(synthetic_folder): bad}, metadata())
    public, private = synthetic_folder.public, synthetic_folder.private
    options = {
        "validate": ["--data", public],
        "score": ["--private", private],
        "submit": ["--store", tmp_path / "board", "--data", public, "--private", private],
    }[command]
    status, out, err = door(command, path, *options)
    assert (status, out) == (2, "")
    assert err.startswith("qslbench: the submission is refused:")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x7fELF" + bytes(500), "like a Linux executable"),
        (b"PAR1" + bytes(500), "is truncated"),
        (b"", "has 0 bytes"),
        (None, "is not a file"),
    ],
)
def test_files_that_are_none(door, synthetic_folder, tmp_path, content, words) -> None:
    path = tmp_path / "bad.parquet"
    if content is not None:
        path.write_bytes(content)
    status, _, err = door("validate", path, "--data", synthetic_folder.public)
    assert status == 2
    assert words in err


def test_data_folder_without_manifest(door, good, tmp_path) -> None:
    (tmp_path / "none").mkdir()
    status, _, err = door("validate", good, "--data", tmp_path / "none")
    assert status == 2
    assert "has no manifest.json" in err


def test_damaged_store_is_failed_work(door, good, tmp_path) -> None:
    board = tmp_path / "board"
    board.mkdir()
    (board / "board.sqlite").write_text("text, not a database; long enough to be looked at twice")
    status, _, err = door("submit", good, "--store", board)
    assert status == 1
    assert "cannot be opened" in err


def test_the_real_door(good, synthetic_folder) -> None:
    arguments = ["validate", str(good), "--data", str(synthetic_folder.public), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "qslbench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["valid"] is True
    done = subprocess.run(
        [sys.executable, "-m", "qslbench", "validate", "absent.parquet", "--data", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("qslbench: absent.parquet is not a file.")
