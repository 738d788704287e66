"""`qslbench board` as a process, for tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import leaderboard
from tests.paths import DOOR

ROOT = Path(leaderboard.__file__).parent.parent
STOP_SECONDS = 20


def start(*arguments: object, folder: Path | None = None) -> subprocess.Popen[str]:
    """Start the command with a pipe for each stream, in a folder."""
    return subprocess.Popen(
        [sys.executable, str(DOOR), "board", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        text=True,
        cwd=folder,
    )


@contextmanager
def served(
    *arguments: object, port: int = 0, folder: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A board that answers on a free port, with what its `--json` said.

    A test that fails in it shows what the server logged.
    """
    process = start("--port", port, "--json", *arguments, folder=folder)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield process, json.loads(line)
    except BaseException as error:
        process.terminate()
        error.add_note(f"The server logged: {process.communicate(timeout=STOP_SECONDS)[1]}")
        raise
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)
