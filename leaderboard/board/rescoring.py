"""Scores computed again from stored predictions: the board's numbers are a function of files."""

from typing import Any

from sqlalchemy.orm import Session

from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons.admission import Admission
from leaderboard.store import decisions
from leaderboard.store.database import writing_session
from leaderboard.store.tables import ResultRow, ScoreRow, SubmissionRow

_OWN = {"id", "submission_id"}


def rescore(board: Board) -> list[str]:
    """Score the submissions of the latest season again, and store what differs.

    Which scores the Ladder held back stays as it was decided. Submissions of earlier seasons keep
    their numbers: their data are not the board's any more.

    Returns:
        Ids of the submissions whose numbers changed; none if scorer and files are what they were.

    Raises:
        RequestError: the board does not know its data, or they are not those of the season.
    """
    data, private = board.settings.pair()
    season = board.season()
    name, live = board.scope()
    if season is not None:
        season.check_data(private)
    chosen = None if season is None else season.chosen(live=live)
    scorer = Scorer(data, private, chosen=chosen)
    changed = []
    for row in board.store.submissions():
        if row.season != name:
            continue
        submission = board.store.stored(row)
        reports = scorer.score(submission)
        told = {_cell(result): result.told for result in row.results}
        admission = Admission(submission, reports, season, live, told if live else None)
        with writing_session(board.store.engine) as session, session.begin():
            if _replaced(session, session.get_one(SubmissionRow, row.id), admission):
                changed.append(row.id)
    if changed:
        with writing_session(board.store.engine) as session, session.begin():
            decisions.append(session, "rescored", {"season": name, "changed": changed})
    return changed


def _replaced(session: Session, kept: SubmissionRow, admission: Admission) -> bool:
    """Whether the numbers are others, and then they are in place."""
    before = _numbers(kept)
    admission.fill(session, kept)
    session.flush()
    return _numbers(kept) != before


def _numbers(row: SubmissionRow) -> list[tuple[str, dict[str, Any]]]:
    """Everything that the scorer wrote, in a fixed order."""
    every: list[ScoreRow | ResultRow] = [*row.scores, *row.results]
    lines = [(type(line).__name__, _columns(line)) for line in every]
    return sorted(lines, key=lambda line: (line[0], *map(str, _place(line[1]))))


def _columns(line: ScoreRow | ResultRow) -> dict[str, Any]:
    return {c.name: getattr(line, c.name) for c in line.__table__.columns if c.name not in _OWN}


def _place(columns: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(columns.get(name) for name in ("config", "task", "n", "shots", "metric"))


def _cell(result: ResultRow) -> CellKey:
    return CellKey(result.config, result.task, result.n, result.shots)
