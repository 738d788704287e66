"""Does a model use its measurements? Entries beside their twins that saw random tokens.

The twin is trained and asked in the same cell after every outcome was replaced by an independent
uniform token. If it errs no more, then the model owes nothing to the measurements.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.ranking.comparison import Difference, adjusted, paired_difference
from leaderboard.ranking.directory import Entry, entries
from leaderboard.seasons.label_access import withheld
from leaderboard.store.store import Store
from leaderboard.store.tables import ResultRow

NOTE = "all outcome tokens replaced by random ones"  # in the notes of a twin


@dataclass(frozen=True)
class Twins:
    """A model with measured tokens and its twin with random ones.

    Attributes:
        measured: entry.
        random: its twin: the same name, authors and seed.
        difference: random − measured.
    """

    measured: Entry
    random: Entry
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
    ours = [entry for entry in entries(store) if entry.season == season]
    twins = [
        (one, other)
        for other in ours
        if is_random(other.metadata.notes)
        for one in ours
        if not is_random(one.metadata.notes) and _who(one) == _who(other)
    ]
    losses = _losses(store, {entry.id for twin in twins for entry in twin})
    found = [
        Twins(one, other, paired_difference(key, losses[other.id][key], losses[one.id][key]))
        for one, other in twins
        for key in losses[one.id].keys() & losses[other.id].keys()
        if tasks.load(key.task).ranking.is_paired
    ]
    found.sort(key=lambda pair: (pair.difference.key, pair.measured.metadata.name, pair.random.id))
    return _adjusted(found)


def _adjusted(found: Sequence[Twins]) -> list[Twins]:
    differences = adjusted([pair.difference for pair in found])
    return [
        Twins(pair.measured, pair.random, difference)
        for pair, difference in zip(found, differences, strict=True)
    ]


def _who(entry: Entry) -> tuple[object, ...]:
    return (entry.metadata.name, entry.metadata.authors, entry.metadata.seed)


def _losses(store: Store, ids: set[str]) -> dict[str, dict[CellKey, Losses]]:
    row = ResultRow
    columns = (row.submission_id, row.config, row.task, row.n, row.shots, row.losses)
    query = select(*columns).where(row.submission_id.in_(ids), row.told)
    found: dict[str, dict[CellKey, Losses]] = {id_: {} for id_ in ids}
    with Session(store.engine) as session:
        for id_, config, task, n, shots, losses in session.execute(query):
            found[id_][CellKey(config, task, n, shots)] = Losses.from_bytes(losses)
    return found
