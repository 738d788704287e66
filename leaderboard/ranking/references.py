"""Lines to read a ranking against: what is reached without learning anything."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.cells import CellKey
from leaderboard.store.records import Row
from leaderboard.track import is_control


@dataclass(frozen=True)
class Reference:
    """One line.

    Attributes:
        name: of the predictor.
        value: its rmse.
        meaning: one sentence.
    """

    name: str
    value: float
    meaning: str


def references(key: CellKey, rows: Sequence[Row]) -> list[Reference]:
    """The lines of a cell that is ranked by `rmse`, from the scores of its track that are
    released.

    `skill` = 1 − MSE / MSE_mean, so that an entry's rmse and skill give the error of the mean
    without a look at the labels; the first entry that has both is taken.
    """
    found = [
        _from_skill("train_mean", "skill", rows, "the mean of the training estimates"),
        _from_skill("oracle mean", "skill_x", rows, "the best constant answer in hindsight"),
        _shadow(key),
    ]
    return [line for line in found if line is not None] if _by_rmse(rows) else []


def _by_rmse(rows: Sequence[Row]) -> bool:
    return bool(rows) and rows[0].primary == "rmse"


def _from_skill(name: str, metric: str, rows: Sequence[Row], meaning: str) -> Reference | None:
    for row in rows:
        skill = row.metrics.get(metric)
        if skill is None or skill.value is None or row.score.value is None:
            continue
        if skill.value < 1.0:
            return Reference(name, row.score.value / math.sqrt(1.0 - skill.value), meaning)
    return None


def _shadow(key: CellKey) -> Reference | None:
    """A random-Pauli estimate of C_ij has the variance (3 − C²)/M; C² is small beside 3."""
    if key.task != "correlation" or not key.shots or is_control(key.track):
        return None
    return Reference(
        "shadow",
        math.sqrt(3.0 / key.shots),
        f"the estimate from M = {key.shots} shots of the test row itself, sqrt(3/M)",
    )
