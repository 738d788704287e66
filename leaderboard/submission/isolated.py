"""Reading a stranger's file in a process of its own.

pyarrow ends the process on some damaged footers, and a false one can ask for any amount of
memory. A child reads the file under limits of memory and time and hands the table over; if it
dies, the file is refused and the board lives on.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa

from builders.core.errors import RequestError, WorkError
from leaderboard.refusals import TooLargeError
from leaderboard.submission.reading import MAX_VALUES, check_magic, check_path, read_parquet

MAX_MEMORY = 8 * 2**30  # address space; the largest allowed file needs about 2 GB of it
BASE_MEMORY = 400 * 2**20  # that is written to, beside what the values of a Parquet file take
BYTES_A_VALUE = 24  # a page and its columns, twice in double precision, and what is handed over
MAX_SECONDS = 120
# The child's exit status when the message on its stdout is meant for people.
_REFUSED = {3: RequestError, 4: TooLargeError, 5: WorkError}


def read_table(path: Path, key: bytes) -> Any:
    """The columns of a Parquet or CSV file as a pyarrow Table.

    Args:
        path: CSV if its name ends in `.csv`, else Parquet.
        key: of the Parquet metadata to keep in the table's metadata.

    Raises:
        RequestError: the file is refused, or the child that read it died.
        WorkError: the temporary folder is full.
    """
    check_path(path)
    if not _is_csv(path):
        check_magic(path)  # saves the process for what is plainly no Parquet
    with tempfile.TemporaryDirectory(prefix="qslbench-") as folder:
        handed_over = Path(folder) / "table.arrow"
        _run_child(path, key, handed_over)
        with pa.OSFile(str(handed_over)) as source:
            return pa.ipc.open_file(source).read_all()


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _run_child(path: Path, key: bytes, out: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve a gigabyte, which is counted
    }
    command = [
        sys.executable,
        "-P",
        "-m",
        "leaderboard.submission.isolated",
        str(path),
        key.decode(),
        str(out),
    ]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise RequestError(
            f"{path.name} cannot be read: it took more than {MAX_SECONDS} seconds."
        ) from None
    if done.returncode in _REFUSED:
        raise _REFUSED[done.returncode](done.stdout.decode())
    if done.returncode != 0:
        raise RequestError(
            f"{path.name} cannot be read: the process that read it ended with status "
            f"{done.returncode}. The file is damaged, or needs more memory than is allowed."
        )


def _limit_memory(values: int = MAX_VALUES) -> None:
    """Let this process have what so many values need: pages of data can hold far more than the
    footer of the file says.
    """
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    written = BASE_MEMORY + BYTES_A_VALUE * values
    resource.setrlimit(resource.RLIMIT_DATA, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(path: Path, key: bytes, out: Path) -> int:
    _limit_memory()
    try:
        if _is_csv(path):
            # Its import is a sixth of the time that a small Parquet file takes.
            from leaderboard.submission.reading_csv import read_csv

            table = read_csv(path)
        else:
            table = read_parquet(path, key, _limit_memory)
    except RequestError as error:
        sys.stdout.buffer.write(str(error).encode())
        return 4 if isinstance(error, TooLargeError) else 3
    try:
        with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.unify_dictionaries())
    except OSError as error:
        words = (
            f"{out.parent} has no room for what is read: {error}. Nothing is wrong with the file."
        )
        sys.stdout.buffer.write(words.encode())
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(_child(Path(sys.argv[1]), sys.argv[2].encode(), Path(sys.argv[3])))
