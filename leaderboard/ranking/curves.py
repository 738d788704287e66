"""One metric of all entries over many cells: the points of an error curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.cells import CellKey
from leaderboard.scoring.score import Value
from leaderboard.store.store import Store
from leaderboard.track import STANDARD


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
    track: str = STANDARD,
    *,
    n: int | None = None,
    shots: int | None = None,
) -> list[CurvePoint]:
    """All released values of a metric, sorted by cell, name and id.

    Args:
        store: of the board.
        season: whose entries; None for those without one.
        configs: config names.
        task: task name.
        metric: metric name.
        track: of the cells.
        n: training rows; None takes every number.
        shots: shots a row; None takes every number.
    """
    values = store.values(season, configs, task, metric, track, n=n, shots=shots)
    return sorted(
        (CurvePoint(*value) for value in values),
        key=lambda point: (point.key, point.name, point.id),
    )
