"""Two entries side by side: the paired difference of a metric, cell by cell.

Both answered the same Hamiltonians, so that what is hard in a Hamiltonian for both drops out of the
difference of their losses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.scoring.paired import holm, pair_p
from leaderboard.scoring.score import Value
from leaderboard.seasons.label_access import withheld
from leaderboard.store.entries import Entry
from leaderboard.store.store import Store
from leaderboard.track import STANDARD

BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Difference:
    """How far two entries are apart in one cell.

    Attributes:
        key: the cell.
        metric: that ranks in the cell.
        first: its value for the first entry, without an interval.
        second: for the second.
        difference: first − second, with its paired 95 % interval over Hamiltonians.
        p: two-sided p-value of the paired test, by sign flips or McNemar's; adjusted by Holm's
            procedure over the cells where several are compared.
        rows: number of test rows.
    """

    key: CellKey
    metric: str
    first: float
    second: float
    difference: Value
    p: float
    rows: int


def paired_difference(key: CellKey, first: Losses, second: Losses) -> Difference:
    """The difference of the metric that ranks.

    Args:
        key: the cell.
        first: losses of the first entry.
        second: losses of the second, on the same rows.

    Raises:
        RequestError: the metric is no function of a mean loss, so that there is no such test.
    """
    metric, blocks = tasks.load(key.task).ranking, first.blocks
    if not metric.is_paired:
        raise RequestError(f"task {key.task}: {metric.unpaired}. Compare the scores.")
    weights = np.vstack([blocks.equal, blocks.resamples(BOOTSTRAPS, 0)])
    values = metric.value_of(weights @ np.stack([first.values, second.values], axis=1))
    apart = values[:, 0] - values[:, 1]
    difference = float(apart[0])
    interval = Value.of_sample(difference, apart[1:]) if len(blocks) > 1 else Value(difference)
    p = float(pair_p([first], [second])[0])
    return Difference(
        key, metric.name, float(values[0, 0]), float(values[0, 1]), interval, p, blocks.rows
    )


def win_rates(entries: Sequence[Losses]) -> NDArray[np.float64]:
    """Share of the blocks of test rows on which one entry errs less than another; equal losses
    count half.

    Args:
        entries: m losses of the same rows.

    Returns:
        float64 (m, m): the entry of the line against that of the column; the diagonal is 0.5.
    """
    values = np.stack([losses.values for losses in entries])
    less = values[:, None] < values[None]
    same = values[:, None] == values[None]
    return np.asarray((less + 0.5 * same).mean(axis=2))


def compare(store: Store, first: str, second: str, track: str = STANDARD) -> list[Difference]:
    """Every cell of a track that both entries answer, sorted, with p-values adjusted over them.

    Raises:
        RequestError: no such entry; entries of different seasons, whose Hamiltonians differ; a
            season that is still open; cells in common whose metrics have no paired test.
    """
    one, other = (store.submission(id_) for id_ in (first, second))
    if one.season != other.season:
        raise RequestError(
            f"{first} and {second} are of different seasons, and so of different Hamiltonians. "
            "Compare entries of one season."
        )
    reason = withheld(store, one.season)
    if reason:
        raise RequestError(reason)
    a, b = (_losses(entry, track) for entry in (one, other))
    both = sorted(a.keys() & b.keys())
    ranking = {key: tasks.load(key.task).ranking for key in both}
    paired = [key for key in both if ranking[key].is_paired]
    if both and not paired:
        reasons = sorted({metric.unpaired for metric in ranking.values()})
        raise RequestError(f"{first} and {second}: {'; '.join(reasons)}. Compare the scores.")
    return adjusted([paired_difference(key, a[key], b[key]) for key in paired])


def adjusted(differences: list[Difference]) -> list[Difference]:
    """The same with p-values adjusted for their number (Holm 1979)."""
    p = holm(np.array([d.p for d in differences])) if differences else np.empty(0)
    return [replace(d, p=float(value)) for d, value in zip(differences, p, strict=True)]


def _losses(entry: Entry, track: str) -> Mapping[CellKey, Losses]:
    return {
        key: result.losses
        for key, result in entry.results.items()
        if result.released and key.track == track
    }
