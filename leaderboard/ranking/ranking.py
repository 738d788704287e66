"""From the submissions to a cell to its ranking, with ties where the data cannot tell."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.metrics import Floats
from leaderboard.kinds.task import Task
from leaderboard.ranking.aggregate import CellLosses, Overall, overall
from leaderboard.scoring.paired import standing
from leaderboard.seasons.ladder import coarse, rounded
from leaderboard.store.entries import Entry
from leaderboard.store.records import Row


def ranked(task: Task, key: CellKey, entries: Sequence[Entry], *, live: bool = False) -> list[Row]:
    """The lines of a ranking, best first; entries without a primary value are last.

    Args:
        task: of the cell.
        key: the cell.
        entries: those that answer it, oldest first.
        live: whether a season is open: then nothing finer than the grid of live scores is shown,
            p-values as the least of .001, .01, .05 and 1 that they do not exceed.
    """
    sign = 1.0 if task.direction == "lower" else -1.0

    def primary(entry: Entry) -> float | None:
        return entry.scores[key][task.primary].value

    def losses(entry: Entry) -> Floats:
        return entry.results[key].losses

    def place(entry: Entry) -> tuple[float, float]:
        value = primary(entry)
        among_equals = 0.0 if live else float(losses(entry).mean())
        return (float("inf") if value is None else sign * value, among_equals)

    ordered = sorted(entries, key=place)  # stable: the earlier submission first
    with_value = [entry for entry in ordered if primary(entry) is not None]
    count = len(with_value)
    ranks: list[int] = [count + 1] * len(ordered)
    p_above: list[float | None] = [None] * len(ordered)
    resolvable: list[float | None] = [None] * len(ordered)
    if count:
        found = standing(np.stack([losses(e) for e in with_value]), metric_of_loss(task.primary))
        ranks[:count] = found.ranks.tolist()
        p_above[1:count] = [_level(p) if live else p for p in found.p_above[1:].tolist()]
        resolvable[1:count] = [coarse(d) if live else d for d in found.resolvable[1:].tolist()]
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
        )
        for k, entry in enumerate(ordered)
    ]


def ranked_overall(
    cells: Mapping[CellKey, tuple[Mapping[str, Floats], Floats | None]], *, live: bool = False
) -> list[Overall]:
    """The ranking over several cells; cells whose reference is unknown, or makes no error,
    are left out.

    Args:
        cells: cell → losses of each submission and the reference, see `Store.losses`.
        live: as in `ranked`.
    """
    found = {
        key: CellLosses(losses, reference)
        for key, (losses, reference) in cells.items()
        if reference is not None and reference.any()
    }
    entries = overall(found)
    if not live:
        return entries
    return [Overall(o.id, rounded(o.mean_skill, "higher"), rounded(o.mean_rank)) for o in entries]


def metric_of_loss(metric: str) -> Callable[[Floats], Floats]:
    """Mean loss → metric, up to a sign: losses are squared errors, so that an rmse is the root."""
    return np.sqrt if metric.startswith("rmse") else _unchanged


def _level(p: float) -> float:
    return next(level for level in (0.001, 0.01, 0.05, 1.0) if p <= level)


def _unchanged(mean_loss: Floats) -> Floats:
    return mean_loss
