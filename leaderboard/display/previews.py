"""What is in a file of predictions, before it is scored."""

from typing import Any

import numpy as np

from leaderboard.submission.submission import Submission

_SHOWN = 5  # classes


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
            "Values": _summary(answer.prediction),
        }
        for key, answer in submission.cells.items()
    ]


def _summary(prediction: np.ndarray) -> str:
    if prediction.dtype.kind == "U":
        names, counts = np.unique(prediction, return_counts=True)
        class_counts = [f"{name}: {count}" for name, count in zip(names, counts, strict=True)]
        return ", ".join(class_counts[:_SHOWN])
    if prediction.dtype.kind == "b":
        return f"bits, {prediction.mean():.4g} of them 1"
    return f"{prediction.min():.4g} / {prediction.mean():.4g} / {prediction.max():.4g}"
