"""What happens to a scored submission when it is stored: cap, Ladder, flags, log.

All of it runs inside the transaction that stores the submission and holds the write lock, so that
two files of one account cannot pass a limit side by side.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats
from leaderboard.kinds.task import Task
from leaderboard.refusals import ConflictError, UsedUpError
from leaderboard.scoring.ledger import below_floor
from leaderboard.scoring.score import SCORER_VERSION, Value
from leaderboard.scoring.scorer import CellReport
from leaderboard.seasons import ladder
from leaderboard.seasons.duplicates import near, sketch
from leaderboard.seasons.seasons import Season
from leaderboard.store import decisions
from leaderboard.store.store import in_season
from leaderboard.store.tables import ResultRow, ScoreRow, SeasonRow, SubmissionRow
from leaderboard.submission.submission import Submission


@dataclass(frozen=True)
class Admission:
    """Fills the rows of one submission.

    Attributes:
        submission: the answers.
        reports: their scores; on the public half while a season is open.
        season: the season that it enters; None on a board without seasons.
        live: whether the scores are told by the rules of an open season.
        kept: cell → whether its scores are told, as was decided before; None decides.
    """

    submission: Submission
    reports: Sequence[CellReport]
    season: Season | None
    live: bool
    kept: Mapping[CellKey, bool] | None = None

    def admit(self, session: Session, row: SubmissionRow) -> None:
        """Refuse or fill a new submission, and log it.

        Raises:
            RequestError: the season is closed, or the account has used up its files.
        """
        row.season = None if self.season is None else self.season.name
        if self.season is not None:
            _check_season(session, self.season, row.account)
        self.fill(session, row)
        decisions.append(
            session,
            "accepted",
            {
                "id": row.id,
                "account": row.account,
                "season": row.season,
                "predictions_sha256": row.predictions_sha256,
                "cells": len(row.results),
                "held_back": sum(not result.told for result in row.results),
            },
        )

    def fill(self, session: Session, row: SubmissionRow) -> None:
        """Put scores and results into the row, in place of those that are there."""
        row.scores, row.results = [], []
        session.flush()  # old lines go before new ones come, which would not be unique
        for report in self.reports:
            told = not self.live or self._is_told(session, row, report)
            metrics = self._metrics(report, told)
            row.scores += [_score_row(report, name, value) for name, value in metrics.items()]
            row.results.append(self._result(session, row, report, metrics, told))

    def _metrics(self, report: CellReport, told: bool) -> dict[str, Value]:
        found = dict(report.report.metrics)
        if not self.live:
            return found
        if not told:
            return {name: ladder.held_back(value) for name, value in found.items()}
        task = tasks.load(report.key.task)
        return {name: ladder.told(v, task.metric(name).better) for name, v in found.items()}

    def _is_told(self, session: Session, row: SubmissionRow, report: CellReport) -> bool:
        if self.kept is not None:
            return self.kept.get(report.key, False)
        return _climbs(session, row, report)

    def _result(
        self,
        session: Session,
        row: SubmissionRow,
        report: CellReport,
        metrics: dict[str, Value],
        told: bool,
    ) -> ResultRow:
        answer, task = self.submission.cells[report.key], tasks.load(report.key.task)
        mapped = None if answer.prediction.dtype.kind == "U" else sketch(answer)
        details = task.withheld(report.details) if self.live else dict(report.details)
        primary = metrics[task.primary]
        if below_floor(self.submission.metadata, primary.high, details.get("floor")):
            details["below_floor"] = True
        same = [] if mapped is None else self._near(session, row, report, task, mapped)
        if same:
            details["near_duplicates"] = same
        reference = report.report.reference
        return ResultRow(
            **report.key._asdict(),
            scorer=SCORER_VERSION,
            losses=report.report.losses.to_bytes(),
            reference=None if reference is None else reference.to_bytes(),
            sketch=None if mapped is None else mapped.astype("<f8").tobytes(),
            told=told,
            details_json=json.dumps(details),
        )

    def _near(
        self, session: Session, row: SubmissionRow, report: CellReport, task: Task, mapped: Floats
    ) -> list[str]:
        """Earlier entries of the cell that this one nearly equals; only told errors are used."""
        query = (
            select(ResultRow.submission_id, ResultRow.sketch, ResultRow.losses)
            .join(SubmissionRow)
            .where(*_in_cell(row, report), ResultRow.told, ResultRow.submission_id != row.id)
            .where(ResultRow.sketch.is_not(None))
            .where(SubmissionRow.created <= row.created)
            .order_by(SubmissionRow.created, SubmissionRow.id)
        )
        others = {}
        for id_, sketched, losses in session.execute(query):
            known = Losses.from_bytes(losses)
            loss = ladder.shown_loss(known, task.ranking) if self.live else known.mean
            others[id_] = (np.frombuffer(sketched or b"", dtype="<f8"), task.apart(loss))
        return near(mapped, others, self.submission.cells[report.key].prediction.size)


def _check_season(session: Session, season: Season, account: str) -> None:
    if session.get_one(SeasonRow, season.name, with_for_update=True).closed is not None:
        raise ConflictError(f"season {season.name} is closed. Wait for the next one to open.")
    query = select(func.count()).select_from(SubmissionRow)
    ours = (SubmissionRow.account == account) & (SubmissionRow.season == season.name)
    count = session.scalar(query.where(ours)) or 0
    if count >= season.cap:
        raise UsedUpError(
            f"account {account!r} has submitted {count} files in season {season.name}; "
            f"{season.cap} are allowed, and every valid file counts."
        )


def _climbs(session: Session, row: SubmissionRow, report: CellReport) -> bool:
    """The Ladder's answer, from what this account was told before."""
    told = (
        select(ResultRow.n, ResultRow.shots, ResultRow.losses)
        .join(SubmissionRow)
        .where(*_same_labels(row, report), ResultRow.told, SubmissionRow.account == row.account)
    )
    before = session.execute(told).all()
    metric = tasks.load(report.key.task).ranking
    mine = [Losses.from_bytes(b) for n, m, b in before if (n, m) == report.key[2:]]
    best = min((ladder.shown_loss(losses, metric) for losses in mine), default=None)
    # Cells of this very file count too.
    same_file = sum(r.told and (r.config, r.task) == report.key[:2] for r in row.results)
    return ladder.climbs(best, report.report.losses, metric, len(before) + same_file)


def _same_labels(row: SubmissionRow, report: CellReport) -> tuple[ColumnElement[bool], ...]:
    return (
        in_season(row.season),
        ResultRow.config == report.key.config,
        ResultRow.task == report.key.task,
    )


def _in_cell(row: SubmissionRow, report: CellReport) -> tuple[ColumnElement[bool], ...]:
    key = report.key
    return (*_same_labels(row, report), ResultRow.n == key.n, ResultRow.shots == key.shots)


def _score_row(report: CellReport, metric: str, value: Value) -> ScoreRow:
    return ScoreRow(
        **report.key._asdict(),
        rows=report.report.rows,
        metric=metric,
        value=value.value,
        low=value.low,
        high=value.high,
        note=value.note,
    )
