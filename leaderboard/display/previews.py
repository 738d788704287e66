"""What is in a file of predictions, before it is scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.submission import Submission

_SHOWN = 5  # classes


@dataclass(frozen=True)
class Preview:
    """What a visitor is shown of a file; the answers themselves are not kept.

    Attributes:
        name: of the model.
        authors: as stated.
        lines: of a table, one a cell.
        warnings: what is allowed and seldom meant, plain text.
        same: ids of entries with the very same answers.
    """

    name: str
    authors: tuple[str, ...]
    lines: list[dict[str, Any]]
    warnings: list[str]
    same: list[str]

    @staticmethod
    def of(submission: Submission, same: Sequence[str]) -> "Preview":
        """The preview of a file that was validated."""
        about, cells = submission.metadata, submission.cells
        warnings = [words for key, answer in cells.items() for words in _warnings(key, answer)]
        return Preview(about.name, about.authors, lines(submission), warnings, list(same))


def lines(submission: Submission) -> list[dict[str, Any]]:
    """One line a cell: rows, values a row, and what the values are."""
    return [
        {
            "Config": key.config,
            "Task": key.task,
            "n": key.n,
            "M": key.shots,
            "Track": key.track,
            "Rows": len(answer.row_id),
            "Values a row": 1 if answer.prediction.ndim == 1 else answer.prediction.shape[1],
            **_summary(answer.prediction),
        }
        for key, answer in submission.cells.items()
    ]


def _summary(prediction: np.ndarray) -> dict[str, Any]:
    if prediction.dtype.kind == "U":
        names, counts = np.unique(prediction, return_counts=True)
        class_counts = [f"{name}: {count}" for name, count in zip(names, counts, strict=True)]
        return {"Classes": ", ".join(class_counts[:_SHOWN])}
    values = prediction.astype(np.float64)
    return {
        "Smallest": float(values.min()),
        "Mean": float(values.mean()),
        "Largest": float(values.max()),
    }


def _warnings(key: CellKey, answer: Answer) -> list[str]:
    given, task = answer.prediction, tasks.load(key.task)
    found = []
    if len(given) > 1 and (given == given[0]).all():
        found.append(f"{key}: all rows have the same answer.")
    if task.kind == "regression" and not np.any(given):
        found.append(f"{key}: every number is 0.")
    if answer.std is not None and not np.any(answer.std):
        found.append(f"{key}: every stated deviation is 0.")
    return found
