"""From the submissions to a cell to its ranking, with ties where the data cannot tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.task import Task
from leaderboard.ranking.aggregate import CellLosses, Overall, overall
from leaderboard.scoring.paired import standing
from leaderboard.store.entries import Entry
from leaderboard.store.records import Row


def ranked(task: Task, key: CellKey, entries: Sequence[Entry]) -> list[Row]:
    """The lines of a ranking, best first; entries without a primary value are last.

    Where the primary metric is no function of a mean loss there is no paired test: entries share a
    rank if their values are equal, and neither p-values nor what is resolvable are shown.

    Args:
        task: of the cell.
        key: the cell.
        entries: those that answer it, oldest first.
    """
    sign = 1.0 if task.ranking.better == "lower" else -1.0

    def primary(entry: Entry) -> float | None:
        return entry.scores[key][task.primary].value

    def place(entry: Entry) -> tuple[float, float]:
        value = primary(entry)
        among_equals = entry.results[key].losses.mean
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
        p_above[1:count] = tested.p_above[1:].tolist()
        resolvable[1:count] = tested.resolvable[1:].tolist()
    class_ranks = _class_ranks(task, key, with_value, ordered)
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
            cost=entry.metadata.cost_of(key),
            class_rank=class_ranks[entry.id],
        )
        for k, entry in enumerate(ordered)
    ]


def _class_ranks(
    task: Task, key: CellKey, with_value: Sequence[Entry], every: Sequence[Entry]
) -> dict[str, int]:
    """Id → rank among the entries of its class, by the same tests as among all.

    Args:
        task: of the cell.
        key: the cell.
        with_value: entries that have one, best first.
        every: all entries.
    """
    found: dict[str, int] = {}
    for kind in {entry.metadata.entry_class for entry in every}:
        ours = [entry for entry in with_value if entry.metadata.entry_class == kind]
        if ours and task.ranking.is_paired:
            losses = [entry.results[key].losses for entry in ours]
            ranks: Sequence[int] = standing(losses, task.ranking).ranks.tolist()
        else:
            values = [entry.scores[key][task.primary].value for entry in ours]
            ranks = [values.index(value) + 1 for value in values]
        found |= {entry.id: rank for entry, rank in zip(ours, ranks, strict=True)}
        rest = [e.id for e in every if e.metadata.entry_class == kind and e.id not in found]
        found |= dict.fromkeys(rest, len(ours) + 1)
    return found


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
    cells: Mapping[CellKey, tuple[Mapping[str, Losses], Losses | None]],
) -> list[Overall]:
    """The ranking over several cells; cells whose reference is unknown, or makes no error,
    are left out.

    Args:
        cells: cell → losses of each submission and the reference, see `Store.losses`.
    """
    with_reference = {
        key: CellLosses(losses, reference)
        for key, (losses, reference) in cells.items()
        if reference is not None and reference.values.any()
    }
    return overall(with_reference)
