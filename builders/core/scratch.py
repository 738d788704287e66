"""Scratch folders of a process, in memory where that has room, removed also after a kill."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "qslbench-scratch-"
_MEMORY, _ROOM = Path("/dev/shm"), 1 << 30  # bytes that must be free in it


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is removed at the end; on entry, also those of processes that were killed."""
    parent = parent_folder()
    _remove_abandoned(parent)
    with TemporaryDirectory(prefix=_PREFIX, dir=parent) as name:
        folder = Path(name)
        # A lock of this kind ends with its process. It is there before the name that others look
        # for, so that nobody takes a folder away that is just being made.
        with (folder / "new").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "new").rename(folder / "lock")
            yield folder


def parent_folder() -> Path:
    """Where scratch folders are made: the memory file system, or the temporary folder."""
    writable = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK)
    if writable and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return Path(gettempdir())


def _remove_abandoned(parent: Path) -> None:
    for path in parent.glob(f"{_PREFIX}*/lock"):
        # Another user's folder, one that is in use, or one that is being removed: let it be.
        with suppress(OSError), path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path.parent, ignore_errors=True)
