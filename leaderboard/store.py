"""Where accepted submissions are kept: a database and a folder of predictions.

A submission is stored whole or not at all. Predictions are kept as Parquet under the hash of
their numbers, so that every score can be computed again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session, selectinload

from builders.errors import RequestError
from leaderboard.cells import CellKey
from leaderboard.database import open_engine, sqlite_url, writing_session
from leaderboard.evaluate import CellReport
from leaderboard.scoring import SCORER_VERSION
from leaderboard.submission import Submission, write_submission
from leaderboard.tables import ResultRow, ScoreRow, SubmissionRow

DATABASE = "board.sqlite"


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
        return Store(open_engine(str(place) if is_url else sqlite_url(home / DATABASE)), home)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def predictions_path(self, sha256: str) -> Path:
        """The file of predictions with that hash."""
        return self.folder / "predictions" / f"{sha256}.parquet"

    def add(self, submission: Submission, reports: Sequence[CellReport]) -> SubmissionRow:
        """Store a scored submission.

        Raises:
            RequestError: the same answers and metadata are stored already; names the id.
        """
        row = SubmissionRow(
            id=submission.identity[:12],
            identity=submission.identity,
            predictions_sha256=submission.predictions_sha256,
            created=datetime.now(UTC).replace(tzinfo=None),
            name=submission.metadata.name,
            metadata_json=submission.metadata.model_dump_json(),
            scores=[score for report in reports for score in _score_rows(report)],
            results=[_result_row(report) for report in reports],
        )
        final = self.predictions_path(row.predictions_sha256)
        partial = final.with_name(f"{uuid4().hex}.new")
        try:
            write_submission(partial, submission.cells, submission.metadata)
            with writing_session(self.engine) as session, session.begin():
                _refuse_known(session, row.identity)
                session.add(row)
                session.flush()
                partial.replace(final)  # last, so that rows without a file cannot be
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

    def submission(self, id_: str) -> SubmissionRow:
        """One submission with its scores.

        Raises:
            RequestError: no such id.
        """
        query = select(SubmissionRow).options(selectinload(SubmissionRow.scores))
        with Session(self.engine) as session:
            row = session.scalar(query.where(SubmissionRow.id == id_))
            session.expunge_all()
        if row is None:
            raise RequestError(f"no submission {id_!r} on this board.")
        return row

    def submissions(self) -> list[SubmissionRow]:
        """All submissions with their scores, oldest first."""
        query = select(SubmissionRow).options(selectinload(SubmissionRow.scores))
        with Session(self.engine) as session:
            rows = session.scalars(query.order_by(SubmissionRow.created, SubmissionRow.id)).all()
            session.expunge_all()
        return list(rows)

    def same_predictions(self, sha256: str) -> list[str]:
        """Ids of the submissions with these very predictions, oldest first."""
        query = select(SubmissionRow.id).where(SubmissionRow.predictions_sha256 == sha256)
        with Session(self.engine) as session:
            return list(session.scalars(query.order_by(SubmissionRow.created)))

    def cells(self) -> list[CellKey]:
        """All cells that have a score, sorted."""
        row = ResultRow
        query = select(row.config, row.task, row.n, row.shots).distinct()
        with Session(self.engine) as session:
            return sorted(CellKey(*row) for row in session.execute(query))

    def in_cell(self, key: CellKey) -> list[SubmissionRow]:
        """Submissions to one cell, oldest first; `scores` and `results` are of this cell alone."""
        query = (
            select(SubmissionRow)
            .where(SubmissionRow.results.any(_is_cell(ResultRow, key)))
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


def _refuse_known(session: Session, identity: str) -> None:
    earlier = session.scalar(select(SubmissionRow).where(SubmissionRow.identity == identity))
    if earlier is not None:
        raise RequestError(
            f"this submission is on the board already, as {earlier.id} ({earlier.name}, "
            f"{earlier.created:%Y-%m-%d %H:%M} UTC). Nothing was stored."
        )


def _score_rows(report: CellReport) -> list[ScoreRow]:
    return [
        ScoreRow(
            **report.key._asdict(),
            rows=report.report.rows,
            metric=metric,
            value=value.value,
            low=value.low,
            high=value.high,
            note=value.note,
        )
        for metric, value in report.report.metrics.items()
    ]


def _result_row(report: CellReport) -> ResultRow:
    reference = report.report.reference
    return ResultRow(
        **report.key._asdict(),
        scorer=SCORER_VERSION,
        losses=report.report.losses.astype("<f8").tobytes(),
        reference=None if reference is None else reference.astype("<f8").tobytes(),
        details_json=json.dumps(report.details),
    )


def _is_cell(table: type[ScoreRow] | type[ResultRow], key: CellKey) -> ColumnElement[bool]:
    return (
        (table.config == key.config)
        & (table.task == key.task)
        & (table.n == key.n)
        & (table.shots == key.shots)
    )
