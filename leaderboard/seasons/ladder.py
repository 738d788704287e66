"""The Ladder: what a live score may tell (Blum & Hardt 2015, arXiv 1502.04585).

Each score that is released is a measurement of the hidden labels, and a thousand adaptive
submissions could add the measurements up. So an account sees a new live score in a cell only when
it is a significant improvement on its best one there, and sees it on a coarse grid. What is held
back is scored with the rest when the season closes.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Metric
from leaderboard.scoring.score import Value

STEP = 0.03  # of an error: the grid of live scores, and the least improvement
MOST_RELEASED = 100  # live scores released to an account about the labels of one config and task
HELD_BACK = (  # stands in the tables of open seasons
    "held back: no significant improvement on this account's best entry in the cell, or too many "
    "scores released; scored when the season closes"
)


def coarse(value: float, step: float = STEP) -> float:
    """The nearest value on the grid ±exp(k · step), k an integer; 0 stays 0."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return math.copysign(math.exp(round(math.log(abs(value)) / step) * step), value)


def loss_step(metric: Metric[Any]) -> float:
    """The grid of mean losses under that of the metric that ranks, as a share of the loss.

    A loss that is the square of the metric has a grid twice as wide. Of one that `rounded` shows by
    its distance from 1, and of one that is no function of a mean loss, it is twice `STEP` too.
    """
    if not metric.is_error:
        return 2 * STEP
    power = np.log2(metric.loss_of(np.array(0.5)) / metric.loss_of(np.array(0.25)))
    return float(power) * STEP


def shown_loss(losses: Losses, metric: Metric[Any]) -> float:
    """The mean loss as it is released by the metric that ranks."""
    return coarse(losses.mean, loss_step(metric))


def climbs(
    best: float | None, losses: Losses, metric: Metric[Any], released_before: int = 0
) -> bool:
    """Whether a submission's score is released.

    It is if its mean loss lies below the best one that was released by more than its own standard
    error and by more than one step of the grid. The step does not depend on the submission, so
    that one made to have a small standard error gains nothing. Who starts with bad files can climb
    often, and cells of other n and M have the same labels: hence the limit on what is released in
    all.

    Args:
        best: lowest mean loss that was released to this account in this cell; None at the first.
        losses: of the new submission on the public half.
        metric: that ranks.
        released_before: scores released to this account in all cells of the config and task.
    """
    if released_before >= MOST_RELEASED:
        return False
    if best is None:
        return True
    return losses.mean < best - max(losses.standard_error, loss_step(metric) * best)


def rounded(value: Value, better: str = "lower") -> Value:
    """A metric as it is released live: value and interval on the grid.

    Args:
        value: as scored.
        better: `lower` for an error; `higher` for a share or skill, whose distance from 1 is on
            the grid of losses.
    """

    def on_grid(number: float | None) -> float | None:
        if number is None:
            return None
        return coarse(number) if better == "lower" else 1.0 - coarse(1.0 - number, 2 * STEP)

    low, high = on_grid(value.low), on_grid(value.high)
    return replace(value, value=on_grid(value.value), low=low, high=high)


def held_back(value: Value) -> Value:
    """A metric that is not released live."""
    return Value(None, note=value.note or HELD_BACK)


def withheld(value: Value) -> Value:
    """A metric that no season tells live."""
    return Value(None, note=value.note or "told at the close of the season")
