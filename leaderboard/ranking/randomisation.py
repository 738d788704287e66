"""Does a model use its measurements? Entries beside their twins that saw random tokens.

The twin is trained and asked in the same cell after every outcome was replaced by an independent
uniform token. If it errs no more, then the model owes nothing to the measurements.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builders.core.errors import RequestError
from leaderboard.ranking.comparison import Difference, adjusted, paired_difference
from leaderboard.seasons.label_access import withheld
from leaderboard.store.entries import Head
from leaderboard.store.store import Store

NOTE = "all outcome tokens replaced by random ones"  # in the notes of a twin


@dataclass(frozen=True)
class Twins:
    """A model with measured tokens and its twin with random ones.

    Attributes:
        measured: entry.
        random: its twin: the same name, authors and seed.
        difference: random − measured.
    """

    measured: Head
    random: Head
    difference: Difference


def is_random(notes: str) -> bool:
    """Whether the notes of an entry say that its tokens were random."""
    return NOTE in notes


def pairs(store: Store, season: str | None) -> list[Twins]:
    """All pairs of a season, by cell and name; p-values are adjusted over them.

    Raises:
        RequestError: the season is open.
    """
    reason = withheld(store, season)
    if reason:
        raise RequestError(reason)
    ours = [head for head in store.heads() if head.season == season]
    twins = [
        (one, other)
        for other in ours
        if is_random(other.metadata.notes)
        for one in ours
        if not is_random(one.metadata.notes) and _who(one) == _who(other)
    ]
    losses = store.losses_of({head.id for twin in twins for head in twin})
    found = [
        Twins(one, other, paired_difference(key, losses[other.id][key], losses[one.id][key]))
        for one, other in twins
        for key in losses[one.id].keys() & losses[other.id].keys()
    ]
    found.sort(key=lambda pair: (pair.difference.key, pair.measured.metadata.name, pair.random.id))
    return _adjusted(found)


def _adjusted(found: Sequence[Twins]) -> list[Twins]:
    differences = adjusted([pair.difference for pair in found])
    return [
        Twins(pair.measured, pair.random, difference)
        for pair, difference in zip(found, differences, strict=True)
    ]


def _who(head: Head) -> tuple[object, ...]:
    return (head.metadata.name, head.metadata.authors, head.metadata.seed)
