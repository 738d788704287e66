"""Score every cell of a submission against the private labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size, parse_config
from builders.dataset import manifest
from builders.dataset.schema import Arrays
from builders.folders import loading as dataset
from builders.physics.family import Family
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.kinds.distances import by_distance
from leaderboard.kinds.physical import violations
from leaderboard.kinds.task import Task, Training
from leaderboard.scoring.ledger import Ledger
from leaderboard.scoring.score import Report, score
from leaderboard.submission.submission import Submission
from leaderboard.submission.validate import SPLIT
from leaderboard.track import trained_on

# (config, row_id (R,)) → bool (R,): the test rows that count.
Chosen = Callable[[str, NDArray[np.int64]], NDArray[np.bool_]]


@dataclass(frozen=True)
class CellReport:
    """The scores of one cell.

    Attributes:
        key: the cell.
        report: metrics with intervals.
        details: what is told beside them: `distances` (error by distance, `correlation` only),
            `violations` (law of physics → rows that break it), `ledger` (copies stated and
            allowed) and `floor`, see `leaderboard.scoring.ledger` and
            `leaderboard.kinds.floor`.
    """

    key: CellKey
    report: Report
    details: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """A JSON object: the names of the cell, the report and the details."""
        return {**self.key._asdict(), **self.report.to_json(), **self.details}


def evaluate(
    submission: Submission,
    public_dir: Path | str | None,
    private_dir: Path | str,
    chosen: Chosen | None = None,
    split: str = SPLIT,
) -> list[CellReport]:
    """Score a submission that `validate` accepts.

    Args:
        submission: the answers.
        public_dir: data set folder, whose training shots give the reference of `skill`; None
            leaves `skill` without a value.
        private_dir: folder of the hidden labels.
        chosen: the test rows that count; all by default.
        split: whose rows are answered: `test`, as on a board, or `test_ood`.

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
            labels = {key.config: dataset.load(private, key.config, splits=[split])[split]}
            ours = [other for other in submission.cells if other.config == key.config]
            train = {} if public is None else {key.config: _train_rows(public, ours)}
        report = _evaluate_cell(key, submission, labels[key.config], train.get(key.config), chosen)
        reports.append(report)
    return reports


def _evaluate_cell(
    key: CellKey,
    submission: Submission,
    split: Arrays,
    train: Arrays | None,
    chosen: Chosen | None,
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
    if chosen is not None:
        counts = chosen(key.config, split["row_id"])
        at, split = at[counts], {name: column[counts] for name, column in split.items()}
    seen = None if train is None else _seen(key, task, family, size, train)
    labels, references = task.labels(split, family, size), task.references(split, seen)
    mean, margins = references.get("train_mean"), references.get("margins")
    given = answer.prediction[at]
    report = score(given, labels, task, train_mean=mean, margins=margins)
    ledger = Ledger.of(key, submission.metadata, len(answer.row_id))
    # What sampling leaves to a transfer is not known here: its copies are of other states.
    floor = None if trained_on(key.track) else references.get("floor")
    resources = {"ledger": ledger.to_json(), "floor": None if floor is None else float(floor)}
    return CellReport(key, report, _details(key.task, given, labels, size) | resources)


def _details(task: str, given: Any, exact: Any, size: Size) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if task == "correlation":
        details["distances"] = by_distance((given - exact) ** 2, size).to_json()
    found = violations(task, given, exact)
    return details | ({"violations": found} if found else {})


def _seen(key: CellKey, task: Task, family: Family, size: Size, train: Arrays) -> Training | None:
    """The training rows of the cell; of a transfer as many of the config that it answers for, None
    if there are fewer.
    """
    parameters = train["parameters"][: key.n]
    if not key.shots:
        exact = task.labels({task.label: train[task.label][: key.n]}, family, size)
        none = np.empty((len(parameters), 0, size.sites), dtype=np.uint8)
        return Training(family, size, parameters, none, exact)
    shots = train["shots"][: key.n, : key.shots]
    return Training(family, size, parameters, shots) if shots.shape[:2] == key[2:4] else None


def _train_rows(public: Path, keys: Sequence[CellKey]) -> Arrays:
    """What the references of some cells of one config need of its training rows."""
    labels = {tasks.load(key.task).label for key in keys if not key.shots}
    shots = {"shots" for key in keys if key.shots}
    columns = ["parameters", *sorted(shots | labels)]
    return dataset.load(public, keys[0].config, splits=["train"], columns=columns)["train"]


def _check_pair(public: Path, private: Path, configs: set[str]) -> None:
    left, right = manifest.read(public), manifest.read(private)
    for config in sorted(configs):
        if left.config(config).spec != right.config(config).spec:
            raise RequestError(
                f"{public} and {private} hold different builds of {config}: "
                f"{left.config(config).spec} and {right.config(config).spec}."
            )
