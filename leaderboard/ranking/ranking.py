"""From the submissions to a cell to its ranking, with ties where the data cannot tell."""

import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.metrics import Floats
from leaderboard.kinds.task import Task
from leaderboard.ranking.aggregate import CellLosses, Overall, overall
from leaderboard.scoring.paired import standing
from leaderboard.seasons.ladder import coarse, told
from leaderboard.store.records import Metrics, Row
from leaderboard.store.tables import ResultRow, SubmissionRow
from leaderboard.submission.metadata import Metadata


def ranked(
    task: Task, rows: Sequence[SubmissionRow], metrics: Mapping[str, Metrics], *, live: bool = False
) -> list[Row]:
    """The lines of a ranking, best first; entries without a primary value are last.

    Args:
        task: of the cell.
        rows: the submissions, oldest first, with the results of this cell alone.
        metrics: id → metrics of this cell.
        live: whether a season is open: then nothing finer than the grid of live scores is told,
            p-values as the least of .001, .01, .05 and 1 that they do not exceed.
    """
    sign = 1.0 if task.direction == "lower" else -1.0

    def place(row: SubmissionRow) -> tuple[float, float]:
        value = metrics[row.id][task.primary].value
        return (float("inf") if value is None else sign * value, 0.0 if live else _mean_loss(row))

    ordered = sorted(rows, key=place)  # stable: the earlier submission first
    with_value = [row for row in ordered if metrics[row.id][task.primary].value is not None]
    count = len(with_value)
    ranks: list[int] = [count + 1] * len(ordered)
    p_above: list[float | None] = [None] * len(ordered)
    resolvable: list[float | None] = [None] * len(ordered)
    if count:
        losses = np.stack([losses_of(row.results[0]) for row in with_value])
        found = standing(losses, metric_of_loss(task.primary))
        ranks[:count] = found.ranks.tolist()
        p_above[1:count] = [_level(p) if live else p for p in found.p_above[1:].tolist()]
        resolvable[1:count] = [coarse(d) if live else d for d in found.resolvable[1:].tolist()]
    return [
        Row(
            rank=ranks[k],
            id=row.id,
            created=row.created,
            metadata=Metadata.model_validate_json(row.metadata_json),
            primary=task.primary,
            metrics=metrics[row.id],
            p_above=p_above[k],
            resolvable=resolvable[k],
            details=json.loads(row.results[0].details_json),
        )
        for k, row in enumerate(ordered)
    ]


def ranked_overall(
    cells: Mapping[CellKey, tuple[Mapping[str, bytes], bytes | None]], *, live: bool = False
) -> list[Overall]:
    """The ranking over several cells; cells whose reference is unknown, or makes no error,
    are left out.

    Args:
        cells: cell → losses of each submission and the reference, see `Store.losses`.
        live: as in `ranked`.
    """
    found = {}
    for key, (blobs, reference) in cells.items():
        known = np.frombuffer(reference or b"", dtype="<f8")
        if known.any():
            losses = {id_: np.frombuffer(blob, dtype="<f8") for id_, blob in blobs.items()}
            found[key] = CellLosses(losses, known)
    entries = overall(found)
    if not live:
        return entries
    return [Overall(o.id, told(o.mean_skill, "higher"), told(o.mean_rank)) for o in entries]


def losses_of(result: ResultRow) -> Floats:
    """The stored losses, float64 (R,)."""
    return np.frombuffer(result.losses, dtype="<f8")


def metric_of_loss(metric: str) -> Callable[[Floats], Floats]:
    """Mean loss → metric, up to a sign: losses are squared errors, so that an rmse is the root."""
    return np.sqrt if metric.startswith("rmse") else _unchanged


def _level(p: float) -> float:
    return next(level for level in (0.001, 0.01, 0.05, 1.0) if p <= level)


def _unchanged(mean_loss: Floats) -> Floats:
    return mean_loss


def _mean_loss(row: SubmissionRow) -> float:
    return float(losses_of(row.results[0]).mean())
