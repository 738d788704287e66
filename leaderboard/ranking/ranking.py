"""From the submissions to a cell to its ranking, with ties where the data cannot tell."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
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

    Where the primary metric is no function of a mean loss there is no paired test: entries share a
    rank if their values are equal, and neither p-values nor what is resolvable are told.

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
    if not task.ranking.is_paired:
        values = [metrics[row.id][task.primary].value for row in with_value]
        ranks[:count] = [values.index(value) + 1 for value in values]
    elif count:
        found = standing([losses_of(row.results[0]) for row in with_value], task.ranking)
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
            details=details,
            summaries=_summaries(task, details),
        )
        for k, (row, details) in enumerate(zip(ordered, _details(ordered), strict=True))
    ]


def _details(rows: Sequence[SubmissionRow]) -> list[dict[str, Any]]:
    return [json.loads(row.results[0].details_json) for row in rows]


def _summaries(task: Task, details: Mapping[str, Any]) -> dict[str, float | None]:
    """The one number of each detail that has one; None where it is not told."""
    return {
        detail.summary.name: detail.summary.of(details[detail.name])
        if detail.name in details
        else None
        for detail in task.details
        if detail.summary is not None
    }


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
        known = None if reference is None else Losses.from_bytes(reference)
        if known is not None and known.values.any():
            losses = {id_: Losses.from_bytes(blob) for id_, blob in blobs.items()}
            found[key] = CellLosses(losses, known)
    entries = overall(found)
    if not live:
        return entries
    return [Overall(o.id, told(o.mean_skill, "higher"), told(o.mean_rank)) for o in entries]


def losses_of(result: ResultRow) -> Losses:
    """The stored losses."""
    return Losses.from_bytes(result.losses)


def _level(p: float) -> float:
    return next(level for level in (0.001, 0.01, 0.05, 1.0) if p <= level)


def _mean_loss(row: SubmissionRow) -> float:
    return losses_of(row.results[0]).mean
