"""Rankings while a season is open: from the values that were told, and from nothing else.

Order, ranks and mean ranks of the losses behind them would tell the hidden labels more finely than
the values do. So there are no tests, no intervals and no skill until the close.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.task import Task
from leaderboard.ranking.aggregate import Overall, ranks_of
from leaderboard.scoring.score import Value
from leaderboard.seasons.ladder import AT_CLOSE
from leaderboard.store.entries import Entry
from leaderboard.store.records import Row

NOT_YET = Value(None, note=AT_CLOSE)


def ranked_as_told(task: Task, key: CellKey, entries: Sequence[Entry]) -> list[Row]:
    """The lines of a ranking, best first; equal values share a rank, the earlier entry first.

    Args:
        task: of the cell.
        key: the cell.
        entries: those that answer it and are told, oldest first.
    """
    sign = 1.0 if task.ranking.better == "lower" else -1.0

    def place(entry: Entry) -> float:
        value = entry.scores[key][task.primary].value
        return float("inf") if value is None else sign * value

    ordered = sorted(entries, key=place)
    places = [place(entry) for entry in ordered]
    return [
        Row(
            rank=places.index(places[k]) + 1,
            id=entry.id,
            created=entry.created,
            metadata=entry.metadata,
            primary=task.primary,
            metrics=entry.scores[key],
            details=entry.results[key].details,
            cost=entry.metadata.cost_of(key),
            class_rank=_class_rank(ordered, places, k),
        )
        for k, entry in enumerate(ordered)
    ]


def _class_rank(ordered: Sequence[Entry], places: Sequence[float], k: int) -> int:
    kind = ordered[k].metadata.entry_class
    better = zip(ordered, places, strict=True)
    return 1 + sum(e.metadata.entry_class == kind and place < places[k] for e, place in better)


def overall_as_told(cells: Mapping[CellKey, Mapping[str, float]]) -> list[Overall]:
    """Entries that answer every one of the cells, best mean rank first.

    Args:
        cells: cell → id → the loss that was told.
    """
    everywhere = sorted(set.intersection(*map(set, cells.values())) if cells else ())
    if not everywhere:
        return []
    told = np.array([[losses[id_] for id_ in everywhere] for losses in cells.values()])
    ranks = ranks_of(told).mean(axis=0)
    entries = [
        Overall(id_, NOT_YET, Value(float(r))) for id_, r in zip(everywhere, ranks, strict=True)
    ]
    return sorted(entries, key=lambda entry: (entry.mean_rank.value, entry.id))
