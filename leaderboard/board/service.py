"""The board: takes submissions, ranks them. The app and the commands call this and nothing below.

>>> board = Board.open("board/", data="data/", private="data-private/")     # doctest: +SKIP
>>> board.submit("predictions.parquet").id                                  # doctest: +SKIP
>>> board.ranking("tfim_1d_n048", "correlation", 100, 64)                   # doctest: +SKIP
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import seasons
from leaderboard.seasons.admission import Admission
from leaderboard.seasons.seasons import Season
from leaderboard.store import decisions
from leaderboard.store.entries import Entry, Head
from leaderboard.store.records import Receipt, Refusal, Row
from leaderboard.store.store import Store
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate
from leaderboard.track import STANDARD


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
        whether the scores are released.

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
            return refused.log(self.store, Path(path), account, error)
        return self.submission(submission.identity[:12])

    def _take(self, submission: Submission, season: Season | None, account: str) -> None:
        """Score and store what is valid."""
        chosen = None if season is None else season.chosen(live=True)
        reports = Scorer(*self.settings.pair(), chosen=chosen).score(submission)
        admission = Admission(submission, reports, season, live=season is not None)
        name = None if season is None else season.name
        self.store.add(submission, admission.admit, account, name)

    def status(self, id_: str) -> Receipt | Refusal:
        """What became of a submission, accepted or refused.

        Raises:
            RequestError: no such id.
        """
        if id_.startswith(refused.PREFIX):
            return refused.found(self.store, id_)
        return self.submission(id_)

    def season(self) -> Season | None:
        """The season that was opened last; None on a board without seasons."""
        return seasons.latest(self.store)

    def open_season(self, name: str, cap: int) -> Season:
        """Open a season on the board's data: commit to the labels, draw the public half.

        Raises:
            RequestError: see `seasons.start`.
        """
        _, private = self.settings.pair()
        with self.store.writing() as writing:
            return seasons.start(writing, name, private, cap)

    def close_season(self) -> Season:
        """End submissions, check the labels against their hash, score the private half of every
        submission from its stored predictions, and tell the salt. Goes on where a killed call
        stopped.

        Raises:
            RequestError: no season is open.
            WorkError: the labels are not those of the opening.
        """
        data, private = self.settings.pair()
        with self.store.writing() as writing:
            season = seasons.end_submissions(writing)
        seasons.check_labels(season, private)
        entries = [entry for entry in self.store.submissions() if entry.season == season.name]
        scorer = Scorer(data, private, chosen=season.chosen(live=False))
        reports = {entry.id: scorer.score(self.store.stored(entry)) for entry in entries}
        with self.store.writing() as writing:
            for entry in entries:  # oldest first, so that near-duplicates name the earlier one
                submission = self.store.stored(entry)
                final = Admission(submission, reports[entry.id], season, live=False)
                writing.replace(entry.id, final.cells(writing, entry))
            return seasons.reveal(writing, season, {"submissions": len(entries)})

    def log(self) -> list[dict[str, Any]]:
        """The decision log, oldest first, after its hash chain has been checked.

        Raises:
            WorkError: the log was changed.
        """
        entries = self.store.decisions()
        decisions.check(entries)
        return [entry.to_json() for entry in entries]

    def submission(self, id_: str) -> Receipt:
        """One submission.

        Raises:
            RequestError: no such id.
        """
        entry = self.store.submission(id_)
        same = self.store.same_predictions(entry.predictions_sha256)
        return _receipt(entry, {entry.predictions_sha256: same})

    def owned(self, identity: str, account: str) -> Receipt | None:
        """The submission of that identity, if this account has made it."""
        try:
            entry = self.store.submission(identity[:12])
        except RequestError:
            return None
        mine = entry.identity == identity and entry.account == account
        return self.submission(entry.id) if mine else None

    def submissions(self) -> list[Receipt]:
        """All submissions, oldest first, with their scores."""
        entries = self.store.submissions()
        same: dict[str, list[str]] = {}
        for entry in entries:
            same.setdefault(entry.predictions_sha256, []).append(entry.id)
        return [_receipt(entry, same) for entry in entries]

    def heads(self, offset: int = 0, limit: int | None = None) -> list[Head]:
        """Submissions without their scores, oldest first.

        Args:
            offset: so many are passed over.
            limit: so many at most; all by default.
        """
        return self.store.heads(offset, limit)

    def scores(
        self, config: str | None = None, task: str | None = None, track: str = STANDARD
    ) -> Iterator[list[dict[str, Any]]]:
        """Every score of a track in the season that is shown, in batches: `id` of the submission,
        the names of the cell, `metric`, `value`, `low`, `high` and `note`.
        """
        return self.store.scores(self.scope()[0], track, config, task)

    def predictions(self, id_: str) -> Path:
        """The Parquet file of a submission's predictions.

        Raises:
            RequestError: no such id; or its season is not revealed yet, in which others could
                submit them as theirs.
        """
        entry = self.store.submission(id_)
        if (entry.season, True) == self.scope():
            raise ConflictError(
                f"the predictions of {id_} are shown when season {entry.season} is closed."
            )
        return self.store.predictions_path(entry.predictions_sha256)

    def ranking(
        self, config: str, task: str, n: int, shots: int, track: str | None = None
    ) -> list[Row]:
        """The submissions to a cell, best first; those that cannot be told apart share a rank, and
        those without a primary value are last. A track is ranked by itself, so that no control
        stands among entries; the usual one is that of `CellKey`.

        Raises:
            RequestError: no such task or track.
        """
        tasks.load(task)
        key = CellKey(config, task, n, shots, track)
        return list(self._cached.get(self.store.version(), key, lambda: self._ranked(key)))

    def _ranked(self, key: CellKey) -> list[Row]:
        scope, live = self.scope()
        return ranked(tasks.load(key.task), key, self.store.in_cell(key, scope), live=live)

    def overall(self, cells: Iterable[CellKey]) -> list[Overall]:
        """One ranking over several cells of one track, of the submissions that answer all of them:
        mean skill and mean rank with their intervals, best mean skill first.

        Raises:
            RequestError: the cells are of several tracks.
        """
        keys = tuple(sorted({CellKey(*key) for key in cells}))
        tracks = sorted({key.track for key in keys})
        if len(tracks) > 1:
            raise RequestError(
                f"the cells are of {len(tracks)} tracks: {', '.join(tracks)}. Give those of one."
            )
        return list(self._cached.get(self.store.version(), keys, lambda: self._overall(keys)))

    def _overall(self, keys: tuple[CellKey, ...]) -> list[Overall]:
        scope, live = self.scope()
        return ranked_overall({key: self.store.losses(key, scope) for key in keys}, live=live)

    def cells(self, track: str | None = None) -> list[CellKey]:
        """The cells that have a submission in the latest season, sorted; of one track, or all."""
        return [key for key in self.store.cells(self.scope()[0]) if track in (None, key.track)]

    def scope(self) -> tuple[str | None, bool]:
        """The season that is shown, and whether its private half is still hidden."""
        season = self.season()
        return (None, False) if season is None else (season.name, season.revealed is None)

    def configs(self) -> list[str]:
        """Config names of the data behind the board; without data, those with a submission."""
        if self.settings.data is None:
            return sorted({key.config for key in self.cells()})
        return sorted(manifest.read(self.settings.data).configs)


def _receipt(entry: Entry, same: dict[str, list[str]]) -> Receipt:
    others = tuple(other for other in same[entry.predictions_sha256] if other != entry.id)
    return Receipt(entry.id, entry.created, entry.metadata, entry.scores, others)
