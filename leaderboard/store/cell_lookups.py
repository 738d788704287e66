"""What the store holds of cells: who is in them, losses and scores."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, func, select
from sqlalchemy.orm import Session, selectinload

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.scoring.score import Value
from leaderboard.store.entries import EARLY, Earlier, Entry
from leaderboard.store.rows import entry_of, known
from leaderboard.store.tables import CELL, ResultRow, ScoreRow, SubmissionRow

_BATCH = 10_000


@dataclass(frozen=True)
class CellLookups:
    """Lookups by cell, each in a transaction of its own.

    Attributes:
        engine: the database.
    """

    engine: Engine

    def cells(self, season: str | None = None) -> list[CellKey]:
        """All cells of a season (None: of no season) with scores that are released, sorted."""
        query = select(*columns_of(ResultRow)).distinct().join(SubmissionRow)
        with Session(self.engine) as session:
            rows = session.execute(query.where(shown_in(season), ResultRow.released))
            return sorted(CellKey(*row) for row in rows)

    def held_back(self, key: CellKey, season: str | None = None) -> int:
        """Number of submissions to one cell of a season whose scores are not released."""
        query = select(func.count()).select_from(ResultRow).join(SubmissionRow)
        ours = (shown_in(season), is_cell(ResultRow, key), ResultRow.released.is_(False))
        with Session(self.engine) as session:
            return session.scalar(query.where(*ours)) or 0

    def in_cell(self, key: CellKey, season: str | None = None) -> list[Entry]:
        """Submissions to one cell of a season whose scores are released, oldest first, with that
        cell alone; those that were withdrawn late too, see `Withdrawn`.
        """
        released = is_cell(ResultRow, key) & ResultRow.released
        query = (
            select(SubmissionRow)
            .where(standing_in(season), SubmissionRow.results.any(released))
            .options(
                selectinload(SubmissionRow.scores.and_(is_cell(ScoreRow, key))),
                selectinload(SubmissionRow.results.and_(is_cell(ResultRow, key))),
            )
            .order_by(SubmissionRow.number)
        )
        with Session(self.engine) as session:
            return [entry_of(row) for row in session.scalars(query)]

    def losses(
        self, key: CellKey, season: str | None = None
    ) -> tuple[dict[str, Losses], Losses | None]:
        """Id → losses of what `in_cell` gives, and the reference, which is the same
        for all; see `Result`.
        """
        ours = (standing_in(season), is_cell(ResultRow, key), ResultRow.released)
        held = select(ResultRow.submission_id, ResultRow.losses).join(SubmissionRow).where(*ours)
        base = select(ResultRow.reference).join(SubmissionRow).where(*ours)
        with Session(self.engine) as session:
            losses = {row[0]: Losses.from_bytes(row[1]) for row in session.execute(held)}
            reference = session.scalar(base.where(ResultRow.reference.is_not(None)).limit(1))
        return losses, known(reference)

    def told(
        self, keys: Sequence[CellKey], season: str | None = None
    ) -> dict[CellKey, dict[str, float | None]]:
        """Cell → id → the loss that was told, of what is released in each cell; ids as `in_cell`
        has them.
        """
        r = ResultRow
        found: dict[CellKey, dict[str, float | None]] = {}
        with Session(self.engine) as session:
            for key in keys:
                query = select(r.submission_id, r.told_loss).join(SubmissionRow)
                query = query.where(standing_in(season), is_cell(r, key), r.released)
                query = query.order_by(SubmissionRow.number)
                found[key] = dict(session.execute(query).all())
        return found

    def earlier(self, season: str | None, key: CellKey, after: int = 0) -> list[Earlier]:
        """The answers of a season to a cell and to those of other n and M, in the order of arrival.

        Args:
            season: None for those without one.
            key: the cell.
            after: only submissions of larger numbers.
        """
        with Session(self.engine) as session:
            return earlier(session, season, key, after)

    def of_track(self, track: str, season: str | None = None) -> list[tuple[str, CellKey]]:
        """Id and cell of everything of a track in a season whose scores are released."""
        query = select(ResultRow.submission_id, *columns_of(ResultRow)).join(SubmissionRow)
        ours = query.where(shown_in(season), ResultRow.track == track, ResultRow.released)
        with Session(self.engine) as session:
            return [(id_, CellKey(*cell)) for id_, *cell in session.execute(ours)]

    def values(
        self,
        season: str | None,
        configs: Sequence[str],
        task: str,
        metric: str,
        track: str,
        *,
        n: int | None = None,
        shots: int | None = None,
    ) -> list[tuple[str, str, CellKey, Value]]:
        """Id, name of the model, cell and value of a metric, wherever it has one.

        Args:
            season: whose submissions; None for those without one.
            configs: config names.
            task: task name.
            metric: metric name.
            track: of the cells.
            n: training rows; None takes every number.
            shots: shots a row; None takes every number.
        """
        s = ScoreRow
        query = (
            select(SubmissionRow.id, SubmissionRow.name, s.value, s.low, s.high, *columns_of(s))
            .join(SubmissionRow)
            .where(shown_in(season), s.config.in_(configs), s.task == task, s.metric == metric)
            .where(s.track == track, s.value.is_not(None))
        )
        for column, fixed in ((s.n, n), (s.shots, shots)):
            query = query if fixed is None else query.where(column == fixed)
        with Session(self.engine) as session:
            return [
                (id_, name, CellKey(*cell), Value(value, low, high))
                for id_, name, value, low, high, *cell in session.execute(query)
            ]

    def metric(self, key: CellKey, metric: str, season: str | None = None) -> dict[str, float]:
        """Id → value of a metric in one cell of a season, of those that have one."""
        s = ScoreRow
        query = select(s.submission_id, s.value).join(SubmissionRow)
        query = query.where(is_cell(s, key), s.metric == metric, s.value.is_not(None))
        with Session(self.engine) as session:
            rows = session.execute(query.where(shown_in(season)))
            return {id_: value for id_, value in rows if value is not None}

    def scores(
        self, season: str | None, track: str, config: str | None = None, task: str | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Scores of a season (None: of no season) and track in batches, oldest submission first;
        see `Board.scores`.
        """
        s = ScoreRow
        columns = (*columns_of(s), s.metric, s.value, s.low, s.high, s.note)
        query = select(s.submission_id.label("id"), *columns).join(SubmissionRow)
        query = query.where(shown_in(season), s.track == track)
        for column, given in ((s.config, config), (s.task, task)):
            query = query if given is None else query.where(column == given)
        query = query.order_by(SubmissionRow.number, s.id)
        with Session(self.engine) as session:
            for batch in session.execute(query).mappings().partitions(_BATCH):
                yield [dict(line) for line in batch]


def in_season(season: str | None) -> ColumnElement[bool]:
    """Whether a submission belongs to that season (None: to no season)."""
    column = SubmissionRow.season
    return column.is_(None) if season is None else column == season


def shown_in(season: str | None) -> ColumnElement[bool]:
    """Whether it does, and was not withdrawn."""
    return in_season(season) & SubmissionRow.withdrawn.is_(None)


def standing_in(season: str | None) -> ColumnElement[bool]:
    """Whether it can stand for its account there, if only to keep its place empty."""
    return in_season(season) & (func.coalesce(SubmissionRow.withdrawn, "") != EARLY)


def is_cell(table: type[ScoreRow] | type[ResultRow], key: CellKey) -> ColumnElement[bool]:
    """Whether a row is of that cell."""
    return and_(*(getattr(table, name) == value for name, value in key._asdict().items()))


def columns_of(table: type[ScoreRow] | type[ResultRow]) -> list[Any]:
    """The columns that name the cell of a row."""
    return [getattr(table, name) for name in CELL]


def earlier(session: Session, season: str | None, key: CellKey, after: int) -> list[Earlier]:
    """As `CellLookups.earlier`."""
    r, s = ResultRow, SubmissionRow
    facts = (s.id, s.number, s.account, s.metadata_json, r.sketch, r.losses, r.told_loss)
    query = select(*facts, *columns_of(r)).join(s).where(in_season(season))
    query = query.where(r.config == key.config, r.task == key.task, r.track == key.track)
    query = query.where(r.sketch.is_not(None), s.number > after).order_by(s.number, r.id)
    return [
        Earlier(
            id_, number, account, json.loads(about)["entry_class"], CellKey(*cell), sketch or b"",
            Losses.from_bytes(losses), told,
        )
        for id_, number, account, about, sketch, losses, told, *cell in session.execute(query)
    ]  # fmt: skip
