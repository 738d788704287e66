"""Tasks, metrics, the submission format, scoring and the store of the leaderboard.

The public names are imported on first use, so that `import leaderboard` stays light.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leaderboard.board.service import Board
    from leaderboard.cells import Answer, CellKey
    from leaderboard.kinds.binary import Binary
    from leaderboard.kinds.classification import Classification
    from leaderboard.kinds.regression import Regression
    from leaderboard.kinds.task import Task
    from leaderboard.scoring.score import Report, Value, score
    from leaderboard.scoring.scorer import CellReport, Scorer
    from leaderboard.store.records import Receipt, Row
    from leaderboard.submission.metadata import Metadata
    from leaderboard.submission.submission import Submission, read_submission
    from leaderboard.submission.writing import write_submission

__all__ = [
    "Answer",
    "Binary",
    "Board",
    "CellKey",
    "CellReport",
    "Classification",
    "Metadata",
    "Receipt",
    "Regression",
    "Report",
    "Row",
    "Scorer",
    "Submission",
    "Task",
    "Value",
    "read_submission",
    "score",
    "write_submission",
]

_HOME = {
    "Answer": "leaderboard.cells",
    "Binary": "leaderboard.kinds.binary",
    "Board": "leaderboard.board.service",
    "CellKey": "leaderboard.cells",
    "CellReport": "leaderboard.scoring.scorer",
    "Classification": "leaderboard.kinds.classification",
    "Metadata": "leaderboard.submission.metadata",
    "Receipt": "leaderboard.store.records",
    "Regression": "leaderboard.kinds.regression",
    "Report": "leaderboard.scoring.score",
    "Row": "leaderboard.store.records",
    "Scorer": "leaderboard.scoring.scorer",
    "Submission": "leaderboard.submission.submission",
    "Task": "leaderboard.kinds.task",
    "Value": "leaderboard.scoring.score",
    "read_submission": "leaderboard.submission.submission",
    "score": "leaderboard.scoring.score",
    "write_submission": "leaderboard.submission.writing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'leaderboard' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value
