"""The board: takes submissions, ranks them. The app and the commands call this and nothing below.

>>> board = Board.open("board/", data="data/", private="data-private/")     # doctest: +SKIP
>>> board.submit("predictions.parquet").id                                  # doctest: +SKIP
>>> board.ranking("tfim_1d_n048", "correlation", 100, 64)                   # doctest: +SKIP
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from builders.core.errors import RequestError
from builders.dataset import manifest
from leaderboard import tasks
from leaderboard.board import refused
from leaderboard.board.cached import Cached
from leaderboard.board.settings import Settings
from leaderboard.cells import CellKey
from leaderboard.ranking.aggregate import Overall
from leaderboard.ranking.ranking import ranked, ranked_overall
from leaderboard.refusals import ConflictError
from leaderboard.scoring.score import Value
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import seasons
from leaderboard.seasons.admission import Admission
from leaderboard.seasons.seasons import Season
from leaderboard.store import decisions
from leaderboard.store.database import writing_session
from leaderboard.store.records import Head, Metrics, Receipt, Refusal, Row
from leaderboard.store.store import Store
from leaderboard.store.tables import SubmissionRow
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate


@dataclass(frozen=True)
class Board:
    """An open board.

    Attributes:
        store: its submissions.
        settings: the data it scores with.
    """

    store: Store
    settings: Settings
    _cached: Cached = field(default_factory=Cached, init=False, repr=False, compare=False)

    @staticmethod
    def open(
        store: Path | str,
        data: Path | str | None = None,
        private: Path | str | None = None,
        *,
        folder: Path | str | None = None,
        sign_in: str | None = None,
    ) -> "Board":
        """Open a board, made if it is not there.

        Data folders and sign-in are written to `board.json` in the store's folder, so that they
        are given once.

        Args:
            store: a folder, or a database URL.
            data: public data set folder; as remembered by default.
            private: folder of the hidden labels; the sibling `<data>-private` if `data` is given
                alone, else as remembered.
            folder: where predictions are kept, needed with a URL only.
            sign_in: `open` or `required`, see `Settings`; as remembered by default.

        Raises:
            RequestError: a folder that is not a data set, or a store that is not one.
        """
        home = Path(store if folder is None else folder)
        settings = Settings.remembered(home).changed(data, private, sign_in)
        opened = Store.open(store, folder)
        settings.remember(opened.folder)
        return Board(opened, settings)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def submit(
        self,
        path: Path | str,
        *,
        sidecar: Path | str | None = None,
        account: str = "",
        read: Submission | None = None,
    ) -> Receipt:
        """Validate, score and store a file of predictions; as `attempt`, which says more.

        Raises:
            RequestError: the file is not accepted, is on the board already, or the account has
                used up its files; nothing is stored but an entry of the log.
        """
        outcome = self.attempt(path, sidecar=sidecar, account=account, read=read)
        if isinstance(outcome, Refusal):
            assert outcome.error is not None
            raise outcome.error
        return outcome

    def attempt(
        self,
        path: Path | str,
        *,
        sidecar: Path | str | None = None,
        account: str = "",
        read: Submission | None = None,
    ) -> Receipt | Refusal:
        """Validate, score and store a file of predictions, or log why not.

        While a season is open, the public half of the test rows is scored, and the Ladder decides
        whether the scores are told.

        Args:
            path: Parquet or CSV.
            sidecar: JSON file with the metadata, if they are not in the file or beside it.
            account: who submits, as signed in; limits are counted by it.
            read: what is in the file, if it was read already: large ones take a while.

        Raises:
            RequestError: there is no such file, or the board has no data to score it with.
        """
        data, private = self.settings.pair()
        season = self.season()
        if season is not None:
            season.check_data(private)
        try:
            submission = read_submission(path, sidecar=sidecar) if read is None else read
            self.store.refuse_known(submission)
            validate(submission, data)
            self._take(submission, season, account)
        except RequestError as error:
            if not Path(path).is_file():
                raise  # nothing was submitted
            return refused.log(self.store.engine, Path(path), account, error)
        return self.submission(submission.identity[:12])

    def _take(self, submission: Submission, season: Season | None, account: str) -> None:
        """Score and store what is valid."""
        chosen = None if season is None else season.chosen(live=True)
        reports = Scorer(*self.settings.pair(), chosen=chosen).score(submission)
        admission = Admission(submission, reports, season, live=season is not None)
        self.store.add(submission, admission.admit, account)

    def status(self, id_: str) -> Receipt | Refusal:
        """What became of a submission, accepted or refused.

        Raises:
            RequestError: no such id.
        """
        if id_.startswith(refused.PREFIX):
            return refused.found(self.store.engine, id_)
        return self.submission(id_)

    def season(self) -> Season | None:
        """The season that was opened last; None on a board without seasons."""
        with Session(self.store.engine) as session:
            return seasons.latest(session)

    def open_season(self, name: str, cap: int) -> Season:
        """Open a season on the board's data: commit to the labels, draw the public half.

        Raises:
            RequestError: see `seasons.start`.
        """
        _, private = self.settings.pair()
        with writing_session(self.store.engine) as session, session.begin():
            return seasons.start(session, name, private, cap)

    def close_season(self) -> Season:
        """End submissions, check the labels against their hash, score the private half of every
        submission from its stored predictions, and tell the salt. Goes on where a killed call
        stopped.

        Raises:
            RequestError: no season is open.
            WorkError: the labels are not those of the opening.
        """
        data, private = self.settings.pair()
        with writing_session(self.store.engine) as session, session.begin():
            season = seasons.end_submissions(session)
        seasons.check_labels(season, private)
        rows = [row for row in self.store.submissions() if row.season == season.name]
        scorer = Scorer(data, private, chosen=season.chosen(live=False))
        reports = {row.id: scorer.score(self.store.stored(row)) for row in rows}
        with writing_session(self.store.engine) as session, session.begin():
            for row in rows:  # oldest first, so that near-duplicates name the earlier one
                kept = session.get_one(SubmissionRow, row.id)
                submission = self.store.stored(row)
                Admission(submission, reports[row.id], season, live=False).fill(session, kept)
                session.flush()
            return seasons.reveal(session, season, {"submissions": len(rows)})

    def log(self) -> list[dict[str, Any]]:
        """The decision log, oldest first, after its hash chain has been checked.

        Raises:
            WorkError: the log was changed.
        """
        rows = self.store.decisions()
        decisions.check(rows)
        return [decisions.to_json(row) for row in rows]

    def submission(self, id_: str) -> Receipt:
        """One submission.

        Raises:
            RequestError: no such id.
        """
        row = self.store.submission(id_)
        same = self.store.same_predictions(row.predictions_sha256)
        return _receipt(row, {row.predictions_sha256: same})

    def owned(self, identity: str, account: str) -> Receipt | None:
        """The submission of that identity, if this account has made it."""
        try:
            row = self.store.submission(identity[:12])
        except RequestError:
            return None
        mine = row.identity == identity and row.account == account
        return self.submission(row.id) if mine else None

    def submissions(self) -> list[Receipt]:
        """All submissions, oldest first, with their scores."""
        rows = self.store.submissions()
        same: dict[str, list[str]] = {}
        for row in rows:
            same.setdefault(row.predictions_sha256, []).append(row.id)
        return [_receipt(row, same) for row in rows]

    def heads(self, offset: int = 0, limit: int | None = None) -> list[Head]:
        """Submissions without their scores, oldest first.

        Args:
            offset: so many are passed over.
            limit: so many at most; all by default.
        """
        return [
            Head(row.id, row.created, row.season, Metadata.model_validate_json(row.metadata_json))
            for row in self.store.heads(offset, limit)
        ]

    def scores(
        self, config: str | None = None, task: str | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Every score of the season that is shown, in batches: `id` of the submission, the four
        names of the cell, `metric`, `value`, `low`, `high` and `note`.
        """
        return self.store.scores(self.scope()[0], config, task)

    def predictions(self, id_: str) -> Path:
        """The Parquet file of a submission's predictions.

        Raises:
            RequestError: no such id; or its season is not revealed yet, in which others could
                submit them as theirs.
        """
        row = self.store.submission(id_)
        if (row.season, True) == self.scope():
            raise ConflictError(
                f"the predictions of {id_} are told when season {row.season} is closed."
            )
        return self.store.predictions_path(row.predictions_sha256)

    def ranking(self, config: str, task: str, n: int, shots: int) -> list[Row]:
        """The submissions to a cell, best first; those that cannot be told apart share a rank, and
        those without a primary value are last.

        Raises:
            RequestError: no such task.
        """
        tasks.load(task)
        key = CellKey(config, task, n, shots)
        return list(self._cached.get(self.store.version(), key, lambda: self._ranked(key)))

    def _ranked(self, key: CellKey) -> list[Row]:
        scope, live = self.scope()
        rows = self.store.in_cell(key, scope)
        metrics = {row.id: _scores(row)[key] for row in rows}
        return ranked(tasks.load(key.task), rows, metrics, live=live)

    def overall(self, cells: Iterable[CellKey]) -> list[Overall]:
        """One ranking over several cells, of the submissions that answer all of them: mean skill
        and mean rank with their intervals, best mean skill first.
        """
        keys = tuple(sorted(set(cells)))
        return list(self._cached.get(self.store.version(), keys, lambda: self._overall(keys)))

    def _overall(self, keys: tuple[CellKey, ...]) -> list[Overall]:
        scope, live = self.scope()
        return ranked_overall({key: self.store.losses(key, scope) for key in keys}, live=live)

    def cells(self) -> list[CellKey]:
        """The cells that have a submission in the latest season, sorted."""
        return self.store.cells(self.scope()[0])

    def scope(self) -> tuple[str | None, bool]:
        """The season that is shown, and whether its private half is still hidden."""
        season = self.season()
        return (None, False) if season is None else (season.name, season.revealed is None)

    def configs(self) -> list[str]:
        """Config names of the data behind the board; without data, those with a submission."""
        if self.settings.data is None:
            return sorted({key.config for key in self.cells()})
        return sorted(manifest.read(self.settings.data).configs)


def _receipt(row: SubmissionRow, same: dict[str, list[str]]) -> Receipt:
    others = tuple(other for other in same[row.predictions_sha256] if other != row.id)
    metadata = Metadata.model_validate_json(row.metadata_json)
    return Receipt(row.id, row.created, metadata, _scores(row), others)


def _scores(row: SubmissionRow) -> dict[CellKey, Metrics]:
    """Cell → metric → value, of the scores that are loaded with the row."""
    found: dict[CellKey, dict[str, Value]] = {}
    for s in sorted(row.scores, key=lambda score: score.id):
        metrics = found.setdefault(CellKey(s.config, s.task, s.n, s.shots), {})
        metrics[s.metric] = Value(s.value, s.low, s.high, s.note)
    return dict(found)
