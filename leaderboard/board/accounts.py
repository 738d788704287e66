"""Who submits: an account by token, or whoever the pages signed in.

A token is 256 random bits, shown once; the board keeps its SHA-256. Slow hashes with a salt
protect passwords, because people choose those from a short list that can be tried; nobody can try
2²⁵⁶ tokens, so that a fast hash gives nothing away and can be looked up in the database.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import RequestError, UnknownError
from leaderboard.board.service import Board
from leaderboard.refusals import SignInError
from leaderboard.store import decisions
from leaderboard.store.database import writing_session
from leaderboard.store.records import utc
from leaderboard.store.tables import TokenRow

PREFIX = "qslbench_"  # so that scanners for secrets in public code can find one
MAX_ACCOUNT = 200
MAX_DAYS = 36500


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


def account(board: Board, named: str | None) -> str:
    """The account of a request, which the limits of a season count by.

    Args:
        board: that is asked.
        named: who asks, from a token or as signed in; None if nobody said.

    Raises:
        RequestError: nobody said, and the board needs to know.
    """
    if named is None and board.settings.sign_in == "required":
        raise SignInError("this board takes files of signed-in accounts only. Give a token.")
    return named or ""


def create_token(board: Board, name: str, days: int | None = None) -> tuple[Token, str]:
    """A new token of an account, and its text, which is not kept.

    Args:
        board: that is to know it.
        name: of the account, 1 to 200 printable characters.
        days: after which it is refused; None never.

    Raises:
        RequestError: a name or a number of days that is not allowed.
    """
    if not 0 < len(name) <= MAX_ACCOUNT or not name.isprintable() or name != name.strip():
        raise RequestError(
            f"account {name[:50]!r}: 1 to {MAX_ACCOUNT} printable characters are allowed, without "
            "spaces at the ends."
        )
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise RequestError(f"--expires {days}: 1 to {MAX_DAYS} days are allowed.")
    text = PREFIX + secrets.token_urlsafe(32)
    now = _now()
    row = TokenRow(
        id=secrets.token_hex(6),
        sha256=_sha256(text),
        account=name,
        created=now,
        expires=None if days is None else now + timedelta(days=days),
    )
    with writing_session(board.store.engine) as session, session.begin():
        session.add(row)
        token = _token(row)
        decisions.append(session, "token created", {"token": token.id, "account": name})
    return token, text


def tokens(board: Board) -> list[Token]:
    """All tokens that were ever made, oldest first."""
    with Session(board.store.engine) as session:
        query = select(TokenRow).order_by(TokenRow.created, TokenRow.id)
        return [_token(row) for row in session.scalars(query)]


def revoke_token(board: Board, id_: str) -> Token:
    """Refuse a token from now on; one that was revoked already stays as it is.

    Raises:
        RequestError: no such id.
    """
    with writing_session(board.store.engine) as session, session.begin():
        row = session.get(TokenRow, id_)
        if row is None:
            raise UnknownError(f"no token {id_!r} on this board. `qslbench token list` has them.")
        if row.revoked is None:
            row.revoked = _now()
            body = {"token": row.id, "account": row.account}
            decisions.append(session, "token revoked", body)
        return _token(row)


def account_of_token(board: Board, text: str) -> str:
    """The account of a token's text.

    Raises:
        RequestError: unknown, expired or revoked; which of them is not said.
    """
    with Session(board.store.engine) as session:
        row = session.scalar(select(TokenRow).where(TokenRow.sha256 == _sha256(text)))
        if row is None or row.revoked is not None or (row.expires and row.expires <= _now()):
            raise SignInError(
                "the token is unknown, has expired or was revoked. Ask for a new one."
            )
        return row.account


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _token(row: TokenRow) -> Token:
    return Token(row.id, row.account, row.created, row.expires, row.revoked)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
