"""Errors of an answer at each time of the evolutions that its rows are states of."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.evolutions import Evolutions
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.task import Task
from leaderboard.kinds.truth import Truth


def error_by_time(task: Task, answer: Answer, truth: Truth) -> dict[str, list[float]] | None:
    """The task's primary metric over the test rows of each time.

    Args:
        task: what is predicted.
        answer: of rows in the order of the truth.
        truth: labels and public columns.

    Returns:
        `time` rising, in the unit of the parameter, and `value`; None where rows are no states of
        evolutions, or nothing tells their times.
    """
    times = _times(truth)
    if times is None:
        return None
    out: dict[str, list[float]] = {"time": [], "value": []}
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        at = replace(
            truth,
            labels=truth.labels[rows],
            row_id=truth.row_id[rows],
            blocks=Blocks.of(len(rows)),
            asked=None,
        )
        evidence = task.evidence(answer.take(rows), at)
        value = task.ranking.function(evidence, evidence.blocks.equal)[0]
        out["time"].append(float(time))
        out["value"].append(float(f"{value:.6g}"))
    return out


def _times(truth: Truth) -> NDArray[np.float64] | None:
    trajectory, parameters = truth.columns.get("trajectory"), truth.columns.get("parameters")
    if trajectory is None or parameters is None:
        return None
    moving = Evolutions.of(parameters, trajectory).time
    return None if moving is None else parameters[:, moving]
