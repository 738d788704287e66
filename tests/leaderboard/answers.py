"""Answers and files of predictions for the tests of the leaderboard."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.dataset import manifest
from builders.dataset.config import offered_tasks
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.submission import write_submission
from leaderboard.track import STANDARD
from tests.builders.synthetic import SyntheticFolder

N, SHOTS = 5, 16


def metadata(**changes: Any) -> Metadata:
    """Complete metadata with some fields changed."""
    fields: dict[str, Any] = {
        "name": "a model",
        "authors": ("Ada",),
        "entry_class": "learned",
        "uses_test_shots": False,
        "parameters": 12,
        "train_seconds": 1.5,
    }
    return Metadata(**(fields | changes))


def exact(data: SyntheticFolder, task: str) -> NDArray[Any]:
    """The hidden labels, flattened, float32 (R, L), or the names of classes (R,)."""
    family = families.load(data.spec.family)
    labels = tasks.load(task).labels(data.splits["test"], family, data.spec.size)
    return labels.astype(np.float32) if labels.dtype.kind == "f" else labels


def cell(data: SyntheticFolder, task: str = "correlation", **changes: Any) -> CellKey:
    """A cell that the data has, with some fields changed."""
    return CellKey(data.config, task, N, SHOTS)._replace(**changes)


def answer(data: SyntheticFolder, task: str = "correlation", shift: float = 0.0) -> Answer:
    """The hidden labels plus a constant."""
    return Answer(data.splits["test"]["row_id"], exact(data, task) + np.float32(shift))


def write(
    path: Path, data: SyntheticFolder, shift: float = 0.0, track: str = STANDARD, **changes: Any
) -> Path:
    """A good file of two cells, correlation and renyi2."""
    two = ("correlation", "renyi2")
    cells = {cell(data, task, track=track): answer(data, task, shift) for task in two}
    write_submission(path, cells, metadata(**changes))
    return path


def submit(board, data, path, shift, account="ada", **changes):
    return board.submit(write(path, data, shift, **changes), account=account)


def official(data: SyntheticFolder, *more: CellKey) -> list[CellKey]:
    """The cells that these answers are for, of every task, as those of a season; and more."""
    entry = manifest.read(data.private).configs[data.config]
    return [*(cell(data, task) for task in offered_tasks(entry)), *more]


def open_season(board, data, name: str, cap: int, *more: CellKey, told: int = 10):
    """A season with those cells."""
    return board.open_season(name, cap, told=told, cells=official(data, *more))
