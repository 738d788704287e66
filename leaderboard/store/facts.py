"""What the store knows of seasons and tokens, and the queries for them in a session."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import UnknownError
from leaderboard.store.records import utc
from leaderboard.store.tables import SeasonRow, TokenRow


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
    """

    name: str
    opened: datetime
    closed: datetime | None
    revealed: datetime | None
    salt: str
    label_hash: str
    seeds: dict[str, int]
    cap: int


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
    query = select(SeasonRow).order_by(SeasonRow.opened, SeasonRow.name)
    return [season_of(row) for row in session.scalars(query)]


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
    )


def season_row(season: SeasonFacts) -> SeasonRow:
    """The row of a new season."""
    same = {k: getattr(season, k) for k in SeasonFacts.__dataclass_fields__ if k != "seeds"}
    return SeasonRow(**same, seeds_json=json.dumps(season.seeds))


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
