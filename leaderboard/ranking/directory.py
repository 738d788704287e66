"""The entries of a board without their scores: whom a page can name."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from leaderboard.store.store import Store
from leaderboard.store.tables import SubmissionRow
from leaderboard.submission.metadata import Metadata


@dataclass(frozen=True)
class Entry:
    """One entry.

    Attributes:
        id: of the submission.
        season: in which it was made; None without seasons.
        metadata: as submitted.
    """

    id: str
    season: str | None
    metadata: Metadata


def entries(store: Store) -> list[Entry]:
    """All entries, the latest first."""
    columns = (SubmissionRow.id, SubmissionRow.season, SubmissionRow.metadata_json)
    query = select(*columns).order_by(SubmissionRow.created.desc(), SubmissionRow.id)
    with Session(store.engine) as session:
        return [
            Entry(id_, season, Metadata.model_validate_json(text))
            for id_, season, text in session.execute(query)
        ]
