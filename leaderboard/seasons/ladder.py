"""The Ladder: what a live score may tell (Blum & Hardt 2015, arXiv 1502.04585).

Each score that is told is a measurement of the hidden labels, and a thousand adaptive submissions
could add the measurements up. So an account sees a new live score in a cell only when it is a
significant improvement on its best one there, and sees it on a coarse grid. What is held back is
scored with the rest when the season closes.
"""

import math
from dataclasses import replace

from leaderboard.kinds.metrics import Floats
from leaderboard.scoring.score import Value

STEP = 0.03  # of an error: the grid of live scores, and the least improvement
MOST_TOLD = 100  # live scores told to an account about the labels of one config and task
HELD_BACK = (
    "held back: no significant improvement on this account's best entry in the cell, or too many "
    "scores told; scored when the season closes"
)


def coarse(value: float, step: float = STEP) -> float:
    """The nearest value on the grid ±exp(k · step), k an integer; 0 stays 0."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return math.copysign(math.exp(round(math.log(abs(value)) / step) * step), value)


def shown_loss(losses: Floats) -> float:
    """The mean loss as it is told: a loss is a square, so that its grid is twice as wide."""
    return coarse(float(losses.mean()), 2 * STEP)


def climbs(best: float | None, losses: Floats, told_before: int = 0) -> bool:
    """Whether a submission's score is told.

    It is if its mean loss lies below the best one that was told by more than its own standard
    error and by more than one step of the grid. The step does not depend on the submission, so
    that one made to have a small standard error gains nothing. Who starts with bad files can climb
    often, and cells of other n and M have the same labels: hence the limit on what is told in all.

    Args:
        best: lowest mean loss that was told to this account in this cell; None at the first.
        losses: float64 (R,), of the new submission on the public half.
        told_before: scores told to this account in all cells of the config and task.
    """
    if told_before >= MOST_TOLD:
        return False
    if best is None:
        return True
    error = float(losses.std(ddof=1)) / math.sqrt(len(losses)) if len(losses) > 1 else 0.0
    return float(losses.mean()) < best - max(error, 2 * STEP * best)


def told(value: Value, better: str = "lower") -> Value:
    """A metric as it is told live: value and interval on the grid.

    Args:
        value: as scored.
        better: `lower` for an error; `higher` for a share or skill, whose distance from 1 is on
            the grid of losses.
    """

    def tell(number: float | None) -> float | None:
        if number is None:
            return None
        return coarse(number) if better == "lower" else 1.0 - coarse(1.0 - number, 2 * STEP)

    return replace(value, value=tell(value.value), low=tell(value.low), high=tell(value.high))


def held_back(value: Value) -> Value:
    """A metric that is not told live."""
    return Value(None, note=value.note or HELD_BACK)
