"""What a board answers: entries, rankings, cells, the log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from builders.core.errors import RequestError
from builders.dataset import manifest
from leaderboard import tasks
from leaderboard.board.cached import Cached
from leaderboard.board.models import counts, ranked_models
from leaderboard.board.overview import overview
from leaderboard.board.settings import Settings
from leaderboard.cells import CellKey
from leaderboard.ranking.aggregate import Overall
from leaderboard.ranking.chosen import NO_SCORE, chosen, one_each
from leaderboard.ranking.curated import curated, is_ranked
from leaderboard.ranking.models import Standing
from leaderboard.ranking.overview import Overview
from leaderboard.ranking.ranking import ranked, ranked_overall
from leaderboard.ranking.told import overall_as_told, ranked_as_told
from leaderboard.refusals import ConflictError
from leaderboard.seasons import seasons
from leaderboard.seasons.seasons import Season
from leaderboard.store import decisions, heads
from leaderboard.store.entries import Entry, Head
from leaderboard.store.heads import LogHead
from leaderboard.store.records import Receipt, Row
from leaderboard.store.store import Store
from leaderboard.track import STANDARD

T = TypeVar("T")


@dataclass(frozen=True)
class BoardLookups:
    """The part of a board that changes nothing.

    Attributes:
        store: its submissions.
        settings: the data it scores with.
    """

    store: Store
    settings: Settings
    _cached: Cached = field(default_factory=Cached, init=False, repr=False, compare=False)

    def season(self) -> Season | None:
        """The season that was opened last; None on a board without seasons."""
        return seasons.latest(self.store)

    def log(self, after: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """The decision log, or a part of it, oldest first, after its hash chain has been checked.

        Of a part, the chain is checked from the entry before it. The log must hold the last head
        that this store has noted; see `leaderboard.store.heads`.

        Args:
            after: entries of larger numbers alone.
            limit: so many at most; all by default.

        Raises:
            WorkError: the log was changed, cut, or written anew.
        """
        before = self.store.decision(after) if after else None
        entries = self.store.decisions(after, limit)
        if before is not None or not after:
            previous = decisions.FIRST if before is None else before.sha256
            decisions.check(entries, after, previous)
        noted = heads.remembered(self.store.folder)
        if noted is not None:
            self.check_head(noted, f"{self.store.folder / heads.NAME}")
        return [entry.to_json() for entry in entries]

    def log_length(self) -> int:
        """Number of entries of the decision log."""
        return self.store.log_length()

    def log_head(self) -> LogHead:
        """The last entry of the log, for others to note."""
        entry = self.store.decision(self.store.log_length())
        if entry is None:
            return LogHead(0, decisions.FIRST, "")
        return LogHead(entry.number, entry.sha256, entry.created)

    def check_head(self, noted: LogHead, where: str) -> None:
        """Refuse a log that does not hold an entry that was noted.

        Raises:
            WorkError: it was cut, or written anew.
        """
        if noted.number:
            entry = self.store.decision(noted.number)
            found = None if entry is None else entry.sha256
            heads.refuse_other(noted, found, self.store.log_length(), where)

    def other_scores(self) -> list[str]:
        """Ids of submissions whose stored scores are not those that the log has the hash of; of
        before hashes were logged, none.
        """
        logged: dict[str, str] = {}
        for entry in self.store.decisions():
            logged |= entry.body.get("scores", {})
        return sorted(
            id_ for id_, sha256 in logged.items() if sha256 not in self.store.scores_sha256(id_)
        )

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
        id_ = self.store.id_of(identity)
        if id_ is None or self.store.submission(id_).account != account:
            return None
        return self.submission(id_)

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
                submit them as theirs; or it was withdrawn.
            WorkError: the file is not what was submitted.
        """
        entry = self.store.submission(id_)
        reason = self.kept_back(entry)
        if reason:
            raise ConflictError(f"the predictions of {id_} are not handed out: {reason}")
        self.store.stored(entry)
        return self.store.predictions_path(entry.predictions_sha256)

    def kept_back(self, entry: Head) -> str:
        """Why nobody is given the predictions of a submission; "" if everybody is."""
        if entry.withdrawn:
            return "it was withdrawn."
        if (entry.season, True) == self.scope():
            return f"they are shown when season {entry.season} is closed."
        return ""

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
        entries, task = self.store.in_cell(key, scope), tasks.load(key.task)
        if self._counts_accounts():
            entries = one_each(entries, key)
        entries = [entry for entry in entries if not entry.withdrawn]
        return ranked_as_told(task, key, entries) if live else ranked(task, key, entries)

    def _counts_accounts(self) -> bool:
        """Whether an account has one rank a class: in a season, and where all have to sign in. A
        board of one group, where nobody has to say who they are, ranks every entry.
        """
        return self.season() is not None or self.settings.sign_in == "required"

    def overall(self, cells: Iterable[CellKey]) -> list[Overall]:
        """One ranking over several cells of one track, of the submissions that answer all of them:
        mean skill and mean rank with their intervals, best mean skill first; while a season is
        open the mean rank of the values that were told, and an account has one entry a class.

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
        told = {
            key: {id_: NO_SCORE if loss is None else loss for id_, loss in losses.items()}
            for key, losses in self.store.told(keys, scope).items()
        }
        everywhere = overall_as_told(told)
        if self._counts_accounts():
            worth = {entry.id: entry.mean_rank.value or 0.0 for entry in everywhere}
            ids = chosen([head for head in self.store.heads() if head.id in worth], worth)
        else:
            ids = {entry.id for entry in everywhere}
        ids -= {head.id for head in self.store.heads() if head.withdrawn}
        if live:
            return overall_as_told({k: _of(ids, losses) for k, losses in told.items()})
        cells = {key: self.store.losses(key, scope) for key in keys}
        return ranked_overall({k: (_of(ids, held), base) for k, (held, base) in cells.items()})

    def models(self, cells: Iterable[CellKey]) -> list[Standing]:
        """One ranking of models over several cells, see `leaderboard.ranking.models`.

        Raises:
            RequestError: a cell of a control or another track that is not ranked.
        """
        keys = tuple(sorted({CellKey(*key) for key in cells}))
        for key in keys:
            if not is_ranked(key):
                raise RequestError(f"{key}: models are not ranked over cells of {key.track}.")
        by_account, scope = self._counts_accounts(), self.scope()
        return list(
            self._cached.get(
                self.store.version(),
                ("models", keys),
                lambda: ranked_models(self.store, scope, keys, by_account=by_account),
            )
        )

    def curated(self) -> list[CellKey]:
        """The cells that models are ranked over, see `leaderboard.ranking.curated`."""
        season = self.season()
        official = () if season is None else season.cells
        return curated(self._counts(), official)

    def _counts(self) -> dict[CellKey, int]:
        """Cell → number of models that answer it; see `counts`."""
        known: dict[CellKey, int] = self._cached.get(
            self.store.version(), "counts", lambda: counts(self.store, self.scope()[0])
        )
        return known

    def answered(self) -> dict[CellKey, int]:
        """The cells that models are ranked in, official ones answered or not, and the number of
        models that answer each.
        """
        season, found = self.season(), self._counts()
        if season is None or not season.cells:
            return dict(found)
        return {key: found.get(key, 0) for key in filter(is_ranked, season.cells)}

    def overview(self, cells: Iterable[CellKey]) -> Overview:
        """How well every model does in some of the cells of `answered`, at a glance."""
        keys = tuple(sorted({CellKey(*key) for key in cells}))
        by_account, scope = self._counts_accounts(), self.scope()
        shown: Overview = self._cached.get(
            self.store.version(),
            ("overview", keys),
            lambda: overview(self.store, scope, keys, by_account=by_account),
        )
        return shown

    def held_back(self, key: CellKey) -> int:
        """Number of entries of a cell whose scores are held back."""
        return self.store.held_back(key, self.scope()[0])

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


def _of(ids: set[str], held: Mapping[str, T]) -> dict[str, T]:
    return {id_: value for id_, value in held.items() if id_ in ids}


def _receipt(entry: Entry, same: dict[str, list[str]]) -> Receipt:
    others = tuple(other for other in same[entry.predictions_sha256] if other != entry.id)
    return Receipt(entry.id, entry.created, entry.metadata, entry.scores, others, entry.status)
