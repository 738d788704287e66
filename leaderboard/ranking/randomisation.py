"""Does a model use its measurements? Entries beside their twins that saw random tokens.

The twin is trained and asked in the same cell of the track `random`: every outcome was replaced by
an independent uniform token. If it errs no more, then the model owes nothing to the measurements.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.ranking.comparison import Difference, adjusted, paired_difference
from leaderboard.seasons.label_access import withheld
from leaderboard.store.entries import Head
from leaderboard.store.store import Store
from leaderboard.track import RANDOM, STANDARD


@dataclass(frozen=True)
class Twins:
    """A model with measured tokens and its twin with random ones.

    Attributes:
        measured: entry of the standard track.
        random: its twin: the same name, authors and seed; it may be the same submission.
        difference: random − measured, in the cell of the standard track.
    """

    measured: Head
    random: Head
    difference: Difference


def pairs(store: Store, season: str | None) -> list[Twins]:
    """All pairs of a season, by cell and name; p-values are adjusted over them.

    Raises:
        RequestError: the season is open.
    """
    reason = withheld(store, season)
    if reason:
        raise RequestError(reason)
    heads = {head.id: head for head in store.heads()}
    compared = []
    for key, twins in sorted(_twins(store, season, heads).items()):
        if not tasks.load(key.task).ranking.is_paired:
            continue
        losses, _ = store.losses(key._replace(track=STANDARD), season)
        others, _ = store.losses(key, season)
        for one, other in twins:
            difference = paired_difference(key._replace(track=STANDARD), others[other], losses[one])
            compared.append(Twins(heads[one], heads[other], difference))
    compared.sort(key=lambda pair: (pair.difference.key, pair.measured.name, pair.random.id))
    return _adjusted(compared)


def _twins(
    store: Store, season: str | None, heads: dict[str, Head]
) -> dict[CellKey, list[tuple[str, str]]]:
    """Cell of the random track → ids of entry and twin."""
    entries = defaultdict(list)
    for id_, key in store.of_track(STANDARD, season):
        entries[key._replace(track=RANDOM), _who(heads[id_])].append(id_)
    twin_ids: dict[CellKey, list[tuple[str, str]]] = defaultdict(list)
    for id_, key in store.of_track(RANDOM, season):
        twin_ids[key] += [(one, id_) for one in entries[key, _who(heads[id_])]]
    return twin_ids


def _adjusted(twins: Sequence[Twins]) -> list[Twins]:
    differences = adjusted([pair.difference for pair in twins])
    return [
        replace(pair, difference=difference)
        for pair, difference in zip(twins, differences, strict=True)
    ]


def _who(head: Head) -> tuple[object, ...]:
    return (head.metadata.name, head.metadata.authors, head.metadata.seed)
