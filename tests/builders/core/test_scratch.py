"""Scratch folders go: at the end, after an error, and after a kill by whoever comes next."""

import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from builders.core import scratch
from builders.core.scratch import scratch_folder
from tests.paths import ROOT


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scratch, "parent_folder", lambda: tmp_path)
    return tmp_path


def test_a_folder_goes_with_what_is_in_it(parent: Path) -> None:
    def failing() -> None:
        with scratch_folder() as folder:
            (folder / "file").write_text("x")
            assert folder.parent == parent
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert list(parent.iterdir()) == []


def test_a_folder_in_use_stays_and_that_of_a_killed_process_goes(parent: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from builders.core import scratch
scratch.parent_folder = lambda: Path(sys.argv[1])
with scratch.scratch_folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""
    command = [sys.executable, "-c", code, str(parent)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        with scratch_folder() as ours, scratch_folder() as second:
            assert set(parent.iterdir()) == {theirs, ours, second}
        other.send_signal(signal.SIGKILL)
    assert list(parent.iterdir()) == [theirs]
    with scratch_folder() as ours:
        assert list(parent.iterdir()) == [ours]


def test_a_full_memory_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(scratch, "_MEMORY", tmp_path)
    for free, expected in ((1 << 30, True), ((1 << 30) - 1, False)):
        monkeypatch.setattr(scratch.shutil, "disk_usage", lambda _, free=free: usage(free))
        assert (scratch.parent_folder() == tmp_path) == expected
    monkeypatch.setattr(scratch, "_MEMORY", tmp_path / "none")
    assert scratch.parent_folder() != tmp_path / "none"
