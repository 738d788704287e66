"""The board: takes submissions, ranks them. The app and the commands call this and nothing below.

>>> board = Board.open("board/", data="data/", private="data-private/")     # doctest: +SKIP
>>> board.submit("predictions.parquet").id                                  # doctest: +SKIP
>>> board.ranking("tfim_1d_n048", "correlation", 100, 64)                   # doctest: +SKIP
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.core.errors import RequestError
from leaderboard.board import refused
from leaderboard.board.lookups import BoardLookups
from leaderboard.board.scoring_again import again
from leaderboard.board.settings import Settings
from leaderboard.cells import CellKey
from leaderboard.refusals import ConflictError
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons import seasons
from leaderboard.seasons.admission import Admission
from leaderboard.seasons.ladder import MOST_TOLD
from leaderboard.seasons.seasons import Season, Terms
from leaderboard.store.entries import Entry, Head
from leaderboard.store.records import Receipt, Refusal
from leaderboard.store.store import Store
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate


@dataclass(frozen=True)
class Board(BoardLookups):
    """An open board, which takes submissions and runs in seasons; see `BoardLookups`.

    >>> import qslbench
    >>> board = qslbench.Board.open("board-of-three", data="data")
    >>> receipt = board.submit("mine.parquet")
    >>> (row,) = board.ranking("tfim_1d_n008", "correlation", 12, 32)
    >>> row.rank, row.metadata.name, row.id == receipt.id
    (1, 'mean', True)
    >>> board.close()
    """

    @staticmethod
    def open(
        store: Path | str,
        data: Path | str | None = None,
        private: Path | str | None = None,
        *,
        folder: Path | str | None = None,
        sign_in: str | None = None,
        show_labels: bool | None = None,
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
            show_labels: whether labels are shown without a season; they are by default, to whoever
                has the private folder here.

        Raises:
            RequestError: a folder that is not a data set, or a store that is not one; data that
                are not those of the open season.
        """
        home = Path(store if folder is None else folder)
        settings = Settings.remembered(home).changed(
            data, private, sign_in, show_labels=show_labels
        )
        opened = Store.open(store, folder)
        try:
            season = seasons.latest(opened)
            # What is remembered was checked when it was given, and may be away now.
            given = settings.private if data or private else None
            if given is not None and season is not None and season.revealed is None:
                season.check_data(given)
        except RequestError:
            opened.close()
            raise
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
            if season is not None:
                season.check_cells(submission.cells)
            self.store.refuse_known(submission)
            validate(submission, data)
            head = self._take(submission, season, account)
        except RequestError as error:
            if not Path(path).is_file():
                raise  # nothing was submitted
            return refused.log(self.store, Path(path), account, error)
        return self.submission(head.id)

    def _take(self, submission: Submission, season: Season | None, account: str) -> Head:
        """Score and store what is valid."""
        chosen = None if season is None else season.chosen(live=True)
        reports = Scorer(*self.settings.pair(), chosen=chosen).score(submission)
        admission = Admission.of(submission, reports, season, live=season is not None)
        admission = admission.searched(self.store, account)
        name = None if season is None else season.name
        return self.store.add(submission, admission.admit, account, name)

    def status(self, id_: str) -> Receipt | Refusal:
        """What became of a submission, accepted or refused.

        Raises:
            RequestError: no such id.
        """
        if id_.startswith(refused.PREFIX):
            return refused.refusal_of(self.store, id_)
        return self.submission(id_)

    def open_season(
        self, name: str, cap: int = 100, *, told: int = MOST_TOLD, cells: Sequence[CellKey] = ()
    ) -> Season:
        """Open a season on the board's data: commit to the labels, draw the public halves.

        Args:
            name: of the season.
            cap: valid files that an account may submit.
            told: scores that an account is told of a config, over all its tasks and cells.
            cells: the official ones; a short usual list by default, see `official.usual_cells`.

        Raises:
            RequestError: see `seasons.start`.
        """
        _, private = self.settings.pair()
        terms = Terms(cap, told, cells)
        with self.store.writing() as writing:
            return seasons.start(writing, name, private, terms)

    def choose(self, id_: str, account: str) -> Receipt:
        """Let a submission stand for its account in the rankings of its class and cells, in the
        place of the one that was told the best score. The last choice counts.

        Raises:
            RequestError: no such submission of the account, or not of an open season: at the close
                scores are told that nobody may choose by.
        """
        entry = self.owned_by(id_, account)
        with self.store.writing() as writing:
            writing.refuse_withdrawn(id_)
            season = seasons.latest(writing)
            if season is None or season.closed is not None or entry.season != season.name:
                raise ConflictError(f"{id_} is of no open season: choose while its season is open.")
            writing.choose(id_)
            writing.log("chosen", {"id": id_, "account": account})
        return self.submission(id_)

    def owned_by(self, id_: str, account: str) -> Entry:
        """A submission of that account.

        Raises:
            RequestError: no such submission, or not of the account.
        """
        entry = self.store.submission(id_)
        if entry.account != account:
            raise RequestError(f"{id_} is not a submission of account {account!r}.")
        return entry

    def close_season(self) -> Season:
        """End submissions, check the labels against their hash, score the private half of every
        submission from its stored predictions, and tell the salt. Goes on where a killed call
        stopped. A submission whose file is gone or another is not ranked, and the log names it.

        Raises:
            RequestError: no season is open.
            WorkError: the labels are not those of the opening.
        """
        data, private = self.settings.pair()
        known = self.season()
        if known is not None and known.revealed is None:
            # Before submissions end: a wrong folder is mended, an end is not.
            seasons.check_labels(known, private)
        with self.store.writing() as writing:
            season = seasons.end_submissions(writing)
        scorer = Scorer(data, private, chosen=season.chosen(live=False))
        found = again(self.store, scorer, season, live=False)
        with self.store.writing() as writing:
            seasons.end_submissions(writing)  # refuses if another process closed it meanwhile
            for entry, cells in found.cells:
                writing.replace(entry.id, cells)
            finals = {"submissions": len(found.cells)}
            return seasons.reveal(writing, season, finals | found.log())
