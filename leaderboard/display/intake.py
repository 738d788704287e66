"""An uploaded file on its way to the board."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from builders.errors import RequestError, WorkError
from leaderboard.records import Receipt
from leaderboard.service import Board

Content = bytes | memoryview


@dataclass(frozen=True)
class Outcome:
    """What became of an upload.

    Attributes:
        receipt: of an accepted submission, else None.
        refusal: what is wrong, in full; "" if accepted.
    """

    receipt: Receipt | None
    refusal: str = ""


def take(board: Board, name: str, content: Content, sidecar: Content | None = None) -> Outcome:
    """Validate, score and store an upload; a refused one leaves nothing behind.

    Args:
        board: where it goes.
        name: the file's name as the visitor's browser gave it.
        content: the file.
        sidecar: the JSON file with the metadata, if one was uploaded.
    """
    with tempfile.TemporaryDirectory(prefix="qslbench-upload-") as folder:
        path = Path(folder) / safe_name(name)
        path.write_bytes(content)
        beside = None
        if sidecar is not None:
            beside = Path(folder) / "metadata" / "sidecar.json"
            beside.parent.mkdir()
            beside.write_bytes(sidecar)
        try:
            return Outcome(board.submit(path, sidecar=beside))
        except (RequestError, WorkError) as error:
            return Outcome(None, str(error).replace(folder + os.sep, ""))


def safe_name(name: str) -> str:
    """A file name of letters, digits, dots, dashes and underscores that does not begin with a dot.

    >>> safe_name("../../etc/my run.parquet")
    'my_run.parquet'
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"[^A-Za-z0-9._-]", "_", last)[-100:].lstrip(".")
    return kept or "upload.parquet"
