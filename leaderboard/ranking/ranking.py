"""From the submissions to a cell to its ranking, with ties where the data cannot tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.task import Task
from leaderboard.ranking.aggregate import CellLosses, Overall, overall
from leaderboard.scoring.paired import standing
from leaderboard.seasons.ladder import coarse, rounded
from leaderboard.store.entries import Entry
from leaderboard.store.records import Row


def ranked(task: Task, key: CellKey, entries: Sequence[Entry], *, live: bool = False) -> list[Row]:
    """The lines of a ranking, best first; entries without a primary value are last.

    Where the primary metric is no function of a mean loss there is no paired test: entries share a
    rank if their values are equal, and neither p-values nor what is resolvable are shown.

    Args:
        task: of the cell.
        key: the cell.
        entries: those that answer it, oldest first.
        live: whether a season is open: then nothing finer than the grid of live scores is shown,
            p-values as the least of .001, .01, .05 and 1 that they do not exceed.
    """
    sign = 1.0 if task.ranking.better == "lower" else -1.0

    def primary(entry: Entry) -> float | None:
        return entry.scores[key][task.primary].value

    def place(entry: Entry) -> tuple[float, float]:
        value = primary(entry)
        among_equals = 0.0 if live else entry.results[key].losses.mean
        return (float("inf") if value is None else sign * value, among_equals)

    ordered = sorted(entries, key=place)  # stable: the earlier submission first
    with_value = [entry for entry in ordered if primary(entry) is not None]
    count = len(with_value)
    ranks: list[int] = [count + 1] * len(ordered)
    p_above: list[float | None] = [None] * len(ordered)
    resolvable: list[float | None] = [None] * len(ordered)
    if not task.ranking.is_paired:
        values = [primary(entry) for entry in with_value]
        ranks[:count] = [values.index(value) + 1 for value in values]
    elif count:
        tested = standing([entry.results[key].losses for entry in with_value], task.ranking)
        ranks[:count] = tested.ranks.tolist()
        p_above[1:count] = [_level(p) if live else p for p in tested.p_above[1:].tolist()]
        resolvable[1:count] = [coarse(d) if live else d for d in tested.resolvable[1:].tolist()]
    return [
        Row(
            rank=ranks[k],
            id=entry.id,
            created=entry.created,
            metadata=entry.metadata,
            primary=task.primary,
            metrics=entry.scores[key],
            p_above=p_above[k],
            resolvable=resolvable[k],
            details=entry.results[key].details,
            summaries=_summaries(task, entry.results[key].details),
        )
        for k, entry in enumerate(ordered)
    ]


def _summaries(task: Task, details: Mapping[str, Any]) -> dict[str, float | None]:
    """The one number of each detail that has one; None where it is not shown."""
    return {
        detail.summary.name: detail.summary.of(details[detail.name])
        if detail.name in details
        else None
        for detail in task.details
        if detail.summary is not None
    }


def ranked_overall(
    cells: Mapping[CellKey, tuple[Mapping[str, Losses], Losses | None]], *, live: bool = False
) -> list[Overall]:
    """The ranking over several cells; cells whose reference is unknown, or makes no error,
    are left out.

    Args:
        cells: cell → losses of each submission and the reference, see `Store.losses`.
        live: as in `ranked`.
    """
    with_reference = {
        key: CellLosses(losses, reference)
        for key, (losses, reference) in cells.items()
        if reference is not None and reference.values.any()
    }
    entries = overall(with_reference)
    if not live:
        return entries
    return [Overall(o.id, rounded(o.mean_skill, "higher"), rounded(o.mean_rank)) for o in entries]


def _level(p: float) -> float:
    return next(level for level in (0.001, 0.01, 0.05, 1.0) if p <= level)
