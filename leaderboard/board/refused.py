"""Refusals as they stand in the decision log, each under an id of its own."""

import hashlib
from pathlib import Path

from builders.core.errors import RequestError, UnknownError
from leaderboard.store.records import Refusal
from leaderboard.store.store import Store

PREFIX = "refused-"
MAX_REASON = 4000  # characters; everybody who sends a file writes into the log
_DIGITS = 9  # of a number that every database can look for


def log(store: Store, path: Path, account: str, error: RequestError) -> Refusal:
    """Enter a refusal.

    Args:
        store: of the board.
        path: the file; its SHA-256 is kept, its name is not.
        account: whose it is.
        error: why it is refused.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    reason = str(error)[:MAX_REASON]
    body = {"account": account, "file_sha256": digest, "reason": reason}
    with store.writing() as writing:
        entry = writing.log("refused", body)
    return Refusal(f"{PREFIX}{entry.number}", entry.created, reason, error)


def refusal_of(store: Store, id_: str) -> Refusal:
    """The refusal of that id.

    Raises:
        RequestError: no such id.
    """
    digits = id_.removeprefix(PREFIX)
    known = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
    entry = store.decision(int(digits)) if known else None
    if entry is None or entry.kind != "refused":
        raise UnknownError(f"no submission {id_!r} on this board.")
    return Refusal(id_, entry.created, entry.body["reason"])
