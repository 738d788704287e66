"""Small file work: hashes, and writes that are there whole or not at all."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TEMPORARY = ".partial-"


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def temporary(path: Path) -> Path:
    """A hidden name beside `path`, for this thread of this process."""
    return path.with_name(f"{_TEMPORARY}{os.getpid()}-{threading.get_native_id()}-{path.name}")


def replace_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends; readers see the old file or the new one."""
    staged = temporary(path)
    try:
        staged.write_bytes(text.encode("utf-8"))
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Try to make a file beside `path`, so that no work is lost that would be written there.

    Its folder is made if it is not there.

    Raises:
        OSError: the path is a folder, may not be written, or has no room.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    probe = temporary(path)
    probe.touch()
    probe.unlink()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one writer at a time; the lock is the folder itself, no file is left."""
    # fcntl is not on every system, and reading data must not need it.
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
