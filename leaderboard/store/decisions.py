"""The decision log: what the board did and why, append-only.

Every entry holds the hash of the one before it, so that changing or removing any of them changes
every later hash; who has noted the last one can tell.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from builders.core.errors import WorkError
from leaderboard.store.tables import DecisionRow

FIRST = "0" * 64
WITHOUT_EFFECT = ("refused", "token created", "token revoked")  # kinds that change no ranking


@dataclass(frozen=True)
class Decision:
    """One entry of the log.

    Attributes:
        number: from 1, without gaps.
        created: UTC, ISO 8601 with its time zone.
        kind: `season opened`, `accepted`, `refused`, `chosen`, `withdrawn`, `season closed`,
            `rescored`, `token created`, `token revoked`.
        body_json: JSON text of an object, as it was hashed.
        previous: hash of the entry before; `FIRST` in the first.
        sha256: of all of these.
    """

    number: int
    created: str
    kind: str
    body_json: str
    previous: str
    sha256: str

    @property
    def body(self) -> dict[str, Any]:
        """What was decided."""
        body: dict[str, Any] = json.loads(self.body_json)
        return body

    def to_json(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        about = {"number": self.number, "created": self.created, "kind": self.kind}
        return {**about, **self.body, "sha256": self.sha256}


def append(session: Session, kind: str, body: Mapping[str, Any]) -> Decision:
    """Write the next entry; the session must hold the write lock of `leaderboard.store.database`.

    Args:
        session: in a transaction; the entry is there if and only if that is committed.
        kind: see `Decision`.
        body: JSON values.
    """
    last = session.scalar(select(DecisionRow).order_by(DecisionRow.number.desc()).limit(1))
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.sha256)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps(body, sort_keys=True)
    digest = _hash(number, created, kind, text, previous)
    decision = Decision(number, created, kind, text, previous, digest)
    session.add(DecisionRow(**vars(decision)))
    session.flush()  # so that the next one of the same transaction finds it
    return decision


def of_row(row: DecisionRow) -> Decision:
    """The entry of a row of the table."""
    names = Decision.__dataclass_fields__
    return Decision(**{name: getattr(row, name) for name in names})


def check(log: Iterable[Decision], after: int = 0, previous: str = FIRST) -> None:
    """Compute the chain again.

    Args:
        log: entries, in order.
        after: number of the one before the first.
        previous: its hash.

    Raises:
        WorkError: names the first entry that is not what was written.
    """
    for number, entry in enumerate(log, start=after + 1):
        digest = _hash(entry.number, entry.created, entry.kind, entry.body_json, entry.previous)
        if (entry.number, entry.previous, entry.sha256) != (number, previous, digest):
            raise WorkError(f"the decision log was changed: entry {number} does not fit the chain.")
        previous = entry.sha256


def _hash(number: int, created: str, kind: str, body_json: str, previous: str) -> str:
    body = json.dumps([number, created, kind, body_json, previous])
    return hashlib.sha256(body.encode()).hexdigest()
