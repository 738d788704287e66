"""A transaction that reads and then writes: one at a time, so that what it has read stays true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leaderboard.cells import CellKey
from leaderboard.refusals import ConflictError, KnownError
from leaderboard.store import decisions, facts
from leaderboard.store.cell_lookups import columns_of, earlier, in_season
from leaderboard.store.decisions import Decision
from leaderboard.store.entries import ID_DIGITS, Earlier, Head, Scored, Withdrawn
from leaderboard.store.facts import SeasonFacts, Token
from leaderboard.store.heads import LogHead
from leaderboard.store.rows import cell_rows, numbers, row_of, scores_sha256
from leaderboard.store.tables import ResultRow, SeasonRow, SubmissionRow, TokenRow


@dataclass(frozen=True)
class Writing:
    """What can be read and written while the write lock is held; see `Store.writing`.

    Attributes:
        written: heads of the entries that this transaction has put into the log.
    """

    _session: Session
    _scored: dict[str, str] = field(default_factory=dict)
    written: list[LogHead] = field(default_factory=list)

    def refuse_known(self, identity: str) -> None:
        """As `Store.refuse_known`."""
        refuse_known(self._session, identity)

    def add(self, head: Head, cells: Mapping[CellKey, Scored]) -> None:
        """Store a new submission with its cells."""
        row = row_of(head)
        row.scores, row.results = cell_rows(cells)
        self._session.add(row)
        self._session.flush()

    def replace(self, id_: str, cells: Mapping[CellKey, Scored]) -> bool:
        """Put cells in the place of those that a submission has; whether any number is another."""
        row = self._session.get_one(SubmissionRow, id_)
        scores, results = cell_rows(cells)
        if numbers(row.scores, row.results) == numbers(scores, results):
            return False
        row.scores, row.results = [], []
        self._session.flush()  # old lines go before new ones come, which would not be unique
        row.scores, row.results = scores, results
        self._session.flush()
        salt = facts.salt_of(self._session, row.season)
        self._scored[id_] = scores_sha256(scores, results, salt)
        return True

    def files_of(self, account: str, season: str) -> int:
        """How many submissions of an account a season has."""
        ours = (SubmissionRow.account == account) & (SubmissionRow.season == season)
        query = select(func.count()).select_from(SubmissionRow).where(ours)
        return self._session.scalar(query) or 0

    def next_number(self) -> int:
        """The number of a submission that arrives now."""
        return (self._session.scalar(select(func.max(SubmissionRow.number))) or 0) + 1

    def told(self, account: str, season: str | None, config: str) -> list[tuple[CellKey, float]]:
        """Cell and loss of every score of a config that an account was told, all tasks together."""
        r = ResultRow
        query = select(r.told_loss, *columns_of(r)).join(SubmissionRow)
        query = query.where(in_season(season), SubmissionRow.account == account)
        query = query.where(r.config == config, r.told_loss.is_not(None))
        rows = self._session.execute(query)
        return [(CellKey(*cell), loss or 0.0) for loss, *cell in rows]

    def earlier(self, season: str | None, key: CellKey, after: int) -> list[Earlier]:
        """As `CellLookups.earlier`."""
        return earlier(self._session, season, key, after)

    def choose(self, id_: str) -> None:
        """Make a submission the one that its account chose last."""
        last = self._session.scalar(select(func.max(SubmissionRow.chosen))) or 0
        self._session.get_one(SubmissionRow, id_).chosen = last + 1

    def withdraw(self, id_: str, when: Withdrawn) -> None:
        """Take a submission out of all rankings."""
        self._session.get_one(SubmissionRow, id_).withdrawn = when

    def refuse_withdrawn(self, id_: str) -> None:
        """Refuse what was withdrawn.

        Raises:
            RequestError: it was.
        """
        if self._session.get_one(SubmissionRow, id_).withdrawn:
            raise ConflictError(
                f"{id_} was withdrawn already, which is for good. Submit another file."
            )

    def without_season(self) -> dict[str, int]:
        """As `Lookups.without_season`."""
        return facts.without_season(self._session)

    def next_season(self) -> int:
        """The number of a season that is opened now."""
        return facts.next_season(self._session)

    def seasons(self) -> list[SeasonFacts]:
        """Every season, in the order of opening."""
        return facts.seasons(self._session)

    def season(self, name: str) -> SeasonFacts:
        """That season, which nobody else can change before this transaction ends."""
        row = self._session.get_one(SeasonRow, name, with_for_update=True)
        return facts.season_of(row)

    def add_season(self, season: SeasonFacts) -> None:
        """Store a new season."""
        self._session.add(facts.season_row(season))

    def change_season(
        self, name: str, *, closed: datetime | None = None, revealed: datetime | None = None
    ) -> SeasonFacts:
        """Set the times that are given."""
        row = self._session.get_one(SeasonRow, name)
        row.closed = closed or row.closed
        row.revealed = revealed or row.revealed
        return facts.season_of(row)

    def tokens(self) -> list[Token]:
        """As `Lookups.tokens`."""
        return facts.tokens(self._session)

    def add_token(self, token: Token, sha256: str) -> None:
        """Store a new token under the hash of its text."""
        self._session.add(TokenRow(**vars(token), sha256=sha256))

    def revoke_token(self, id_: str, moment: datetime) -> tuple[Token, bool]:
        """The token, revoked, and whether it was not before.

        Raises:
            RequestError: no such id.
        """
        row = facts.token_row(self._session, id_)
        is_new = row.revoked is None
        row.revoked = row.revoked or moment
        return facts.token_of(row), is_new

    def log(
        self, kind: str, body: Mapping[str, Any], cells: Mapping[CellKey, Scored] | None = None
    ) -> Decision:
        """Write the next entry of the decision log; see `leaderboard.store.decisions`.

        Args:
            kind: of the entry.
            body: JSON values; of an accepted submission, its `id` and `season` among them.
            cells: of that submission. Its numbers are hashed into the entry, as those are that were
                replaced since the last one.
        """
        if cells is not None:
            salt = facts.salt_of(self._session, body.get("season"))
            self._scored[body["id"]] = scores_sha256(*cell_rows(cells), salt)
        scored = {"scores": dict(self._scored)} if self._scored else {}
        self._scored.clear()
        entry = decisions.append(self._session, kind, {**body, **scored})
        self.written.append(LogHead(entry.number, entry.sha256, entry.created))
        return entry


def refuse_known(session: Session, identity: str) -> None:
    """Refuse what is stored already, in any session."""
    same = SubmissionRow.identity == identity
    earlier = session.scalar(select(SubmissionRow).where(same))
    if earlier is not None:
        withdrawn = " It was withdrawn from the rankings." if earlier.withdrawn else ""
        raise KnownError(
            f"this submission is on the board already, as {earlier.id} ({earlier.name}, "
            f"{earlier.created:%Y-%m-%d %H:%M} UTC). Nothing was stored.{withdrawn}",
            earlier.id,
        )
    if session.get(SubmissionRow, identity[:ID_DIGITS]) is not None:
        raise ConflictError(
            f"another submission has the id {identity[:ID_DIGITS]}, which this one would get. "
            "Change a word of its notes, and send it again."
        )
