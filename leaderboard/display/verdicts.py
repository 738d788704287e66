"""Where a new entry stands in a cell: whom it beats, whom it ties with, how far the best is.

All of it comes from the ranking that everybody sees, so that an open season tells no more here than
on its board.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display.words import metric_title
from leaderboard.ranking.comparison import Difference
from leaderboard.store.records import Row


@dataclass(frozen=True)
class Verdict:
    """An entry in the ranking of a cell.

    Attributes:
        key: the cell.
        row: its line.
        beaten: lines of larger ranks.
        tied: the other lines of its rank.
        best: the first line.
        entries: of the ranking.
        live: whether a season is open, in which ranks are those of told values.
    """

    key: CellKey
    row: Row
    beaten: tuple[Row, ...]
    tied: tuple[Row, ...]
    best: Row
    entries: int
    live: bool

    @property
    def gap(self) -> float | None:
        """How much worse its score is than the best one, in the metric; None without a score."""
        mine, best = self.row.score.value, self.best.score.value
        if mine is None or best is None:
            return None
        worse = mine - best
        return worse if tasks.load(self.key.task).ranking.better == "lower" else -worse


def verdict(key: CellKey, id_: str, rows: Sequence[Row], *, live: bool) -> Verdict | None:
    """The verdict on an entry; None where it is not ranked or has no score.

    Args:
        key: the cell.
        id_: of the entry.
        rows: the ranking of the cell.
        live: whether a season is open.
    """
    row = next((row for row in rows if row.id == id_), None)
    if row is None or row.score.value is None:
        return None
    scored = [other for other in rows if other.score.value is not None and other.id != id_]
    return Verdict(
        key,
        row,
        tuple(other for other in scored if other.rank > row.rank),
        tuple(other for other in scored if other.rank == row.rank),
        rows[0],
        len(rows),
        live,
    )


def sentence(v: Verdict, difference: Difference | None = None) -> str:
    """The verdict in words; Markdown without any stranger's text.

    Args:
        v: the verdict.
        difference: of the entry and the best one, where it may be known.
    """
    if v.entries == 1:
        return "Yours is the first entry of this cell."
    parts = [f"rank **{v.row.rank}** of {v.entries} entries"]
    if v.beaten:
        parts.append(f"you beat **{len(v.beaten)}**")
    if v.tied:
        same = "have the same reported value as" if v.live else "tie with"
        parts.append(f"{same} **{len(v.tied)}**")
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}. {_gap(v, difference)}{_meaning(v)}".strip()


def _gap(v: Verdict, difference: Difference | None) -> str:
    gap = v.gap
    if gap is None or v.best.id == v.row.id:
        return "Yours is the best. " if v.best.id == v.row.id else ""
    title = metric_title(v.key.task, v.row.primary)
    known = None if difference is None else difference.difference
    if known is None or known.low is None or known.high is None:
        return f"The gap to the best is {gap:.4f} in {title}. "
    low, high = sorted((abs(known.low), abs(known.high)))
    if known.low < 0 < known.high:
        low, high = known.low, known.high
        return (
            f"The gap to the best is {gap:.4f} in {title}; its paired 95 % interval, "
            f"{low:+.4f} to {high:+.4f}, holds 0. "
        )
    return (
        f"The gap to the best is {gap:.4f} in {title}, paired 95 % interval {low:.4f} to "
        f"{high:.4f}. "
    )


def _meaning(v: Verdict) -> str:
    if not v.tied:
        return ""
    if v.live:
        return "Reported values are on a coarse grid, which does not separate you until the close."
    return "A tie says: a paired test on the same test rows does not tell the entries apart."
