"""One metric of all entries over many cells: the points of an error curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from leaderboard.cells import CellKey
from leaderboard.scoring.score import Value
from leaderboard.store.store import Store, in_season
from leaderboard.store.tables import ScoreRow, SubmissionRow


@dataclass(frozen=True)
class CurvePoint:
    """One entry in one cell.

    Attributes:
        id: of the submission.
        name: of the model.
        key: the cell.
        value: the metric with its interval.
    """

    id: str
    name: str
    key: CellKey
    value: Value


def points(
    store: Store,
    season: str | None,
    configs: Sequence[str],
    task: str,
    metric: str,
    *,
    n: int | None = None,
    shots: int | None = None,
) -> list[CurvePoint]:
    """All told values of a metric, sorted by cell, name and id.

    Args:
        store: of the board.
        season: whose entries; None for those without one.
        configs: config names.
        task: task name.
        metric: metric name.
        n: training rows; None takes every number.
        shots: shots a row; None takes every number.
    """
    s = ScoreRow
    query = (
        select(SubmissionRow.id, SubmissionRow.name, s.config, s.task, s.n, s.shots)
        .add_columns(s.value, s.low, s.high)
        .join(SubmissionRow)
        .where(in_season(season), s.config.in_(configs), s.task == task, s.metric == metric)
        .where(s.value.is_not(None))
    )
    for column, fixed in ((s.n, n), (s.shots, shots)):
        query = query if fixed is None else query.where(column == fixed)
    with Session(store.engine) as session:
        found = [
            CurvePoint(id_, name, CellKey(*cell), Value(value, low, high))
            for id_, name, *cell, value, low, high in session.execute(query)
        ]
    return sorted(found, key=lambda point: (point.key, point.name, point.id))
