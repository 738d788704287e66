"""One entry an account and class: else whoever sends a hundred blends takes a hundred ranks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from leaderboard.cells import CellKey
from leaderboard.store.entries import Entry, Head

NO_SCORE = float("inf")


def one_each(entries: Sequence[Entry], key: CellKey) -> list[Entry]:
    """The entries of a cell that stand for their accounts, in the order they came in."""
    told = {entry.id: entry.results[key].told_loss for entry in entries}
    ids = chosen(entries, {id_: NO_SCORE if t is None else t for id_, t in told.items()})
    return [entry for entry in entries if entry.id in ids]


def chosen(heads: Iterable[Head], worth: Mapping[str, float]) -> set[str]:
    """Ids, one of every account and class.

    It is what the account chose last, else what was told the best score, the first of equals. What
    the close tells does not enter, or many tries would pick the luckiest on the hidden half.

    Args:
        heads: the submissions.
        worth: id → a number of which less is better, as it was told.
    """
    groups: dict[tuple[str, str], list[Head]] = defaultdict(list)
    for head in heads:
        groups[head.account, head.metadata.entry_class].append(head)
    return {
        min(group, key=lambda h: (-(h.chosen or 0), worth[h.id], h.number)).id
        for group in groups.values()
    }
