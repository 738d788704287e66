"""Who submits: an account by token, or whoever the pages signed in.

A token is 256 random bits, shown once; the board keeps its SHA-256. Slow hashes with a salt
protect passwords, because people choose those from a short list that can be tried; nobody can try
2²⁵⁶ tokens, so that a fast hash gives nothing away and can be looked up in the database.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.refusals import SignInError
from leaderboard.store.facts import Token
from leaderboard.store.writing import Writing

PREFIX = "qslbench_"  # so that scanners for secrets in public code can find one
MAX_ACCOUNT = 200
MAX_DAYS = 36500
MAX_TOKENS = 1000  # made at once
_SHOWN = 5


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
    _check_account(name)
    _check_days(days)
    with board.store.writing() as writing:
        return _made(writing, name, days)


def create_tokens(
    board: Board, names: Sequence[str], days: int | None = None
) -> list[tuple[Token, str]]:
    """A token for each of several accounts that have none, all or nothing.

    Args:
        board: that is to know them.
        names: of the accounts, as in `create_token`.
        days: as there.

    Raises:
        RequestError: no names, too many, one twice, one that is not allowed, or accounts that have
            a token which is good.
    """
    if not 0 < len(names) <= MAX_TOKENS:
        raise RequestError(f"{len(names)} accounts were given; 1 to {MAX_TOKENS} are allowed.")
    for name in names:
        _check_account(name)
    _check_days(days)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise RequestError(f"{len(twice)} accounts are given more than once: {_first(twice)}.")
    with board.store.writing() as writing:
        good = {token.account for token in writing.tokens() if _is_good(token)}
        known = [name for name in names if name in good]
        if known:
            raise RequestError(
                f"{len(known)} accounts have a token already: {_first(known)}. Leave them out, or "
                "revoke theirs."
            )
        return [_made(writing, name, days) for name in names]


def numbered(prefix: str, count: int) -> list[str]:
    """Names of so many accounts, as `team-01`.

    Raises:
        RequestError: none, or too many.

    >>> numbered("team", 2)
    ['team-01', 'team-02']
    """
    if not 1 <= count <= MAX_TOKENS:
        raise RequestError(f"--count {count}: 1 to {MAX_TOKENS} accounts are allowed.")
    width = max(2, len(str(count)))
    return [f"{prefix}-{k:0{width}d}" for k in range(1, count + 1)]


def _made(writing: Writing, name: str, days: int | None) -> tuple[Token, str]:
    text = PREFIX + secrets.token_urlsafe(32)
    now = _now()
    expires = None if days is None else now + timedelta(days=days)
    token = Token(secrets.token_hex(6), name, now, expires, None)
    writing.add_token(token, _sha256(text))
    writing.log("token created", {"token": token.id, "account": name})
    return token, text


def _check_account(name: str) -> None:
    if not 0 < len(name) <= MAX_ACCOUNT or not name.isprintable() or name != name.strip():
        raise RequestError(
            f"account {name[:50]!r}: 1 to {MAX_ACCOUNT} printable characters are allowed, without "
            "spaces at the ends."
        )


def _check_days(days: int | None) -> None:
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise RequestError(f"--expires {days}: 1 to {MAX_DAYS} days are allowed.")


def _first(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more


def _is_good(token: Token) -> bool:
    return not token.revoked and (token.expires is None or token.expires > _now())


def tokens(board: Board) -> list[Token]:
    """All tokens that were ever made, oldest first."""
    return board.store.tokens()


def revoke_token(board: Board, id_: str) -> Token:
    """Refuse a token from now on; one that was revoked already stays as it is.

    Raises:
        RequestError: no such id.
    """
    with board.store.writing() as writing:
        token, is_new = writing.revoke_token(id_, _now())
        if is_new:
            writing.log("token revoked", {"token": token.id, "account": token.account})
    return token


def account_of_token(board: Board, text: str) -> str:
    """The account of a token's text.

    Raises:
        RequestError: unknown, expired or revoked; which of them is not said.
    """
    token = board.store.token_of(_sha256(text))
    if token is None or not _is_good(token):
        raise SignInError("the token is unknown, has expired or was revoked. Ask for a new one.")
    return token.account


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
