"""Whether a submission answers exactly the test rows of cells that the data has."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError, counted, unknown
from builders.dataset import manifest
from builders.dataset.config import Config, offered_tasks
from builders.dataset.manifest import Manifest
from builders.folders import loading
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.submission import Submission
from leaderboard.submission.training import training_faults

SPLIT = "test"
_SHOWN = 5
_MAX_FAULTS = 20


def validate(submission: Submission, public_dir: Path | str, split: str = SPLIT) -> None:
    """Check every cell against a data set folder, whose labels are not needed.

    Args:
        submission: as read from a file.
        public_dir: data set folder; the private folder serves too.
        split: whose rows are answered: `test`, as on a board, or `test_ood`.

    Raises:
        RequestError: all faults, a line each, with the column, the count and the first offenders.

    >>> import qslbench
    >>> qslbench.validate(qslbench.read_submission("mine.parquet"), "data")  # silent: it is valid
    """
    folder = Path(public_dir)
    faults = _cost_faults(submission)
    for config in sorted({key.config for key in submission.cells}):
        try:
            expected = _rows_of(folder, config, split)
            data = manifest.read(folder)
        except RequestError as error:
            faults.append(f"column 'config': {error}")
            continue
        for key, answer in submission.cells.items():
            if key.config == config:
                faults += _cell_faults(key, answer, data, expected)
                faults += _resource_faults(key, submission)
    if faults:
        more = len(faults) - _MAX_FAULTS
        lines = faults[:_MAX_FAULTS] + ([f"and {more} more"] if more > 0 else [])
        raise RequestError("\n  ".join(["the submission is refused:", *lines]))


def _rows_of(folder: Path, config: str, split: str) -> NDArray[np.int64]:
    stored = loading.load(folder, config, splits=[split], columns=["row_id"])
    rows: NDArray[np.int64] = stored[split]["row_id"]
    return rows


def _cell_faults(
    key: CellKey, answer: Answer, data: Manifest, expected: NDArray[np.int64]
) -> list[str]:
    entry = data.config(key.config)
    family = families.load(entry.family)
    offered = offered_tasks(entry)
    if key.task not in offered:
        return [f"column 'task', config {key.config}: {unknown('task', key.task, offered)}"]
    faults = training_faults(key, data)
    faults += _row_faults(key, answer.row_id, expected)
    problems = tasks.load(key.task).faults(answer, family, Config.parse(key.config).size)
    return faults + [_offenders(f.column, key, answer.row_id[f.rows], f.how) for f in problems]


def _row_faults(key: CellKey, given: NDArray[np.int64], expected: NDArray[np.int64]) -> list[str]:
    ordered = np.sort(given)
    if np.array_equal(ordered, np.sort(expected)):
        return []
    unique, counts = np.unique(ordered, return_counts=True)
    # Told to be unique: numpy would find that out by hashing, which takes 10 s for 10⁶ numbers.
    kinds = (
        ("missing", np.setdiff1d(expected, unique, assume_unique=True)),
        (
            "outside the test rows of the config",
            np.setdiff1d(unique, expected, assume_unique=True),
        ),
        ("given more than once", unique[counts > 1]),
    )
    return [_offenders("row_id", key, rows, what) for what, rows in kinds if len(rows)]


def _offenders(column: str, key: CellKey, rows: NDArray[np.int64], what: str) -> str:
    first = ", ".join(str(row) for row in rows[:_SHOWN])
    more = ", …" if len(rows) > _SHOWN else ""
    return (
        f"column {column!r}, cell {key}: {counted(len(rows), 'row')} {what}: row_id {first}{more}."
    )


def _cost_faults(submission: Submission) -> list[str]:
    """Costs of what is no cell of the file, of one cell twice, and without a number."""
    faults, seen = [], set()
    for place, cost in enumerate(submission.metadata.costs):
        where = f"metadata 'costs', item {place}"
        try:
            key = cost.key
        except RequestError as error:
            faults.append(f"{where}: {error}")
            continue
        if key not in submission.cells:
            faults.append(f"{where}: {key} is no cell of this file. Leave it out.")
        elif key in seen:
            faults.append(f"{where}: cell {key} is there already. State it once.")
        if (cost.parameters, cost.train_seconds, cost.row_seconds) == (None, None, None):
            faults.append(
                f"{where}: no number. Give parameters, train_seconds or row_seconds, or leave the "
                "item out."
            )
        seen.add(key)
    return faults


def _resource_faults(key: CellKey, submission: Submission) -> list[str]:
    resources = submission.metadata.resources
    if resources is None or resources.copies <= key.n * key.shots:
        return []
    fault = (
        f"metadata 'resources', cell {key}: {resources.copies} state copies stated, the cell has "
        f"{key.n * key.shots}. Submit cells of different resources as files of their own."
    )
    return [fault]
