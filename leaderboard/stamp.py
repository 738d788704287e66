"""A number that changes whenever a board does: what is kept under it is up to date."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leaderboard.store import Store
from leaderboard.tables import DecisionRow


def stamp(store: Store) -> int:
    """How many entries the decision log has.

    Whatever changes a ranking (a file, a season that opens or closes, a new scorer) is logged in
    the transaction that makes it, or right after it.
    """
    with Session(store.engine) as session:
        return session.scalar(select(func.max(DecisionRow.number))) or 0
