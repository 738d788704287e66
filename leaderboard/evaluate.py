"""Score every cell of a submission against the private labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builders import dataset, families, manifest
from builders.errors import RequestError
from builders.names import parse_config
from builders.schema import Arrays
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.scoring import Report, score
from leaderboard.submission import Submission
from leaderboard.task import Training
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
    labels: dict[str, Arrays] = {}
    train: dict[str, Arrays] = {}
    for key in sorted(submission.cells):
        if key.config not in labels:  # one config in memory at a time
            labels = {key.config: dataset.load(private, key.config, splits=[SPLIT])[SPLIT]}
            train = {} if public is None else {key.config: _train_rows(public, key.config)}
        report = _evaluate_cell(key, submission, labels[key.config], train.get(key.config))
        reports.append(report)
    return reports


def _evaluate_cell(
    key: CellKey, submission: Submission, split: Arrays, train: Arrays | None
) -> CellReport:
    task = tasks.load(key.task)
    name, size = parse_config(key.config)
    family = families.load(name)
    answer = submission.cells[key]
    if task.label not in split:
        raise RequestError(f"the private folder has no label {task.label!r} of {key.config}.")
    if not np.array_equal(np.sort(answer.row_id), np.sort(split["row_id"])):
        raise RequestError(f"column 'row_id', cell {key}: not exactly the test rows. Validate it.")
    order = np.argsort(answer.row_id)
    at = order[np.searchsorted(answer.row_id, split["row_id"], sorter=order)]
    seen = None
    if train is not None:
        shots = train["shots"][: key.n, : key.shots]
        seen = Training(family, size, train["parameters"][: key.n], shots)
    labels, references = task.labels(split, family, size), task.references(split, seen)
    mean, margins = references.get("train_mean"), references.get("margins")
    report = score(answer.prediction[at], labels, task, train_mean=mean, margins=margins)
    return CellReport(key, report)


def _train_rows(public: Path, config: str) -> Arrays:
    return dataset.load(public, config, splits=["train"], columns=["parameters", "shots"])["train"]


def _check_pair(public: Path, private: Path, configs: set[str]) -> None:
    left, right = manifest.read(public), manifest.read(private)
    for config in sorted(configs):
        if left.config(config).spec != right.config(config).spec:
            raise RequestError(
                f"{public} and {private} hold different builds of {config}: "
                f"{left.config(config).spec} and {right.config(config).spec}."
            )
