"""Where accepted submissions are kept: a database and a folder of predictions.

A submission is stored whole or not at all. Predictions are kept as Parquet under the hash of
their numbers, so that every score can be computed again.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session, selectinload

from builders.core.errors import RequestError, UnknownError
from leaderboard.cells import CellKey
from leaderboard.refusals import ConflictError
from leaderboard.store.database import open_engine, sqlite_url, writing_session
from leaderboard.store.decisions import WITHOUT_EFFECT
from leaderboard.store.tables import DecisionRow, ResultRow, ScoreRow, SubmissionRow
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.reading import read_parquet
from leaderboard.submission.submission import METADATA_KEY, Submission, write_submission

DATABASE = "board.sqlite"
_ABANDONED_SECONDS = 3600.0
_BATCH = 10_000
_SCORE = ("config", "task", "n", "shots", "metric", "value", "low", "high", "note")

# Fills the row of a new submission inside the transaction that stores it, or refuses it.
Admit = Callable[[Session, SubmissionRow], None]


@dataclass(frozen=True)
class Store:
    """An open store.

    Attributes:
        engine: the database.
        folder: holds `predictions/` and, for SQLite, the database file.
    """

    engine: Engine
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
            (home / "predictions").mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise RequestError(f"store {home} is a file. Give a folder.") from None
        _sweep(home / "predictions")
        return Store(open_engine(str(place) if is_url else sqlite_url(home / DATABASE)), home)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def predictions_path(self, sha256: str) -> Path:
        """The file of predictions with that hash."""
        return self.folder / "predictions" / f"{sha256}.parquet"

    def add(self, submission: Submission, admit: Admit, account: str = "") -> SubmissionRow:
        """Store a submission.

        Args:
            submission: as read from a file.
            admit: puts the scores into the row, or refuses.
            account: whose it is.

        Raises:
            RequestError: the same answers and metadata are stored already (the message names the
                id), or `admit` refuses; nothing is stored.
        """
        row = SubmissionRow(
            id=submission.identity[:12],
            identity=submission.identity,
            predictions_sha256=submission.predictions_sha256,
            name=submission.metadata.name,
            metadata_json=submission.metadata.model_dump_json(),
            account=account,
        )
        final = self.predictions_path(row.predictions_sha256)
        partial = final.with_name(f"{uuid4().hex}.new")
        try:
            write_submission(partial, submission.cells, submission.metadata)
            _to_disk(partial)
            with writing_session(self.engine) as session, session.begin():
                _refuse_known(session, row.identity)
                # Inside the lock, so that the order of times is the order of arrival.
                row.created = datetime.now(UTC).replace(tzinfo=None)
                with session.no_autoflush:
                    admit(session, row)
                session.add(row)
                session.flush()
                partial.replace(final)  # last, so that rows without a file cannot be
                _to_disk(final.parent)
                session.expunge_all()
        finally:
            partial.unlink(missing_ok=True)
        return row

    def refuse_known(self, submission: Submission) -> None:
        """Refuse what is stored already.

        Raises:
            RequestError: the same answers and metadata are there; names the id.
        """
        with Session(self.engine) as session:
            _refuse_known(session, submission.identity)

    def stored(self, row: SubmissionRow) -> Submission:
        """The answers of a stored submission, from its file."""
        table = read_parquet(self.predictions_path(row.predictions_sha256), METADATA_KEY)
        return Submission(Metadata.model_validate_json(row.metadata_json), group_cells(table))

    def submission(self, id_: str) -> SubmissionRow:
        """One submission with its scores.

        Raises:
            RequestError: no such id.
        """
        query = _with_all(select(SubmissionRow)).where(SubmissionRow.id == id_)
        with Session(self.engine) as session:
            row = session.scalar(query)
            session.expunge_all()
        if row is None:
            raise UnknownError(f"no submission {id_!r} on this board.")
        found: SubmissionRow = row
        return found

    def submissions(self) -> list[SubmissionRow]:
        """All submissions with their scores, oldest first."""
        query = _with_all(select(SubmissionRow))
        with Session(self.engine) as session:
            rows = session.scalars(query.order_by(SubmissionRow.created, SubmissionRow.id)).all()
            session.expunge_all()
        return list(rows)

    def heads(self, offset: int = 0, limit: int | None = None) -> list[SubmissionRow]:
        """Submissions without scores and results, oldest first."""
        query = select(SubmissionRow).order_by(SubmissionRow.created, SubmissionRow.id)
        with Session(self.engine) as session:
            rows = session.scalars(query.offset(offset).limit(limit)).all()
            session.expunge_all()
        return list(rows)

    def scores(
        self, season: str | None, config: str | None = None, task: str | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Scores of a season (None: of no season) in batches, oldest submission first; see
        `Board.scores`.
        """
        columns = [getattr(ScoreRow, name) for name in _SCORE]
        query = select(ScoreRow.submission_id.label("id"), *columns).join(SubmissionRow)
        query = query.where(in_season(season))
        for column, given in ((ScoreRow.config, config), (ScoreRow.task, task)):
            query = query if given is None else query.where(column == given)
        query = query.order_by(SubmissionRow.created, SubmissionRow.id, ScoreRow.id)
        with Session(self.engine) as session:
            for batch in session.execute(query).mappings().partitions(_BATCH):
                yield [dict(line) for line in batch]

    def same_predictions(self, sha256: str) -> list[str]:
        """Ids of the submissions with these very predictions, oldest first."""
        query = select(SubmissionRow.id).where(SubmissionRow.predictions_sha256 == sha256)
        with Session(self.engine) as session:
            return list(session.scalars(query.order_by(SubmissionRow.created)))

    def cells(self, season: str | None = None) -> list[CellKey]:
        """All cells of a season (None: of no season) with a submission that is told, sorted."""
        row = ResultRow
        query = select(row.config, row.task, row.n, row.shots).distinct()
        with Session(self.engine) as session:
            found = session.execute(query.join(SubmissionRow).where(in_season(season), row.told))
            return sorted(CellKey(*row) for row in found)

    def in_cell(self, key: CellKey, season: str | None = None) -> list[SubmissionRow]:
        """Submissions to one cell of a season whose scores are told, oldest first; `scores` and
        `results` are of this cell alone.
        """
        told = _is_cell(ResultRow, key) & ResultRow.told
        query = (
            select(SubmissionRow)
            .where(in_season(season), SubmissionRow.results.any(told))
            .options(
                selectinload(SubmissionRow.scores.and_(_is_cell(ScoreRow, key))),
                selectinload(SubmissionRow.results.and_(_is_cell(ResultRow, key))),
            )
            .order_by(SubmissionRow.created, SubmissionRow.id)
        )
        with Session(self.engine) as session:
            rows = session.scalars(query).all()
            session.expunge_all()
        return list(rows)

    def losses(
        self, key: CellKey, season: str | None = None
    ) -> tuple[dict[str, bytes], bytes | None]:
        """Id → losses of what `in_cell` gives, and the reference, which is the same for all; see
        `ResultRow`.
        """
        ours = (in_season(season), _is_cell(ResultRow, key), ResultRow.told)
        held = select(ResultRow.submission_id, ResultRow.losses).join(SubmissionRow).where(*ours)
        known = select(ResultRow.reference).join(SubmissionRow).where(*ours)
        with Session(self.engine) as session:
            losses = {row[0]: row[1] for row in session.execute(held)}
            reference = session.scalar(known.where(ResultRow.reference.is_not(None)).limit(1))
        return losses, reference

    def version(self) -> int:
        """A number that grows with everything that changes a ranking."""
        query = select(DecisionRow.number).where(DecisionRow.kind.not_in(WITHOUT_EFFECT))
        with Session(self.engine) as session:
            return session.scalar(query.order_by(DecisionRow.number.desc()).limit(1)) or 0

    def decisions(self) -> list[DecisionRow]:
        """The decision log, oldest first."""
        with Session(self.engine) as session:
            rows = session.scalars(select(DecisionRow).order_by(DecisionRow.number)).all()
            session.expunge_all()
        return list(rows)


def in_season(season: str | None) -> ColumnElement[bool]:
    """Whether a submission belongs to that season (None: to no season)."""
    column = SubmissionRow.season
    return column.is_(None) if season is None else column == season


def _with_all(query: Any) -> Any:
    return query.options(selectinload(SubmissionRow.scores), selectinload(SubmissionRow.results))


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


def _refuse_known(session: Session, identity: str) -> None:
    earlier = session.scalar(select(SubmissionRow).where(SubmissionRow.identity == identity))
    if earlier is not None:
        raise ConflictError(
            f"this submission is on the board already, as {earlier.id} ({earlier.name}, "
            f"{earlier.created:%Y-%m-%d %H:%M} UTC). Nothing was stored."
        )


def _is_cell(table: type[ScoreRow] | type[ResultRow], key: CellKey) -> ColumnElement[bool]:
    return (
        (table.config == key.config)
        & (table.task == key.task)
        & (table.n == key.n)
        & (table.shots == key.shots)
    )
