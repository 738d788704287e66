"""Scores of stored submissions computed anew from their files, at a close or after a change."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons.admission import Admission, Group, group, lost
from leaderboard.seasons.seasons import Season
from leaderboard.store.entries import Earlier, Entry, Scored
from leaderboard.store.store import LostError, Store


@dataclass(frozen=True)
class ScoredAgain:
    """What a pass over the stored files gave.

    Attributes:
        cells: every submission and what is to be stored of it, in the order of arrival; while a
            season is open, those whose file was read.
        lost: id → why its file gives no scores.
    """

    cells: list[tuple[Entry, dict[CellKey, Scored]]] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)

    def log(self) -> dict[str, Any]:
        """What the decision log says of it."""
        return {"lost": self.lost} if self.lost else {}


def again(store: Store, scorer: Scorer, season: Season | None, *, live: bool) -> ScoredAgain:
    """Score the submissions of a season, or of none, from their files. Holds no lock.

    Args:
        store: of the board.
        scorer: of the rows that count.
        season: None for submissions without one.
        live: whether the season is open; then what was told stays as it was decided.
    """
    name = None if season is None else season.name
    entries = [entry for entry in store.submissions() if entry.season == name]
    found, admissions = ScoredAgain(), {}
    others: dict[Group, list[Earlier]] = defaultdict(list)
    for entry in entries:
        try:
            submission = store.stored(entry)
        except LostError as error:
            found.lost[entry.id] = str(error)
            continue
        admission = Admission.of(
            submission, scorer.score(submission), season, live=live, kept=entry.results
        )
        admissions[entry.id] = admission
        for answer in admission.earlier(entry):
            others[group(answer.key)].append(answer)
    both = season is not None and not live
    for entry in entries:
        if entry.id in found.lost:
            # What a season has told stays told: its file may be back before the close, which
            # decides without it.
            if season is None or not live:
                found.cells.append((entry, lost(entry, found.lost[entry.id])))
            continue
        admissions[entry.id].compared(entry, others, both=both)
        found.cells.append((entry, admissions[entry.id].cells(None, entry)))
    return found
