"""Refusals as they stand in the decision log, each under an id of its own."""

import hashlib
import json
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from builders.core.errors import RequestError, UnknownError
from leaderboard.store import decisions
from leaderboard.store.database import writing_session
from leaderboard.store.records import Refusal
from leaderboard.store.tables import DecisionRow

PREFIX = "refused-"
MAX_REASON = 4000  # characters; everybody who sends a file writes into the log
_DIGITS = 9  # of a number that every database can look for


def log(engine: Engine, path: Path, account: str, error: RequestError) -> Refusal:
    """Enter a refusal.

    Args:
        engine: of the board.
        path: the file; its SHA-256 is kept, its name is not.
        account: whose it is.
        error: why it is refused.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    reason = str(error)[:MAX_REASON]
    body = {"account": account, "file_sha256": digest, "reason": reason}
    with writing_session(engine) as session, session.begin():
        row = decisions.append(session, "refused", body)
        return Refusal(f"{PREFIX}{row.number}", row.created, reason, error)


def found(engine: Engine, id_: str) -> Refusal:
    """The refusal of that id.

    Raises:
        RequestError: no such id.
    """
    digits = id_.removeprefix(PREFIX)
    known = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
    with Session(engine) as session:
        row = session.get(DecisionRow, int(digits)) if known else None
        if row is None or row.kind != "refused":
            raise UnknownError(f"no submission {id_!r} on this board.")
        return Refusal(id_, row.created, json.loads(row.body_json)["reason"])
