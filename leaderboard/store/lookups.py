"""What the store holds of submissions, seasons, tokens and decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from builders.core.errors import UnknownError
from leaderboard.store import decisions, facts
from leaderboard.store.cell_lookups import CellLookups
from leaderboard.store.decisions import WITHOUT_EFFECT, Decision
from leaderboard.store.entries import Entry, Head
from leaderboard.store.facts import SeasonFacts, Token
from leaderboard.store.first_scores import FirstScore, first_scores
from leaderboard.store.rows import entry_of, head_of, scores_sha256
from leaderboard.store.tables import DecisionRow, SubmissionRow, TokenRow


@dataclass(frozen=True)
class Lookups(CellLookups):
    """Lookups by submission, season, token and number of the log, and those by cell; each in a
    transaction of its own.
    """

    def submission(self, id_: str) -> Entry:
        """One submission with its scores.

        Raises:
            RequestError: no such id.
        """
        query = _with_all(select(SubmissionRow)).where(SubmissionRow.id == id_)
        with Session(self.engine) as session:
            row = session.scalar(query)
            if row is None:
                raise UnknownError(f"no submission {id_!r} on this board.")
            return entry_of(row)

    def id_of(self, identity: str) -> str | None:
        """The id of the submission with that hash of answers and metadata."""
        query = select(SubmissionRow.id).where(SubmissionRow.identity == identity)
        with Session(self.engine) as session:
            return session.scalar(query)

    def submissions(self) -> list[Entry]:
        """All submissions with their scores, oldest first."""
        query = _with_all(select(SubmissionRow))
        with Session(self.engine) as session:
            rows = session.scalars(query.order_by(SubmissionRow.number))
            return [entry_of(row) for row in rows]

    def heads(self, offset: int = 0, limit: int | None = None) -> list[Head]:
        """Submissions without their cells, oldest first.

        Args:
            offset: so many are passed over.
            limit: so many at most; all by default.
        """
        query = select(SubmissionRow).order_by(SubmissionRow.number)
        with Session(self.engine) as session:
            return [head_of(row) for row in session.scalars(query.offset(offset).limit(limit))]

    def names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id → name of the model, of those ids that are submissions."""
        query = select(SubmissionRow.id, SubmissionRow.name)
        with Session(self.engine) as session:
            wanted = query.where(SubmissionRow.id.in_(ids))
            return {row.id: row.name for row in session.execute(wanted)}

    def first_scores(self, ids: Sequence[str]) -> dict[str, FirstScore]:
        """See `leaderboard.store.first_scores`."""
        return first_scores(self.engine, ids)

    def same_predictions(self, sha256: str) -> list[str]:
        """Ids of the submissions with these very predictions, oldest first."""
        query = select(SubmissionRow.id).where(SubmissionRow.predictions_sha256 == sha256)
        with Session(self.engine) as session:
            return list(session.scalars(query.order_by(SubmissionRow.number)))

    def last_number(self) -> int:
        """The number of the submission that arrived last; 0 where there is none."""
        with Session(self.engine) as session:
            return session.scalar(select(func.max(SubmissionRow.number))) or 0

    def without_season(self) -> dict[str, int]:
        """Config → submissions of no season that answer for it."""
        with Session(self.engine) as session:
            return facts.without_season(session)

    def scores_sha256(self, id_: str) -> set[str]:
        """Hashes that the log may have of the scores that are stored of a submission, with the salt
        of its season and, of before salts were in it, without; none where it is not there.
        """
        query = select(SubmissionRow).where(SubmissionRow.id == id_)
        with Session(self.engine) as session:
            row = session.scalar(_with_all(query))
            if row is None:
                return set()
            salts = {"", facts.salt_of(session, row.season)}
            return {scores_sha256(row.scores, row.results, salt) for salt in salts}

    def seasons(self) -> list[SeasonFacts]:
        """Every season, in the order of opening."""
        with Session(self.engine) as session:
            return facts.seasons(session)

    def tokens(self) -> list[Token]:
        """All tokens that were ever made, oldest first."""
        with Session(self.engine) as session:
            return facts.tokens(session)

    def token_of(self, sha256: str) -> Token | None:
        """The token whose text has that hash."""
        with Session(self.engine) as session:
            row = session.scalar(select(TokenRow).where(TokenRow.sha256 == sha256))
            return None if row is None else facts.token_of(row)

    def version(self) -> int:
        """A number that grows with everything that changes a ranking."""
        query = select(DecisionRow.number).where(DecisionRow.kind.not_in(WITHOUT_EFFECT))
        with Session(self.engine) as session:
            return session.scalar(query.order_by(DecisionRow.number.desc()).limit(1)) or 0

    def decisions(self, after: int = 0, limit: int | None = None) -> list[Decision]:
        """The decision log, oldest first.

        Args:
            after: entries of larger numbers alone.
            limit: so many at most; all by default.
        """
        query = select(DecisionRow).where(DecisionRow.number > after).order_by(DecisionRow.number)
        with Session(self.engine) as session:
            return [decisions.of_row(row) for row in session.scalars(query.limit(limit))]

    def log_length(self) -> int:
        """Number of the last entry of the log; 0 where there is none."""
        with Session(self.engine) as session:
            return session.scalar(select(func.max(DecisionRow.number))) or 0

    def decision(self, number: int) -> Decision | None:
        """One entry of the decision log."""
        with Session(self.engine) as session:
            row = session.get(DecisionRow, number)
            return None if row is None else decisions.of_row(row)


def _with_all(query: Any) -> Any:
    return query.options(selectinload(SubmissionRow.scores), selectinload(SubmissionRow.results))
