"""Seasons: a hidden test set, its committed labels, its public half and its rules."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import RequestError, WorkError
from leaderboard.scoring.scorer import Chosen
from leaderboard.seasons.halves import data_seeds, label_hash, public_half
from leaderboard.store import decisions
from leaderboard.store.tables import SeasonRow

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")


@dataclass(frozen=True)
class Season:
    """A season as the board knows it.

    Attributes:
        name: of the season.
        opened: UTC, without a time zone.
        closed: when submissions ended; None while it is open.
        revealed: when the private half had been scored; None before.
        salt: secret until `revealed`.
        label_hash: see `halves.label_hash`; published at the opening.
        seeds: config → seed of its data.
        cap: files that one account may submit.
    """

    name: str
    opened: datetime
    closed: datetime | None
    revealed: datetime | None
    salt: str
    label_hash: str
    seeds: dict[str, int]
    cap: int

    def chosen(self, *, live: bool) -> Chosen:
        """The test rows that are scored live, or those scored at the close."""

        def choose(config: str, row_id: NDArray[np.int64]) -> NDArray[np.bool_]:
            public = public_half(self.salt, config, row_id)
            return public if live else ~public

        return choose

    def to_json(self) -> dict[str, Any]:
        """What everybody may know; the salt is there once it is told."""
        return {
            "season": self.name,
            "opened": f"{self.opened.isoformat(timespec='seconds')}Z",
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


def latest(session: Session) -> Season | None:
    """The season that was opened last, whether it is still open or not."""
    query = select(SeasonRow).order_by(SeasonRow.opened.desc(), SeasonRow.name.desc()).limit(1)
    row = session.scalar(query)
    return None if row is None else from_row(row)


def start(session: Session, name: str, private: Path, cap: int) -> Season:
    """Open a season, in a transaction that holds the write lock.

    Raises:
        RequestError: a name that is not allowed or taken, a season that is still open, a cap
            below 1, or data with a seed that an earlier season had.
    """
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"season {name!r}: 1 to 50 letters, digits, dots, dashes or underscores, the first a "
            "letter or a digit."
        )
    if cap < 1:
        raise RequestError(f"--cap {cap}: at least 1 file an account is needed.")
    seeds = data_seeds(private)
    for row in session.scalars(select(SeasonRow)):
        if row.name == name:
            raise RequestError(f"season {name!r} was there already. Give another name.")
        if row.revealed is None:
            raise RequestError(f"season {row.name!r} is still open. Close it first.")
        used = {c: s for c, s in json.loads(row.seeds_json).items() if seeds.get(c) == s}
        if used:
            raise RequestError(
                f"season {row.name!r} had the same data of {', '.join(sorted(used))}, whose labels "
                "are known now. Build new data with another --seed."
            )
    salt = _new_salt()
    row = SeasonRow(
        name=name,
        opened=_now(),
        salt=salt,
        label_hash=label_hash(private, salt),
        seeds_json=json.dumps(seeds),
        cap=cap,
    )
    session.add(row)
    season = from_row(row)
    decisions.append(session, "season opened", {**season.to_json(), "cap": cap})
    return season


def end_submissions(session: Session) -> Season:
    """Let no more files in; a season that is ended already stays so.

    Raises:
        RequestError: no season, or one that is closed and revealed.
    """
    season = latest(session)
    if season is None or season.revealed:
        raise RequestError("no season is open. Open one with `qslbench season open`.")
    row = session.get_one(SeasonRow, season.name)
    row.closed = row.closed or _now()
    return from_row(row)


def check_labels(season: Season, private: Path) -> None:
    """Compare the labels with what was committed at the opening.

    Raises:
        WorkError: they are others.
    """
    found = label_hash(private, season.salt)
    if found != season.label_hash:
        raise WorkError(
            f"the labels in {private} are not those that season {season.name} was opened with: "
            f"hash {found}, published was {season.label_hash}."
        )


def reveal(session: Session, season: Season, finals: dict[str, Any]) -> Season:
    """Tell the salt, in the transaction that stores the final scores."""
    row = session.get_one(SeasonRow, season.name)
    row.revealed = _now()
    found = from_row(row)
    decisions.append(session, "season closed", {**found.to_json(), **finals})
    return found


def from_row(row: SeasonRow) -> Season:
    """The season of a row of the table."""
    return Season(
        row.name,
        row.opened,
        row.closed,
        row.revealed,
        row.salt,
        row.label_hash,
        json.loads(row.seeds_json),
        row.cap,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat(timespec='seconds')}Z"


def _new_salt() -> str:
    return secrets.token_hex(32)
