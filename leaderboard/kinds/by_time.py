"""Errors of an answer at each time of the evolutions that its rows are states of."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.evolutions import Evolutions
from leaderboard.kinds.metrics import UndefinedError
from leaderboard.kinds.truth import Truth

if TYPE_CHECKING:
    from leaderboard.kinds.task import Task

NAME = "by_time"
BOOTSTRAPS = 500


def error_by_time(task: "Task", answer: Answer, truth: Truth) -> dict[str, Any] | None:
    """The task's primary metric over the test rows of each time, to six digits.

    Args:
        task: what is predicted.
        answer: of rows in the order of the truth.
        truth: labels and public columns.

    Returns:
        `time` rising, in the unit of the parameter, `value`, and `low` and `high`, the ends of its
        95 % interval: a percentile bootstrap over evolutions, each of which has one row of a time.
        None where rows are no states of evolutions, nothing tells their times, or the metric has
        no value.
    """
    times = _times(truth)
    if times is None:
        return None
    lines = []
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        evidence = task.evidence(answer.take(rows), truth.take(rows))
        blocks = evidence.blocks
        try:
            value = task.ranking.function(evidence, blocks.equal)[0]
            drawn = task.ranking.function(evidence, blocks.resamples(BOOTSTRAPS, seed=0))
        except UndefinedError:
            return None
        low, high = np.nanquantile(drawn, (0.025, 0.975)) if len(rows) > 1 else (value, value)
        lines.append((float(time), *(float(f"{number:.6g}") for number in (value, low, high))))
    return dict(zip(("time", "value", "low", "high"), map(list, zip(*lines, strict=True)),
                    strict=True))  # fmt: skip


def _times(truth: Truth) -> NDArray[np.float64] | None:
    trajectory = truth.columns.get("trajectory")
    parameters = None if trajectory is None else truth.columns.get("parameters")
    if trajectory is None or parameters is None:
        return None
    moving = Evolutions.of(parameters, trajectory).time
    return None if moving is None else parameters[:, moving]
