"""The Ladder: what a live score may tell (Blum & Hardt 2015, arXiv 1502.04585).

Each score that is told is a measurement of the hidden labels, and a thousand adaptive submissions
could add the measurements up. So an account is told a new live score in a cell only when it is a
significant improvement on its best one there, on a coarse grid, and only a few scores of a config
in all: cells of other n and M have the same labels. What is held back is scored with the rest when
the season closes.
"""

import math
from typing import Any

import numpy as np

from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats, Metric
from leaderboard.scoring.score import Value

STEP = 0.03  # of an error: the grid of live scores, and the least improvement
MOST_TOLD = 10  # live scores told to an account of one config, over all its tasks and cells
HELD_BACK = (  # stands in the tables of open seasons
    "held back: no significant improvement on this account's best entry in the cell, or as many "
    "scores of the config as an account may have are reported; scored when the season closes"
)
AT_CLOSE = "reported at the close of the season"


def coarse(value: float, step: float = STEP) -> float:
    """The nearest value on the grid ±exp(k · step), k an integer; 0 stays 0."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return math.copysign(math.exp(round(math.log(abs(value)) / step) * step), value)


def coarse_share(share: float, rows: int, step: float = 2 * STEP) -> float:
    """The nearest share of wrong rows on a grid whose steps are one standard error of a share of so
    many rows, or a share `step` of it where that is wider.

    One standard error is a step of 1 in 2·√rows·arcsin √share, which makes the spread of a count
    the same everywhere (Anscombe 1948). It depends on the number of rows and not on the answer.
    So a count of a few rows is told no more finely than an error of as many rows is.
    """
    edge = 1.0 / (1.0 + rows * step**2)  # where step · p = √(p (1 − p) / rows)
    scale = 2.0 * math.sqrt(rows)
    at_edge = scale * math.asin(math.sqrt(edge))
    if share <= edge:
        place = scale * math.asin(math.sqrt(max(share, 0.0)))
    else:
        place = at_edge + math.log(share / edge) / step
    place = round(place)
    if place <= at_edge:
        return math.sin(place / scale) ** 2
    return min(1.0, edge * math.exp((place - at_edge) * step))


def loss_step(metric: Metric[Any]) -> float:
    """The grid of mean losses under that of the metric that ranks, as a share of the loss.

    A loss that is the square of the metric has a grid twice as wide. Of one that is told by its
    distance from 1, and of one that is no function of a mean loss, it is twice `STEP` too.
    """
    if not metric.is_error:
        return 2 * STEP
    power = np.log2(metric.loss_of(np.array(0.5)) / metric.loss_of(np.array(0.25)))
    return float(power) * STEP


def told_loss(losses: Losses, metric: Metric[Any], reference: Losses | None = None) -> float:
    """The mean loss as it is told, by the metric that ranks.

    Args:
        losses: of the answer.
        metric: that ranks.
        reference: those of a constant answer. What is no better is told as just that, or errors of
            many sizes in one file would tell which rows are scored.
    """
    loss = _on_grid(losses, metric)
    return loss if reference is None else min(loss, _on_grid(reference, metric))


def _on_grid(losses: Losses, metric: Metric[Any]) -> float:
    if losses.wrong is not None or _are_counts(losses.values, losses.blocks.rows):
        return coarse_share(losses.mean, losses.blocks.rows)
    return coarse(losses.mean, loss_step(metric))


def _are_counts(values: Floats, rows: int) -> bool:
    """Whether every row is right or wrong."""
    return len(values) == rows and bool(np.isin(values, (0.0, 1.0)).all())


def climbs(best: float | None, losses: Losses, metric: Metric[Any], told_before: int = 0,
           most: int = MOST_TOLD) -> bool:  # fmt: skip
    """Whether a submission's score is told.

    It is if its mean loss lies below the best one that was told by more than its own standard
    error and by more than one step of the grid. The step does not depend on the submission, so
    that one made to have a small standard error gains nothing. Who starts with bad files can climb
    often, and cells of other n and M have the same labels: hence the limit on what is told in all.

    Args:
        best: lowest mean loss that was told to this account in this cell; None at the first.
        losses: of the new submission on the public half.
        metric: that ranks.
        told_before: scores told to this account in all cells of the config.
        most: so many at most.
    """
    if told_before >= most:
        return False
    if best is None:
        return True
    return losses.mean < best - max(losses.standard_error, loss_step(metric) * best)


def told(value: Value, metric: Metric[Any], loss: float) -> Value:
    """The metric that ranks as it is told live, without its interval.

    Args:
        value: as scored.
        metric: that ranks.
        loss: see `told_loss`.
    """
    if value.value is None:
        return Value(None, note=value.note)
    if metric.is_paired:
        return Value(float(metric.value_of(np.array(loss))), note=value.note)
    if metric.better == "lower":
        return Value(coarse(value.value), note=value.note)
    return Value(1.0 - coarse(1.0 - value.value, 2 * STEP), note=value.note)


def held_back(value: Value, why: str = HELD_BACK) -> Value:
    """A metric that is not told live."""
    return Value(None, note=value.note or why)


def withheld() -> Value:
    """A metric that no season tells live; nor why it has no value or interval, which may hang on
    the labels.
    """
    return Value(None, note=AT_CLOSE)
