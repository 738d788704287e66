"""Seasons: a hidden test set, its committed labels, its public half and its rules."""

import re
import secrets
from collections.abc import Iterable, Sequence
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
from leaderboard.cells import CellKey
from leaderboard.refusals import ConflictError
from leaderboard.scoring.scorer import Chosen
from leaderboard.seasons.halves import data_seed, data_seeds, label_hash, public_half
from leaderboard.seasons.ladder import MOST_TOLD
from leaderboard.seasons.official import checked, refuse_others, usual_cells
from leaderboard.seasons.twins import noiseless, twins, used_before
from leaderboard.store.facts import SeasonFacts
from leaderboard.store.records import utc
from leaderboard.store.store import Store
from leaderboard.store.writing import Writing

RULES = 2
"""Revision of the rules: official cells, a half for each task, few told scores."""
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

        def choose(config: str, task: str, row_id: NDArray[np.int64]) -> NDArray[np.bool_]:
            family = Config.parse(config).family
            together = family.rows_a_seed if family.trajectory else 1
            drawn_for = task if self.rules >= RULES else None
            public = public_half(self.salt, config, row_id, together, drawn_for)
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
            "told": self.told,
            "cells": [key._asdict() for key in self.cells],
        }

    def check_cells(self, answered: Iterable[CellKey]) -> None:
        """Refuse what this season does not take.

        Raises:
            RequestError: cells that are not official, a season of earlier rules, or a closed one.
        """
        if self.closed is not None:
            raise ConflictError(f"season {self.name} is closed. Wait for the next one to open.")
        if self.rules < RULES:
            raise ConflictError(
                f"season {self.name} was opened under earlier rules, whose live scores tell too "
                "much, and takes no more files. Close it and open another."
            )
        refuse_others(self.cells, list(answered), self.name)

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


@dataclass(frozen=True)
class Terms:
    """What an operator sets when a season opens.

    Attributes:
        cap: valid files that an account may submit.
        told: scores that an account is told of a config, over all its tasks and cells.
        cells: the official ones; `usual_cells` if there are none.
    """

    cap: int = 100
    told: int = MOST_TOLD
    cells: Sequence[CellKey] = ()

    def __post_init__(self) -> None:
        if self.cap < 1:
            raise RequestError(f"--cap {self.cap}: at least 1 file an account is needed.")
        if self.told < 1:
            raise RequestError(f"--told {self.told}: at least 1 score a config is needed.")


def start(writing: Writing, name: str, private: Path, terms: Terms) -> Season:
    """Open a season.

    Raises:
        RequestError: a name that is not allowed or taken, a season that is still open, data with a
            seed that an earlier season had or that can be guessed, labels that were imported,
            cells that the data do not have, configs with the same labels, or entries that were made
            without a season.
    """
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"season {name!r}: 1 to 50 letters, digits, dots, dashes or underscores, the first a "
            "letter or a digit."
        )
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
    entries = manifest.read(private).configs
    same = twins({config: entry.test_seed for config, entry in entries.items()})
    if same:
        raise RequestError(
            f"{', '.join(same)} have the same labels, as they differ by noise alone: what is told "
            "of one tells of the others. Build them with test seeds of their own (leave out "
            "--test-seed)."
        )
    cells = checked(terms.cells or usual_cells(private), private)
    _refuse_seasonless(writing, seeds)
    for earlier in writing.seasons():
        if earlier.name == name:
            raise RequestError(f"season {name!r} was there already. Give another name.")
        if earlier.revealed is None:
            raise RequestError(f"season {earlier.name!r} is still open. Close it first.")
        used = used_before(
            entries, earlier.seeds, lambda config, name: data_seed(entries[config], name)
        )
        if used:
            raise RequestError(
                f"season {earlier.name!r} had the same data of {', '.join(sorted(used))}, whose "
                "labels are known now. Build new data: their test rows get a new seed."
            )
    salt = _new_salt()
    season = Season(
        name=name,
        opened=_now(),
        closed=None,
        revealed=None,
        salt=salt,
        label_hash=label_hash(private, salt),
        seeds=seeds,
        cap=terms.cap,
        number=writing.next_season(),
        rules=RULES,
        told=terms.told,
        cells=cells,
    )
    writing.add_season(season)
    writing.log("season opened", season.to_json())
    return season


def _refuse_seasonless(writing: Writing, seeds: dict[str, int]) -> None:
    """Whoever saw scores of all test rows, or the labels, knows something of them."""
    ours = {noiseless(config) for config in seeds}
    known = {c: count for c, count in writing.without_season().items() if noiseless(c) in ours}
    if known:
        entries = ", ".join(f"{config} ({count})" for config, count in sorted(known.items()))
        raise RequestError(
            f"the board has entries that were made without a season, whose scores are of all test "
            f"rows: {entries}. Open the season on a new store, given by --store."
        )


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
