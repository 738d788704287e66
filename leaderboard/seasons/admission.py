"""What happens to a scored submission when it is stored: cap, Ladder, copies, flags, log.

What decides about limits runs inside the transaction that stores the submission and holds the write
lock, so that two files of one account cannot pass a limit side by side. The search for copies,
which is long, is done before; inside, only what came since is looked at.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import counted
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.task import Task
from leaderboard.refusals import ConflictError, UsedUpError
from leaderboard.scoring.ledger import below_floor
from leaderboard.scoring.score import SCORER_VERSION, Value
from leaderboard.scoring.scorer import CellReport
from leaderboard.seasons import ladder
from leaderboard.seasons.fingerprints import ROWS, Fingerprint
from leaderboard.seasons.likeness import Likeness, Looker
from leaderboard.seasons.seasons import Season
from leaderboard.store.entries import Earlier, Entry, Head, Result, Scored
from leaderboard.store.store import Store
from leaderboard.store.writing import Writing
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import Submission

LIVE_DETAILS = ("ledger",)  # what is stated, and nothing that labels enter
Group = tuple[str, str, str]
"""Config, task and track: cells that differ in n and M alone."""
LOST = "lost: {why} It is not ranked"


@dataclass(frozen=True)
class Admission:
    """Makes the cells of one submission. Holds no answers: many may wait for the lock.

    Attributes:
        metadata: who and what is submitted.
        prints: cell → fingerprint of the answer.
        scored: cell → bool (R,), the test rows that are scored, by row id.
        reports: scores of the answers; on the public half while a season is open.
        season: the season that it enters; None on a board without seasons.
        live: whether the scores are told by the rules of an open season.
        kept: cell → what was decided before; None decides.
        like: cell → the entries that it is like, as far as they were looked at.
        seen: number of the last submission that was looked at.
    """

    metadata: Metadata
    prints: Mapping[CellKey, Fingerprint]
    scored: Mapping[CellKey, NDArray[np.bool_]]
    reports: Sequence[CellReport]
    season: Season | None
    live: bool
    kept: Mapping[CellKey, Result] | None = None
    like: dict[CellKey, Likeness] = field(default_factory=dict)
    seen: int = 0

    @staticmethod
    def of(
        submission: Submission,
        reports: Sequence[CellReport],
        season: Season | None,
        *,
        live: bool,
        kept: Mapping[CellKey, Result] | None = None,
    ) -> "Admission":
        """The admission of a submission that was scored."""
        salt = "" if season is None else season.salt
        prints = {key: Fingerprint.of(answer, salt) for key, answer in submission.cells.items()}
        rows = {key: _scored_rows(season, key, a.row_id, live=live)
                for key, a in submission.cells.items()}  # fmt: skip
        return Admission(submission.metadata, prints, rows, reports, season, live, kept)

    def earlier(self, head: Head) -> list[Earlier]:
        """The answers as others are compared with them."""
        return [
            Earlier(
                head.id, head.number, head.account, self.metadata.entry_class, report.key,
                self.prints[report.key].to_bytes(), report.report.losses, self._told_of(report),
            )
            for report in self.reports
        ]  # fmt: skip

    def searched(self, store: Store, account: str) -> "Admission":
        """The same after a search among what is stored, without the lock."""
        name = None if self.season is None else self.season.name
        heads = store.last_number()
        self._search(lambda key: store.earlier(name, key), account)
        return replace(self, seen=heads)

    def compared(
        self, head: Head, others: Mapping[Group, Sequence[Earlier]], *, both: bool
    ) -> None:
        """Search among answers whose losses are known anew.

        Args:
            head: of this one.
            others: all answers by config, task and track, in the order of arrival.
            both: whether those that came later count too, for what does not go by who was first.
        """
        for before in (True, False) if both else (True,):

            def others_of(key: CellKey, before: bool = before) -> list[Earlier]:
                every = others.get(group(key), ())
                return [o for o in every if o.id != head.id and (o.number < head.number) is before]

            self._search(others_of, head.account, is_before=before)

    def _search(
        self,
        others_of: Callable[[CellKey], Sequence[Earlier]],
        account: str,
        *,
        is_before: bool = True,
    ) -> None:
        known: dict[Group, Sequence[Earlier]] = {}
        for report in self.reports:
            key, own = report.key, self.prints[report.key]
            found = self.like.setdefault(key, Likeness())
            if group(key) not in known:
                known[group(key)] = others_of(key)
            looker = Looker(
                tasks.load(key.task), own, report.report.losses, self.scored[key], account,
                self.metadata.entry_class, self.live,
            )  # fmt: skip
            looker.look(known[group(key)], found, is_before=is_before)

    def admit(self, writing: Writing, head: Head) -> dict[CellKey, Scored]:
        """Refuse a new submission, or score its cells and log it.

        Raises:
            RequestError: the season is closed, or the account has used up its files.
        """
        if self.season is not None:
            _check_season(writing, self.season, head.account)
        elif any(season.revealed is None for season in writing.seasons()):
            # Opened since this was scored, on all labels.
            raise ConflictError("a season was opened meanwhile. Submit the file again.")
        self._search(lambda key: writing.earlier(head.season, key, self.seen), head.account)
        cells = self.cells(writing, head)
        copied = sorted({id_ for like in self.like.values() for id_ in like.copied})
        writing.log(
            "accepted",
            {
                "id": head.id,
                "account": head.account,
                "season": head.season,
                "predictions_sha256": head.predictions_sha256,
                "cells": len(cells),
                "tracks": sorted({key.track for key in cells}),
                "held_back": sum(not scored.result.released for scored in cells.values()),
                **({"copy_of": copied} if copied and self.season is not None else {}),
            },
            cells,
        )
        return cells

    def cells(self, writing: Writing | None, head: Head) -> dict[CellKey, Scored]:
        """What is to be stored of every cell.

        Args:
            writing: to look up what the account was told; None where `kept` says it.
            head: of the submission.
        """
        scored: dict[CellKey, Scored] = {}
        in_file: Counter[str] = Counter()  # scores of a config that this file is told
        for report in self.reports:
            config = report.key.config
            released = self._is_released(writing, head, report, in_file[config])
            in_file[config] += released
            scored[report.key] = self._scored(report, released=released)
        return scored

    def _is_released(
        self, writing: Writing | None, head: Head, report: CellReport, in_file: int
    ) -> bool:
        if self.season is None:
            return True
        if not self.live:
            return True
        if self.kept is not None:
            known = self.kept.get(report.key)
            # What was told was released, also where a pass found its file away for a moment.
            return known is not None and (known.released or known.told_loss is not None)
        assert writing is not None
        told = writing.told(head.account, head.season, report.key.config)
        mine = [loss for key, loss in told if key == report.key]
        metric = tasks.load(report.key.task).ranking
        count, losses = len(told) + in_file, report.report.losses
        best = min(mine, default=None)
        return ladder.climbs(best, losses, metric, count, self.season.told)

    def _like(self, key: CellKey) -> Likeness:
        return self.like.get(key, Likeness())

    def _scored(self, report: CellReport, *, released: bool) -> Scored:
        task = tasks.load(report.key.task)
        losses, reference = report.report.losses, report.report.reference
        told = self._told_loss(report, released=released)
        like = self._like(report.key)
        metrics = self._metrics(report, task, told, released=released)
        details = self._details(report, task, metrics, like)
        result = Result(SCORER_VERSION, losses, reference, released, details, told)
        return Scored(metrics, result, self.prints[report.key].to_bytes())

    def _told_loss(self, report: CellReport, *, released: bool) -> float | None:
        if self.season is None:
            return report.report.losses.mean
        if not self.live:
            known = (self.kept or {}).get(report.key)
            return None if known is None else known.told_loss
        if not released:
            return None
        metric = tasks.load(report.key.task).ranking
        return ladder.told_loss(report.report.losses, metric, report.report.reference)

    def _told_of(self, report: CellReport) -> float | None:
        """The told loss of what was decided before."""
        known = (self.kept or {}).get(report.key)
        return self._told_loss(report, released=known is not None and known.released)

    def _metrics(
        self, report: CellReport, task: Task, told: float | None, *, released: bool
    ) -> dict[str, Value]:
        metrics = dict(report.report.metrics)
        if released and not self.live:
            return metrics
        if not released:
            return {name: Value(None, note=ladder.HELD_BACK) for name in metrics}
        shown = {name: ladder.withheld() for name in metrics}
        assert told is not None
        return shown | {task.primary: ladder.told(metrics[task.primary], task.ranking, told)}

    def _details(
        self, report: CellReport, task: Task, metrics: Mapping[str, Value], like: Likeness
    ) -> dict[str, Any]:
        details = dict(report.details)
        if self.live:
            details = {name: details[name] for name in LIVE_DETAILS if name in details}
        elif below_floor(self.metadata, metrics[task.primary].high, details.get("floor")):
            details["below_floor"] = True
        if like.near:
            details["near_duplicates"] = like.near
        if like.copied and self.season is not None:
            details["copy_of"] = like.copied
        if like.blended:
            details["proportional_to"] = like.blended
        return details


def group(key: CellKey) -> Group:
    """The cells among which copies are looked for."""
    return key.config, key.task, key.track


def lost(entry: Entry, why: str) -> dict[CellKey, Scored]:
    """The cells of a submission whose file is not what was submitted: kept, and not ranked."""
    note = LOST.format(why=why)
    return {
        key: Scored(
            {name: Value(None, note=note) for name in metrics},
            replace(entry.results[key], released=False, details={}),
            None,
        )
        for key, metrics in entry.scores.items()
        if key in entry.results
    }


def _scored_rows(
    season: Season | None, key: CellKey, row_id: NDArray[np.int64], *, live: bool
) -> NDArray[np.bool_]:
    if season is None or len(row_id) > ROWS:  # many are not compared row by row
        return np.ones(len(row_id), dtype=np.bool_)
    return season.chosen(live=live)(key.config, key.task, np.sort(row_id))


def _check_season(writing: Writing, season: Season, account: str) -> None:
    if writing.season(season.name).closed is not None:
        raise ConflictError(f"season {season.name} is closed. Wait for the next one to open.")
    count = writing.files_of(account, season.name)
    if count >= season.cap:
        raise UsedUpError(
            f"account {account!r} has submitted {counted(count, 'file')} in season {season.name}; "
            f"{season.cap} are allowed, and every valid file counts."
        )
