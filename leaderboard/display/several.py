"""Up to six entries side by side: their wins, their cells, and what a tie between them means.

Names are long and belong to strangers: tables and sentences call the entries by a letter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display.standing import entry_link, interval
from leaderboard.display.words import metric_title
from leaderboard.kinds.blocks import Losses
from leaderboard.ranking.comparison import Difference, win_rates
from leaderboard.scoring.paired import standing
from leaderboard.store.entries import Entry
from leaderboard.store.records import Row

MOST = 6
LETTERS = "ABCDEF"


def legend(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One line an entry: its letter, and where it stands in the cell."""
    return [
        {
            "": letter,
            "#": row.rank,
            "Model": row.name,
            "Class": row.metadata.entry_class,
            "Score": row.score.value,
            "95 % interval": interval(row.score),
            "Entry": entry_link(row.id),
        }
        for letter, row in zip(LETTERS, rows, strict=False)
    ]


def wins(losses: Sequence[Losses]) -> list[dict[str, Any]]:
    """One line an entry, one column for each that it is held against: percent of rows."""
    rates = 100.0 * win_rates(losses)
    names = LETTERS[: len(losses)]
    lines: list[dict[str, Any]] = []
    for k, one in enumerate(names):
        against = {other: float(rates[k, j]) for j, other in enumerate(names) if j != k}
        mean = float(np.mean(list(against.values())))
        lines.append({"": one, **{other: against.get(other) for other in names}, "Mean": mean})
    return lines


def by_cell(entries: Sequence[Entry], track: str, *, tested: bool) -> list[dict[str, Any]]:
    """One line a cell that two or more of the entries answer: the score of each, and their order.

    Args:
        entries: in the order of their letters.
        track: of the cells.
        tested: whether paired tests may be shown, which the order comes from.
    """
    keys = sorted({key for entry in entries for key in entry.scores if key.track == track})
    lines = []
    for key in keys:
        primary = tasks.load(key.task).primary
        scores = {
            letter: entry.scores[key][primary].value
            for letter, entry in zip(LETTERS, entries, strict=False)
            if key in entry.scores
        }
        if len([value for value in scores.values() if value is not None]) < 2:
            continue
        names = {"Config": key.config, "Task": key.task, "n": key.n, "M": key.shots}
        line = {**names, "Metric": metric_title(key.task, primary)}
        line |= {letter: scores.get(letter) for letter in LETTERS[: len(entries)]}
        lines.append(line | ({"Order": order(entries, key)} if tested else {}))
    return lines


def order(entries: Sequence[Entry], key: CellKey) -> str:
    """`B < A = C`: the entries of a cell, best first, with = where tests do not tell them apart."""
    task = tasks.load(key.task)
    known = [
        (letter, entry.results[key].losses)
        for letter, entry in zip(LETTERS, entries, strict=False)
        if key in entry.results and entry.results[key].released
    ]
    if not task.ranking.is_paired or len(known) < 2:
        return ""
    known.sort(key=lambda pair: pair[1].mean)
    ranks = standing([losses for _, losses in known], task.ranking).ranks.tolist()
    text = known[0][0]
    for k, (letter, _) in enumerate(known[1:], start=1):
        text += f" {'=' if ranks[k] == ranks[k - 1] else '<'} {letter}"
    return text


def tie_groups(rows: Sequence[Row]) -> list[list[int]]:
    """Places of the entries that share a rank with another one, group by group."""
    groups: dict[int, list[int]] = {}
    for k, row in enumerate(rows):
        if row.score.value is not None:
            groups.setdefault(row.rank, []).append(k)
    return [group for group in groups.values() if len(group) > 1]


def tie_sentence(group: Sequence[int], rows: Sequence[Row], widest: Difference) -> str:
    """What a shared rank says; Markdown.

    Args:
        group: places of entries that share a rank.
        rows: all that are compared.
        widest: difference of the last of the group from the first.
    """
    letters = [LETTERS[k] for k in group]
    d = widest.difference
    said = (
        f"**{', '.join(letters[:-1])} and {letters[-1]} share rank {rows[group[0]].rank}.** "
        f"{letters[-1]} − {letters[0]} is {d.value or 0.0:+z.5f} over {widest.rows} test rows"
    )
    if d.low is None or d.high is None:
        return f"{said}, too few for an interval."
    said += f", 95 % interval {d.low:+z.5f} to {d.high:+z.5f}. "
    if d.low <= 0.0 <= d.high:
        return said + "It holds 0: these rows do not tell which of them is better."
    return said + (
        "It leaves out 0, but many neighbours of the ranking are tested at once, and adjusted for "
        "that (Holm) the test does not tell them apart."
    )


def told_sentence(group: Sequence[int], rows: Sequence[Row]) -> str:
    """The same while a season is open."""
    letters = [LETTERS[k] for k in group]
    return (
        f"**{', '.join(letters[:-1])} and {letters[-1]} share rank {rows[group[0]].rank}**: they "
        "have the same reported value, on a grid that is coarse until the season closes."
    )


def details(rows: Sequence[Row]) -> Mapping[str, Mapping[str, Any]]:
    """Letter → details of the entry."""
    return {letter: row.details for letter, row in zip(LETTERS, rows, strict=False)}
