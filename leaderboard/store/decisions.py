"""The decision log: what the board did and why, append-only.

Every entry holds the hash of the one before it, so that changing or removing any of them changes
every later hash; who has noted the last one can tell.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import WorkError
from leaderboard.store.tables import DecisionRow

FIRST = "0" * 64
WITHOUT_EFFECT = ("refused", "token created", "token revoked")  # kinds that change no ranking


def append(session: Session, kind: str, body: Mapping[str, Any]) -> DecisionRow:
    """Write the next entry; the session must hold the write lock of `leaderboard.store.database`.

    Args:
        session: in a transaction; the entry is there if and only if that is committed.
        kind: `season opened`, `accepted`, `refused`, `season closed`, `rescored`,
            `token created`, `token revoked`.
        body: JSON values.
    """
    last = session.scalar(select(DecisionRow).order_by(DecisionRow.number.desc()).limit(1))
    row = DecisionRow(
        number=1 if last is None else last.number + 1,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=kind,
        body_json=json.dumps(body, sort_keys=True),
        previous=FIRST if last is None else last.sha256,
    )
    row.sha256 = _hash(row)
    session.add(row)
    return row


def check(rows: Iterable[DecisionRow]) -> None:
    """Compute the chain again.

    Args:
        rows: all entries, in order.

    Raises:
        WorkError: names the first entry that is not what was written.
    """
    previous = FIRST
    for number, row in enumerate(rows, start=1):
        if (row.number, row.previous, row.sha256) != (number, previous, _hash(row)):
            raise WorkError(f"the decision log was changed: entry {number} does not fit the chain.")
        previous = row.sha256


def to_json(row: DecisionRow) -> dict[str, Any]:
    """An entry as a JSON object."""
    return {
        "number": row.number,
        "created": row.created,
        "kind": row.kind,
        **json.loads(row.body_json),
        "sha256": row.sha256,
    }


def _hash(row: DecisionRow) -> str:
    body = json.dumps([row.number, row.created, row.kind, row.body_json, row.previous])
    return hashlib.sha256(body.encode()).hexdigest()
