"""Where accepted submissions are kept: a database and a folder of predictions.

A submission is stored whole or not at all. Predictions are kept as Parquet under the hash of
their numbers, so that every score can be computed again.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from builders.core.errors import RequestError, WorkError
from leaderboard.cells import CellKey
from leaderboard.store import heads
from leaderboard.store.database import open_engine, sqlite_url, writing_session
from leaderboard.store.entries import ID_DIGITS, Entry, Head, Scored
from leaderboard.store.lookups import Lookups
from leaderboard.store.writing import Writing, refuse_known
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.reading import read_parquet
from leaderboard.submission.submission import METADATA_KEY, Submission, write_submission

DATABASE = "board.sqlite"
_ABANDONED_SECONDS = 3600.0

# Scores the cells of a new submission inside the transaction that stores it, or refuses it.
Admit = Callable[[Writing, Head], Mapping[CellKey, Scored]]


class LostError(WorkError):
    """The file of a stored submission is not what was submitted."""


@dataclass(frozen=True)
class Store(Lookups):
    """An open store.

    Attributes:
        engine: the database.
        folder: holds `predictions/` and, for SQLite, the database file.
    """

    folder: Path

    @staticmethod
    def open(place: Path | str, folder: Path | str | None = None) -> "Store":
        """Open a store, made if it is not there.

        Args:
            place: a folder (then SQLite inside it), or a database URL.
            folder: where predictions are kept; needed with a URL only.

        Raises:
            RequestError: a URL without a folder or with an unknown driver; a file as folder.
            WorkError: the database cannot be opened.
        """
        is_url = "://" in str(place)
        if is_url and folder is None:
            raise RequestError(
                f"store {str(place)!r} is a URL: a folder for the predictions is needed as well."
            )
        home = Path(place if folder is None else folder)
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            (home / "predictions").mkdir(mode=0o700, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise RequestError(f"store {home} is a file. Give a folder.") from None
        except OSError as error:
            raise WorkError(f"the store {home} cannot be made: {error.strerror}.") from None
        _sweep(home / "predictions")
        return Store(open_engine(str(place) if is_url else sqlite_url(home / DATABASE)), home)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction that holds the write lock; committed at the end, unless an error leaves
        the block.
        """
        with writing_session(self.engine) as session:
            with session.begin():
                writing = Writing(session)
                yield writing
            if writing.written:
                heads.remember(self.folder, writing.written[-1])

    def predictions_path(self, sha256: str) -> Path:
        """The file of predictions with that hash."""
        return self.folder / "predictions" / f"{sha256}.parquet"

    def add(
        self, submission: Submission, admit: Admit, account: str = "", season: str | None = None
    ) -> Head:
        """Store a submission.

        Args:
            submission: as read from a file.
            admit: scores its cells, or refuses.
            account: whose it is.
            season: that it enters.

        Raises:
            RequestError: the same answers and metadata are stored already (the message names the
                id), or `admit` refuses; nothing is stored.
            WorkError: the disk is full, or fails; nothing is stored.
        """
        final = self.predictions_path(submission.predictions_sha256)
        partial = final.with_name(f"{uuid4().hex}.new")
        try:
            write_submission(partial, submission.cells, submission.metadata)
            partial.chmod(0o600)
            _to_disk(partial)
            with self.writing() as writing:
                writing.refuse_known(submission.identity)
                # Inside the lock, so that the numbers are the order of arrival.
                head = _head(submission, account, season, writing.next_number())
                writing.add(head, admit(writing, head))
                partial.replace(final)  # last, so that rows without a file cannot be
                _to_disk(final.parent)
        except OSError as error:
            raise WorkError(
                f"the store {self.folder} cannot be written: {error.strerror or error}. Nothing "
                "was stored. Make room on its disk, or mend its rights, and do it again."
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        return head

    def refuse_known(self, submission: Submission) -> None:
        """Refuse what is stored already.

        Raises:
            RequestError: the same answers and metadata are there; names the id.
        """
        with Session(self.engine) as session:
            refuse_known(session, submission.identity)

    def stored(self, entry: Entry) -> Submission:
        """The answers of a stored submission, from its file, whose hash is checked.

        Raises:
            LostError: the file is gone, cannot be read, or holds other answers.
        """
        path = self.predictions_path(entry.predictions_sha256)
        try:
            found = Submission(entry.metadata, group_cells(read_parquet(path, METADATA_KEY)))
        except FileNotFoundError:
            raise LostError(
                f"the predictions of {entry.id} are not in the store any more."
            ) from None
        except (OSError, RequestError) as error:
            raise LostError(f"the predictions of {entry.id} cannot be read: {error}") from None
        if found.predictions_sha256 != entry.predictions_sha256:
            raise LostError(f"the predictions of {entry.id} are not those that were submitted.")
        # Files of before revision 0004 name no track; the tables do.
        known = {key[:4]: key for key in entry.scores}
        cells = {
            key if key in entry.scores else known.get(key[:4], key): answer
            for key, answer in found.cells.items()
        }
        return Submission(entry.metadata, cells)


def _head(submission: Submission, account: str, season: str | None, number: int) -> Head:
    return Head(
        id=submission.identity[:ID_DIGITS],
        created=datetime.now(UTC).replace(tzinfo=None),
        season=season,
        metadata=submission.metadata,
        identity=submission.identity,
        predictions_sha256=submission.predictions_sha256,
        account=account,
        number=number,
    )


def _sweep(folder: Path) -> None:
    """Remove files that a process left half written when it was killed."""
    for path in folder.glob("*.new*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink()


def _to_disk(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk: rows must not outlive the
    file that they name when the power fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
