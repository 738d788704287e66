"""What the store knows of seasons and tokens, and the queries for them in a session."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from builders.core.errors import UnknownError
from leaderboard.cells import CellKey
from leaderboard.store.records import utc
from leaderboard.store.tables import ResultRow, SeasonRow, SubmissionRow, TokenRow


@dataclass(frozen=True)
class SeasonFacts:
    """A stretch of time with one hidden test set; times are UTC, without a time zone.

    Attributes:
        name: of the season.
        opened: when.
        closed: when submissions ended; None while it is open.
        revealed: when the private half had been scored; None before.
        salt: secret until `revealed`.
        label_hash: see `leaderboard.seasons.halves.label_hash`; published at the opening.
        seeds: config → seed of its data.
        cap: files that one account may submit.
        number: from 1, in the order of opening.
        rules: revision of the rules that it was opened with.
        told: scores that one account is told of a config while the season is open.
        cells: the official ones, which alone are answered.
    """

    name: str
    opened: datetime
    closed: datetime | None
    revealed: datetime | None
    salt: str
    label_hash: str
    seeds: dict[str, int]
    cap: int
    number: int
    rules: int
    told: int
    cells: tuple[CellKey, ...]


@dataclass(frozen=True)
class Token:
    """What the board knows of a token.

    Attributes:
        id: 12 hexadecimal digits, no secret.
        account: whose files it submits.
        created: UTC, without a time zone.
        expires: from when on it is refused; None never.
        revoked: since when it is refused; None if it is not.
    """

    id: str
    account: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def to_json(self) -> dict[str, str | None]:
        """A JSON object."""
        times = {name: getattr(self, name) for name in ("created", "expires", "revoked")}
        said = {name: None if time is None else utc(time) for name, time in times.items()}
        return {"id": self.id, "account": self.account, **said}


def seasons(session: Session) -> list[SeasonFacts]:
    """Every season, in the order of opening."""
    query = select(SeasonRow).order_by(SeasonRow.number)
    return [season_of(row) for row in session.scalars(query)]


def salt_of(session: Session, season: str | None) -> str:
    """The salt of a season; "" of none."""
    row = None if season is None else session.get(SeasonRow, season)
    return "" if row is None else row.salt


def next_season(session: Session) -> int:
    """The number of a season that is opened now."""
    return (session.scalar(select(func.max(SeasonRow.number))) or 0) + 1


def season_of(row: SeasonRow) -> SeasonFacts:
    """The season of a row of the table."""
    return SeasonFacts(
        row.name,
        row.opened,
        row.closed,
        row.revealed,
        row.salt,
        row.label_hash,
        json.loads(row.seeds_json),
        row.cap,
        row.number,
        row.rules,
        row.told,
        tuple(CellKey(*cell) for cell in json.loads(row.cells_json)),
    )


def season_row(season: SeasonFacts) -> SeasonRow:
    """The row of a new season."""
    texts = {"seeds", "cells"}
    same = {k: getattr(season, k) for k in SeasonFacts.__dataclass_fields__ if k not in texts}
    return SeasonRow(
        **same, seeds_json=json.dumps(season.seeds), cells_json=json.dumps(season.cells)
    )


def without_season(session: Session) -> dict[str, int]:
    """Config → submissions of no season that answer for it."""
    answers = select(ResultRow.config, ResultRow.submission_id).distinct().join(SubmissionRow)
    ours = answers.where(SubmissionRow.season.is_(None)).subquery()
    query = select(ours.c.config, func.count()).group_by(ours.c.config).order_by(ours.c.config)
    return dict(session.execute(query).all())


def tokens(session: Session) -> list[Token]:
    """All tokens that were ever made, oldest first."""
    query = select(TokenRow).order_by(TokenRow.created, TokenRow.id)
    return [token_of(row) for row in session.scalars(query)]


def token_row(session: Session, id_: str) -> TokenRow:
    """The row of a token.

    Raises:
        RequestError: no such id.
    """
    row = session.get(TokenRow, id_)
    if row is None:
        raise UnknownError(f"no token {id_!r} on this board. `qslbench token list` has them.")
    return row


def token_of(row: TokenRow) -> Token:
    """The token of a row of the table."""
    return Token(row.id, row.account, row.created, row.expires, row.revoked)
