"""What happens to a scored submission when it is stored: cap, Ladder, flags, log.

All of it runs inside the transaction that stores the submission and holds the write lock, so that
two files of one account cannot pass a limit side by side.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Metric
from leaderboard.kinds.task import Task
from leaderboard.refusals import ConflictError, UsedUpError
from leaderboard.scoring.ledger import below_floor
from leaderboard.scoring.score import SCORER_VERSION, Value
from leaderboard.scoring.scorer import CellReport
from leaderboard.seasons import ladder
from leaderboard.seasons.duplicates import Sketch
from leaderboard.seasons.seasons import Season
from leaderboard.store.entries import Head, Result, Scored
from leaderboard.store.writing import Writing
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import Submission


@dataclass(frozen=True)
class Admission:
    """Makes the cells of one submission. Holds no answers: many may wait for the lock.

    Attributes:
        metadata: who and what is submitted.
        sketches: cell → the answer's sketch; None for names of classes.
        reports: scores of the answers; on the public half while a season is open.
        season: the season that it enters; None on a board without seasons.
        live: whether the scores are released by the rules of an open season.
        kept: cell → whether its scores are released, as was decided before; None decides.
    """

    metadata: Metadata
    sketches: Mapping[CellKey, Sketch | None]
    reports: Sequence[CellReport]
    season: Season | None
    live: bool
    kept: Mapping[CellKey, bool] | None = None

    @staticmethod
    def of(
        submission: Submission,
        reports: Sequence[CellReport],
        season: Season | None,
        *,
        live: bool,
        kept: Mapping[CellKey, bool] | None = None,
    ) -> "Admission":
        """The admission of a submission that was scored."""
        sketches = {key: Sketch.of(answer) for key, answer in submission.cells.items()}
        return Admission(submission.metadata, sketches, reports, season, live, kept)

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
        cells = self.cells(writing, head)
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
            },
            cells,
        )
        return cells

    def cells(self, writing: Writing, head: Head) -> dict[CellKey, Scored]:
        """What is to be stored of every cell."""
        scored: dict[CellKey, Scored] = {}
        in_file: Counter[tuple[str, str]] = Counter()  # released scores of a config and task
        for report in self.reports:
            labels = report.key[:2]
            released = not self.live or self._is_released(writing, head, report, in_file[labels])
            in_file[labels] += released
            scored[report.key] = self._scored(writing, head, report, released=released)
        return scored

    def _is_released(self, writing: Writing, head: Head, report: CellReport, in_file: int) -> bool:
        if self.kept is not None:
            return self.kept.get(report.key, False)
        return _climbs(writing, head, report, in_file)

    def _scored(
        self, writing: Writing, head: Head, report: CellReport, *, released: bool
    ) -> Scored:
        sketch, task = self.sketches[report.key], tasks.load(report.key.task)
        metrics = self._metrics(report, task, released=released)
        details = task.withheld(report.details) if self.live else dict(report.details)
        primary = metrics[task.primary]
        if below_floor(self.metadata, primary.high, details.get("floor")):
            details["below_floor"] = True
        same = [] if sketch is None else self._near(writing, head, report, task, sketch)
        if same:
            details["near_duplicates"] = same
        losses, reference = report.report.losses, report.report.reference
        result = Result(SCORER_VERSION, losses, reference, released, details)
        return Scored(metrics, result, None if sketch is None else sketch.sums)

    def _metrics(self, report: CellReport, task: Task, *, released: bool) -> dict[str, Value]:
        metrics = dict(report.report.metrics)
        if not self.live:
            return metrics
        if not released:
            return {name: ladder.held_back(value) for name, value in metrics.items()}
        return {name: self._live(value, task.metric(name)) for name, value in metrics.items()}

    @staticmethod
    def _live(value: Value, metric: Metric[Any]) -> Value:
        return ladder.rounded(value, metric.better) if metric.live else ladder.withheld(value)

    def _near(
        self, writing: Writing, head: Head, report: CellReport, task: Task, sketch: Sketch
    ) -> list[str]:
        """Earlier entries of the cell that this one nearly equals; only released errors count."""
        others = {
            id_: (sums, task.apart(self._shown(losses, task)))
            for id_, (sums, losses) in writing.sketches_before(head, report.key).items()
        }
        return sketch.near(others)

    def _shown(self, losses: Losses, task: Task) -> float:
        return ladder.shown_loss(losses, task.ranking) if self.live else losses.mean


def _check_season(writing: Writing, season: Season, account: str) -> None:
    if writing.season(season.name).closed is not None:
        raise ConflictError(f"season {season.name} is closed. Wait for the next one to open.")
    count = writing.files_of(account, season.name)
    if count >= season.cap:
        raise UsedUpError(
            f"account {account!r} has submitted {count} files in season {season.name}; "
            f"{season.cap} are allowed, and every valid file counts."
        )


def _climbs(writing: Writing, head: Head, report: CellReport, in_file: int) -> bool:
    """The Ladder's answer, from the scores that this account knows; those of the file that is
    being stored count too.
    """
    key, metric = report.key, tasks.load(report.key.task).ranking
    before = writing.released(head.account, head.season, key.config, key.task)
    mine = [losses for other, losses in before if other == key]
    best = min((ladder.shown_loss(losses, metric) for losses in mine), default=None)
    return ladder.climbs(best, report.report.losses, metric, len(before) + in_file)
