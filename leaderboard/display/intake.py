"""An uploaded file on its way to the board."""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.display.previews import Preview
from leaderboard.refusals import AwayError, KnownError
from leaderboard.store.records import Receipt
from leaderboard.submission.submission import read_submission
from leaderboard.submission.validate import validate
from leaderboard.web.uploads import WORKING

Content = bytes | memoryview


@dataclass(frozen=True)
class Outcome:
    """What became of an upload.

    Attributes:
        receipt: of an accepted submission, else None.
        refusal: what is wrong, in full; "" if there is nothing.
        preview: of a file that was only looked at.
        known: id of the entry that a refused file is already; "" where it is none.
    """

    receipt: Receipt | None
    refusal: str = ""
    preview: Preview | None = None
    known: str = ""


@dataclass(frozen=True)
class UploadedFile:
    """A file as a visitor's browser sent it.

    Attributes:
        name: as the browser gave it.
        content: the bytes.
        sidecar: the JSON file with the metadata, if one was uploaded.
    """

    name: str
    content: Content
    sidecar: Content | None = None


def take(board: Board, upload: UploadedFile, account: str = "") -> Outcome:
    """Validate, score and store an upload; a refused one leaves nothing but an entry of the log.

    Args:
        board: where it goes.
        upload: the file.
        account: of the visitor.
    """
    return _with_files(
        upload,
        lambda path, beside: Outcome(board.submit(path, sidecar=beside, account=account)),
    )


def look(board: Board, upload: UploadedFile) -> Outcome:
    """Validate an upload without scoring or storing it; `preview` holds what is in it."""

    def read(path: Path, beside: Path | None) -> Outcome:
        data, _ = board.settings.pair()
        submission = read_submission(path, sidecar=beside)
        season = board.season()
        if season is not None:
            season.check_cells(submission.cells)
        board.store.refuse_known(submission)
        validate(submission, data)
        same = board.store.same_predictions(submission.predictions_sha256)
        return Outcome(None, preview=Preview.of(submission, same))

    return _with_files(upload, read)


def _with_files(upload: UploadedFile, do: Callable[[Path, Path | None], Outcome]) -> Outcome:
    """Do something with the upload as files, which are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qslbench-upload-") as folder:
        path = Path(folder) / safe_name(upload.name)
        beside = None
        try:
            path.write_bytes(upload.content)
            if upload.sidecar is not None:
                beside = Path(folder) / "metadata" / "sidecar.json"
                beside.parent.mkdir()
                beside.write_bytes(upload.sidecar)
        except OSError as error:
            return _no_room(error)
        try:
            with WORKING:
                return do(path, beside)
        except AwayError:
            raise
        except (RequestError, WorkError) as error:
            known = error.id if isinstance(error, KnownError) else ""
            return Outcome(None, str(error).replace(folder + os.sep, ""), known=known)


def _no_room(error: OSError) -> Outcome:
    return Outcome(None, f"the board has no room for the file now: {error.strerror}. Try later.")


def safe_name(name: str) -> str:
    """A file name of letters, digits, dots, dashes and underscores that does not begin with a dot.

    >>> safe_name("../../etc/my run.parquet")
    'my_run.parquet'
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"[^A-Za-z0-9._-]", "_", last)[-100:].lstrip(".")
    return kept or "upload.parquet"
