"""One number of each of some submissions: what was told first of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.store.cell_lookups import columns_of
from leaderboard.store.tables import ScoreRow

_FEW = 30  # metrics of one cell, and more
_AT_ONCE = 500  # ids in one question to the database


@dataclass(frozen=True)
class FirstScore:
    """The metric that ranks, in the first cell of a submission that was told.

    Attributes:
        id: of the submission.
        key: the cell.
        metric: name.
        value: None where nothing is told.
    """

    id: str
    key: CellKey
    metric: str
    value: float | None


def first_scores(engine: Engine, ids: Sequence[str]) -> dict[str, FirstScore]:
    """Id → its first score that is told, else its first one; ids without scores are left out."""
    found: dict[str, FirstScore] = {}
    s = ScoreRow
    place = func.row_number().over(partition_by=s.submission_id, order_by=s.id).label("place")
    with Session(engine) as session:
        for start in range(0, len(ids), _AT_ONCE):
            wanted = s.submission_id.in_(ids[start : start + _AT_ONCE])
            rows = select(s.submission_id, *columns_of(s), s.metric, s.value, place).where(wanted)
            part = rows.subquery()
            query = select(part).where(part.c.place <= _FEW).order_by(part.c.place)
            for id_, *cell, metric, value, _ in session.execute(query):
                one = FirstScore(id_, CellKey(*cell), metric, value)
                if metric == tasks.load(one.key.task).primary:
                    known = found.setdefault(id_, one)
                    if known.value is None:
                        found[id_] = one
    return found
