"""Score every cell of a submission against the private labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import dataset, manifest
from builders.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.scoring import Report, score
from leaderboard.submission import Submission
from leaderboard.validate import SPLIT


@dataclass(frozen=True)
class CellReport:
    """The scores of one cell."""

    key: CellKey
    report: Report

    def to_json(self) -> dict[str, Any]:
        """A JSON object: the cell's four names and the report."""
        return {**self.key._asdict(), **self.report.to_json()}


def evaluate(
    submission: Submission, public_dir: Path | str | None, private_dir: Path | str
) -> list[CellReport]:
    """Score a submission that `validate` accepts.

    Args:
        submission: the answers.
        public_dir: data set folder, whose training shots give the reference of `skill`; None
            leaves `skill` without a value.
        private_dir: folder of the hidden labels.

    Raises:
        RequestError: the folders do not belong together, or lack a config.
    """
    private = Path(private_dir)
    public = None if public_dir is None else Path(public_dir)
    if public is not None:
        _check_pair(public, private, {key.config for key in submission.cells})
    reports = []
    labels: dict[str, Any] = {}
    train: dict[str, Any] = {}
    for key in sorted(submission.cells):
        if key.config not in labels:  # one config in memory at a time
            labels = {key.config: dataset.load(private, key.config, splits=[SPLIT])[SPLIT]}
            train = {} if public is None else {key.config: _train_shots(public, key.config)}
        shots = None if public is None else train[key.config][: key.n, : key.shots]
        reports.append(_evaluate_cell(key, submission, labels[key.config], shots))
    return reports


def _evaluate_cell(
    key: CellKey, submission: Submission, split: dict[str, Any], shots: NDArray[np.uint8] | None
) -> CellReport:
    task = tasks.load(key.task)
    answer = submission.cells[key]
    if task.label not in split:
        raise RequestError(f"the private folder has no label {task.label!r} of {key.config}.")
    if not np.array_equal(np.sort(answer.row_id), np.sort(split["row_id"])):
        raise RequestError(f"column 'row_id', cell {key}: not exactly the test rows. Validate it.")
    order = np.argsort(answer.row_id)
    at = order[np.searchsorted(answer.row_id, split["row_id"], sorter=order)]
    mean = None if shots is None else task.estimate(shots).mean(axis=0)
    return CellReport(key, score(answer.prediction[at], task.labels(split), task, train_mean=mean))


def _train_shots(public: Path, config: str) -> NDArray[np.uint8]:
    loaded = dataset.load(public, config, splits=["train"], columns=["shots"])
    shots: NDArray[np.uint8] = loaded["train"]["shots"]
    return shots


def _check_pair(public: Path, private: Path, configs: set[str]) -> None:
    left, right = manifest.read(public), manifest.read(private)
    for config in sorted(configs):
        if left.config(config).spec != right.config(config).spec:
            raise RequestError(
                f"{public} and {private} hold different builds of {config}: "
                f"{left.config(config).spec} and {right.config(config).spec}."
            )
