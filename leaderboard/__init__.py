"""Tasks, metrics, the submission format, scoring and the store of the leaderboard.

The public names are imported on first use, so that `import leaderboard` stays light.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leaderboard.cells import Answer, CellKey
    from leaderboard.classification import Classification
    from leaderboard.metadata import Metadata
    from leaderboard.records import Receipt, Row
    from leaderboard.regression import Regression
    from leaderboard.scoring import Report, Value, score
    from leaderboard.service import Board
    from leaderboard.submission import Submission, read_submission, write_submission
    from leaderboard.task import Task

__all__ = [
    "Answer",
    "Board",
    "CellKey",
    "Classification",
    "Metadata",
    "Receipt",
    "Regression",
    "Report",
    "Row",
    "Submission",
    "Task",
    "Value",
    "read_submission",
    "score",
    "write_submission",
]

_HOME = {
    "Answer": "leaderboard.cells",
    "Board": "leaderboard.service",
    "CellKey": "leaderboard.cells",
    "Classification": "leaderboard.classification",
    "Metadata": "leaderboard.metadata",
    "Receipt": "leaderboard.records",
    "Regression": "leaderboard.regression",
    "Report": "leaderboard.scoring",
    "Row": "leaderboard.records",
    "Submission": "leaderboard.submission",
    "Task": "leaderboard.task",
    "Value": "leaderboard.scoring",
    "read_submission": "leaderboard.submission",
    "score": "leaderboard.scoring",
    "write_submission": "leaderboard.submission",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'leaderboard' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value
