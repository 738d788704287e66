"""A disk that is full, and stores that are damaged: words, a whole store, and no traceback."""

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from builders.core.errors import WorkError
from leaderboard.board.service import Board
from leaderboard.board.withdrawal import withdraw
from leaderboard.store.store import Store
from tests.leaderboard.answers import open_season, submit, write


@pytest.fixture
def small_disk(tmp_path):
    """A folder of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "qslbench-test", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system of a few MB can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Take all room but so many bytes."""
    path = folder / "other"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    path.write_bytes(bytes(max(0, free - leave)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("leave", [0, 16_384, 65_536])
def test_a_full_disk(small_disk, synthetic_master, tmp_path, leave) -> None:
    """Nothing is half there, what was there can be read, and it goes on when there is room."""
    board = Board.open(small_disk / "board", synthetic_master.public, synthetic_master.private)
    first = submit(board, synthetic_master, tmp_path / "p.parquet", 0.1)
    other = fill(small_disk, leave)
    said = []
    for k in range(10):
        try:
            submit(board, synthetic_master, tmp_path / "p.parquet", 0.2 + k / 64)
        except WorkError as error:
            said.append(str(error))
    refused = len(said)
    assert refused
    words = ("is full", "No space left", "disk I/O")
    assert all(any(word in text for word in words) for text in said), said
    kept = {entry.id for entry in board.store.submissions()}
    assert first.id in kept
    assert len(board.log()) == len(kept) == 11 - refused
    other.unlink()
    submit(board, synthetic_master, tmp_path / "p.parquet", 0.9)
    for entry in board.store.submissions():
        assert board.store.stored(entry).predictions_sha256 == entry.predictions_sha256
    assert board.other_scores() == []
    board.close()


def test_choices_and_withdrawals_on_a_full_disk(small_disk, synthetic_master, tmp_path) -> None:
    """They are there with their entry of the log, or not at all."""
    board = Board.open(small_disk / "board", synthetic_master.public, synthetic_master.private)
    open_season(board, synthetic_master, "s", 9)
    ids = [submit(board, synthetic_master, tmp_path / "p.parquet", e).id for e in (0.3, 0.2)]
    other = fill(small_disk, 0)
    with pytest.raises(WorkError, match="is full"):
        [board.choose(ids[0], "ada") for _ in range(50)]  # a few find room in the file
    with pytest.raises(WorkError, match="is full"):
        withdraw(board, ids[1], "ada")
    logged = [entry["kind"] for entry in board.log()]
    assert "withdrawn" not in logged
    assert not board.heads()[1].withdrawn
    assert (board.heads()[0].chosen or 0) == logged.count("chosen")
    other.unlink()
    withdraw(board, ids[1], "ada")
    assert board.close_season().revealed
    board.close()


@pytest.mark.slow
def test_the_command_says_that_the_disk_is_full(door, small_disk, synthetic_master, tmp_path):
    board = Board.open(small_disk / "board", synthetic_master.public, synthetic_master.private)
    board.close()
    fill(small_disk, 0)
    path = write(tmp_path / "p.parquet", synthetic_master, 0.1)
    status, out, err = door("submit", path, "--store", small_disk / "board")
    assert (status, out) == (1, "")
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


def test_a_damaged_store(door, synthetic_master, tmp_path) -> None:
    board = Board.open(tmp_path / "board", synthetic_master.public, synthetic_master.private)
    for k in range(3):
        submit(board, synthetic_master, tmp_path / "p.parquet", (k + 1) / 8)
    with board.store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    board.close()
    path = tmp_path / "board" / "board.sqlite"
    body = bytearray(path.read_bytes())
    for page in range(4096, len(body), 4096):  # all but the first, which holds the tables' names
        body[page : page + 2048] = b"\xff" * 2048
    path.write_bytes(body)
    for words in (("rescore",), ("season", "log"), ("season", "check")):
        status, _, err = door(*words, "--store", tmp_path / "board")
        assert status == 1
        assert "It is damaged: put a backup of the whole folder in its place" in err


def test_a_store_that_is_away(tmp_path) -> None:
    store = Store.open(tmp_path / "board")
    store.close()
    for path in (tmp_path / "board").glob("board.sqlite*"):
        path.unlink()
    (tmp_path / "board" / "board.sqlite").mkdir()
    with pytest.raises(WorkError, match="unable to open"):
        store.submissions()


def test_a_store_is_for_its_owner_alone(synthetic_master, tmp_path) -> None:
    board = Board.open(tmp_path / "board", synthetic_master.public, synthetic_master.private)
    submit(board, synthetic_master, tmp_path / "p.parquet", 0.1)
    for path in (tmp_path / "board").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert (tmp_path / "board").stat().st_mode & 0o777 == 0o700
    board.close()


def test_two_boards_on_one_store(synthetic_master, tmp_path) -> None:
    """What the one does the other sees at once, and neither loses the other's entries."""
    one, two = (
        Board.open(tmp_path / "board", synthetic_master.public, synthetic_master.private)
        for _ in range(2)
    )
    key = ("tfim_1d_n008", "correlation", 5, 16)
    for k in range(4):
        submit((one, two)[k % 2], synthetic_master, tmp_path / "p.parquet", (k + 1) / 8)
        assert len(one.ranking(*key)) == len(two.ranking(*key)) == k + 1
    assert one.log() == two.log()
    assert one.log_head() == two.log_head()
    one.close()
    two.close()
