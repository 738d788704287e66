"""Seasons: a hidden test set, its committed labels, its public half and its rules."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
from builders.dataset import manifest
from builders.dataset.config import Config
from builders.dataset.spec import GUESSABLE
from leaderboard.scoring.scorer import Chosen
from leaderboard.seasons.halves import data_seeds, label_hash, public_half
from leaderboard.store.facts import SeasonFacts
from leaderboard.store.records import utc
from leaderboard.store.store import Store
from leaderboard.store.writing import Writing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")


@dataclass(frozen=True)
class Season(SeasonFacts):
    """A season as the board knows it, with its rules; see `SeasonFacts`."""

    @staticmethod
    def of(facts: SeasonFacts) -> "Season":
        """What the store knows of it, with its rules."""
        return Season(**vars(facts))

    def chosen(self, *, live: bool) -> Chosen:
        """The test rows that are scored live, or those scored at the close."""

        def choose(config: str, row_id: NDArray[np.int64]) -> NDArray[np.bool_]:
            family = Config.parse(config).family
            together = family.rows_a_seed if family.trajectory else 1
            public = public_half(self.salt, config, row_id, together)
            return public if live else ~public

        return choose

    def to_json(self) -> dict[str, Any]:
        """What everybody may know; the salt is there once it is revealed."""
        return {
            "season": self.name,
            "opened": utc(self.opened),
            "closed": _text(self.closed),
            "revealed": _text(self.revealed),
            "label_hash": self.label_hash,
            "salt": self.salt if self.revealed else None,
            "configs": sorted(self.seeds),
            "cap": self.cap,
        }

    def check_data(self, folder: Path) -> None:
        """Refuse data that are not this season's.

        Raises:
            RequestError: other configs or seeds.
        """
        if data_seeds(folder) != self.seeds:
            raise RequestError(
                f"{folder} does not hold the data of season {self.name}: it was opened with "
                f"{self.seeds}, the folder has {data_seeds(folder)}."
            )


def latest(place: Store | Writing) -> Season | None:
    """The season that was opened last, whether it is still open or not."""
    every = place.seasons()
    return Season.of(every[-1]) if every else None


def start(writing: Writing, name: str, private: Path, cap: int) -> Season:
    """Open a season.

    Raises:
        RequestError: a name that is not allowed or taken, a season that is still open, a cap
            below 1, data with a seed that an earlier season had or that can be guessed, or labels
            that were imported.
    """
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"season {name!r}: 1 to 50 letters, digits, dots, dashes or underscores, the first a "
            "letter or a digit."
        )
    if cap < 1:
        raise RequestError(f"--cap {cap}: at least 1 file an account is needed.")
    manifest.check_current(manifest.read(private), private)
    seeds = data_seeds(private)
    guessable = [
        config
        for config, entry in manifest.read(private).configs.items()
        if entry.test_seed is not None and entry.test_seed < GUESSABLE
    ]
    if guessable:
        raise RequestError(
            f"the test seed of {', '.join(sorted(guessable))} is below {GUESSABLE}: whoever tries "
            "them all has the labels. Build them without --test-seed."
        )
    known = [c for c, e in manifest.read(private).configs.items() if e.imported is not None]
    if known:
        raise RequestError(
            f"the labels of {', '.join(sorted(known))} were imported and are public where they "
            "came from, so that no season can hide them. Put them into a folder of their own."
        )
    for earlier in writing.seasons():
        if earlier.name == name:
            raise RequestError(f"season {name!r} was there already. Give another name.")
        if earlier.revealed is None:
            raise RequestError(f"season {earlier.name!r} is still open. Close it first.")
        used = [config for config, seed in earlier.seeds.items() if seeds.get(config) == seed]
        if used:
            raise RequestError(
                f"season {earlier.name!r} had the same data of {', '.join(sorted(used))}, whose "
                "labels are known now. Build new data: their test rows get a new seed."
            )
    salt = _new_salt()
    season = Season(name, _now(), None, None, salt, label_hash(private, salt), seeds, cap)
    writing.add_season(season)
    writing.log("season opened", season.to_json())
    return season


def end_submissions(writing: Writing) -> Season:
    """Let no more files in; a season that is ended already stays so.

    Raises:
        RequestError: no season, or one that is closed and revealed.
    """
    season = latest(writing)
    if season is None or season.revealed:
        raise RequestError("no season is open. Open one with `qslbench season open`.")
    return Season.of(writing.change_season(season.name, closed=season.closed or _now()))


def check_labels(season: Season, private: Path) -> None:
    """Compare the labels with what was committed at the opening.

    Raises:
        WorkError: they are others.
    """
    current_hash = label_hash(private, season.salt)
    if current_hash != season.label_hash:
        raise WorkError(
            f"the labels in {private} are not those that season {season.name} was opened with: "
            f"hash {current_hash}, published was {season.label_hash}."
        )


def reveal(writing: Writing, season: Season, finals: dict[str, Any]) -> Season:
    """Tell the salt, in the transaction that stores the final scores."""
    revealed = Season.of(writing.change_season(season.name, revealed=_now()))
    writing.log("season closed", {**revealed.to_json(), **finals})
    return revealed


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else utc(moment)


def _new_salt() -> str:
    return secrets.token_hex(32)
