"""The answer that is the same for every test row: what the training rows of a cell are on average.

It is what skill is measured against, and what the files that the board hands out hold.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.dataset.config import Config
from builders.folders import loading
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.truth import Training
from leaderboard.scoring.scorer import training_rows
from leaderboard.submission.validate import SPLIT


def constant_answer(key: CellKey, folder: Path) -> Answer:
    """The mean of the training labels of a cell for every test row; of classes the most frequent
    one, of bits their shares or, where none may be given, the more frequent one.

    Args:
        key: of a cell of the standard or the exact track.
        folder: of the public data set.

    Raises:
        RequestError: the folder has no such config or rows.
    """
    task, config = tasks.load(key.task), Config.parse(key.config)
    row_id = loading.load(folder, key.config, splits=[SPLIT], columns=["row_id"])[SPLIT]["row_id"]
    training = training_rows(folder, key.config).first(key.n, key.shots)
    mean = _mean(task, training)
    answer = Answer(row_id, np.tile(mean, (len(row_id), *(1,) * mean.ndim)))
    if task.kind == "binary" and any(task.faults(answer, config.family, config.size)):
        return Answer(row_id, answer.prediction > 0.5)
    return answer


def _mean(task: Any, training: Training) -> NDArray[Any]:
    """Float32 (L,), or a name of a class ()."""
    if isinstance(task, Regression):
        return np.asarray(task.estimates(training).mean(axis=0), dtype=np.float32)
    known = {task.label: training.column(task.label)}
    labels = task.labels(known, training.family, training.size)
    if labels.dtype.kind == "U":
        names, counts = np.unique(labels, return_counts=True)
        return np.asarray(names[counts.argmax()])
    return np.asarray(labels.mean(axis=0), dtype=np.float32)
