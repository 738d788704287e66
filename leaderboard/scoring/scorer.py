"""The one scorer: boards, `qslbench score` and protocols score through it.

A config's labels are read once, and what a task takes from training rows is worked out once for
each (n, M), not once for each cell of each submission.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.config import Config, config_columns
from builders.dataset.schema import Arrays
from builders.folders import loading
from builders.folders.promise import check_promise
from builders.physics.family import Family
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.task import Task
from leaderboard.kinds.truth import Columns, Training, TrainingRows, Truth, places
from leaderboard.scoring.ledger import Ledger
from leaderboard.scoring.score import BOOTSTRAPS, Report, report_of
from leaderboard.submission.submission import Submission
from leaderboard.submission.validate import SPLIT
from leaderboard.track import trained_on

# (config, task, row_id (R,)) → bool (R,): the test rows that count.
Chosen = Callable[[str, str, NDArray[np.int64]], NDArray[np.bool_]]

_KINDS: tuple[manifest.Visibility, manifest.Visibility] = ("public", "private")
_Read = Callable[[str], tuple[NDArray[np.int64], NDArray[Any]] | None]

TRAIN = "train"
TOGETHER = "trajectory"
"""Column whose equal values mark rows that are not independent, as the states of one evolution."""
_KEPT_BYTES = 2**29  # of labels and columns, of all configs together


@dataclass(frozen=True)
class CellReport:
    """The scores of one cell.

    Attributes:
        key: the cell.
        report: metrics with intervals.
        details: what is stated beside them: the task's details and `violations` (law → rows that
            break it), see `Task.details_of`; for a submission `ledger`, copies stated and allowed,
            see `leaderboard.scoring.ledger`; `floor`, see `Task.floor`.
    """

    key: CellKey
    report: Report
    details: dict[str, Any]

    def __str__(self) -> str:
        """The cell and its report."""
        return f"{self.key}\n{self.report}"

    def to_json(self) -> dict[str, Any]:
        """A JSON object: the cell's names, the report and the details."""
        return {**self.key._asdict(), **self.report.to_json(), **self.details}


@dataclass(frozen=True)
class _Config:
    """The rows of a config that count, hidden labels in memory.

    Attributes:
        family: of the config.
        size: of the config.
        asked: int64, all rows of the split.
        hidden: columns of the private folder.
        blocks: of the rows.
        columns: hidden and public columns.
        training: None without public data.
        trained: training rows, and copies of each.
        labels: task → its labels, kept for all cells.
    """

    family: Family
    size: Size
    asked: NDArray[np.int64]
    hidden: Arrays
    blocks: Blocks
    columns: Columns
    training: TrainingRows | None
    trained: tuple[int, int] = (0, 0)
    labels: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        kept = [*self.hidden.values(), *self.labels.values()]
        training = 0 if self.training is None else self.training.nbytes
        return sum(column.nbytes for column in kept) + self.columns.nbytes + training

    def labels_of(self, task: Task) -> NDArray[Any]:
        if task.name not in self.labels:
            self.labels[task.name] = task.labels(self.hidden, self.family, self.size)
        return self.labels[task.name]


class Scorer:
    """Scores answers to the cells of one pair of folders.

    Make one and score with it as many answers as there are: labels and training rows are read when
    a config is first asked for, and kept. It must not outlive a change of the folders, and is not
    for several threads.

    >>> scorer = Scorer("data", "data-private")                             # doctest: +SKIP
    >>> scorer.score(read_submission("p.parquet"))                          # doctest: +SKIP
    >>> scorer.score({CellKey("tfim_1d_n048", "correlation", 20, 64):       # doctest: +SKIP
    ...               Answer(row_id, prediction)})
    """

    def __init__(
        self,
        public_dir: Path | str | None,
        private_dir: Path | str,
        *,
        split: str = SPLIT,
        chosen: Chosen | None = None,
        bootstraps: int = BOOTSTRAPS,
    ) -> None:
        """Name the folders; nothing is read yet.

        Args:
            public_dir: data set folder, whose training rows give the reference of `skill`, and
                whose test rows what a task needs beside the labels; None leaves out what needs it.
            private_dir: folder of the hidden labels.
            split: whose rows are answered: `test`, as on a board, or `test_ood`.
            chosen: the rows that count; all by default.
            bootstraps: resamples behind an interval.
        """
        self._public = None if public_dir is None else Path(public_dir)
        self._private = Path(private_dir)
        self._split, self._chosen, self._bootstraps = split, chosen, bootstraps
        # By config, and by task where each has rows of its own.
        self._configs: OrderedDict[tuple[str, str], _Config] = OrderedDict()

    def score(self, answers: Submission | Mapping[CellKey, Answer]) -> list[CellReport]:
        """The reports of all cells, sorted by cell.

        Args:
            answers: a submission, or the answers alone; then no ledger is stated. Rows come in any
                order; every row of the split must be there, see `validate`.

        Raises:
            RequestError: the folders do not belong together or lack a config, or an answer has
                other rows.
        """
        cells = answers.cells if isinstance(answers, Submission) else answers
        # Cells of one (config, task, M) after each other: they share estimates of training rows.
        order = sorted(cells, key=lambda key: (key.config, key.task, key.shots, key.n))
        reports = {key: self._report(key, answers, cells[key]) for key in order}
        return [reports[key] for key in sorted(cells)]

    def truth(self, key: CellKey) -> Truth:
        """What the answer to a cell is judged by.

        Raises:
            RequestError: the folders do not belong together, or lack the config or the label.
        """
        task, config = tasks.load(key.task), self._config(key.config, key.task)
        if task.label not in config.hidden:
            raise RequestError(f"the private folder has no label {task.label!r} of {key.config}.")
        return Truth(
            labels=config.labels_of(task),
            row_id=config.hidden["row_id"],
            blocks=config.blocks,
            columns=config.columns,
            training=self._training(key, config),
            family=config.family,
            size=config.size,
            asked=config.asked,
        )

    def _training(self, key: CellKey, config: _Config) -> Training | None:
        """The training rows of the cell; of a transfer as many of the config that it answers for,
        None where that has fewer.
        """
        if config.training is None:
            return None
        rows, shots = config.trained
        if trained_on(key.track) and (key.n > rows or key.shots > shots):
            return None
        return config.training.first(key.n, key.shots)

    def _report(
        self, key: CellKey, answers: Submission | Mapping[CellKey, Answer], answer: Answer
    ) -> CellReport:
        task, truth = tasks.load(key.task), self.truth(key)
        try:
            mine = truth.aligned(answer)
        except RequestError as error:
            raise RequestError(f"column 'row_id', cell {key}: {error}") from None
        report = report_of(task, task.evidence(mine, truth), self._bootstraps)
        details = task.details_of(mine, truth)
        if isinstance(answers, Submission):
            ledger = Ledger.of(key, answers.metadata, len(answer.row_id))
            details["ledger"] = ledger.to_json()
        # What sampling leaves to a transfer is not known here: its copies are of other states.
        floor = None if trained_on(key.track) else task.floor(truth)
        return CellReport(key, report, details | {"floor": floor})

    def _config(self, name: str, task: str) -> _Config:
        place = (name, task if self._chosen else "")
        if place not in self._configs:
            self._configs[place] = self._read(name, task)
        self._configs.move_to_end(place)
        while len(self._configs) > 1 and self._nbytes > _KEPT_BYTES:
            self._configs.popitem(last=False)
        return self._configs[place]

    @property
    def _nbytes(self) -> int:
        return sum(config.nbytes for config in self._configs.values())

    def _read(self, name: str, task: str) -> _Config:
        if self._public is not None:
            _check_pair(self._public, self._private, name)
        config = Config.parse(name)
        family, size = config.family, config.size
        every = loading.load(self._private, name, splits=[self._split])[self._split]
        asked = every["row_id"]
        counts = None if self._chosen is None else self._chosen(name, task, asked)
        hidden = every if counts is None else {k: v[counts] for k, v in every.items()}
        public = None if self._public is None else _reader(self._public, name, self._split)
        row_id = hidden["row_id"]

        def column(wanted: str) -> NDArray[Any] | None:
            if wanted in hidden or public is None:
                return hidden.get(wanted)
            ids_and_values = public(wanted)
            return (
                None
                if ids_and_values is None
                else ids_and_values[1][places(ids_and_values[0], row_id)]
            )

        columns = Columns(column)
        training, trained = None, (0, 0)
        if self._public is not None:
            entry = manifest.read(self._public).config(name)
            trained = (entry.rows.get(TRAIN, 0), entry.shots)
            training = training_rows(self._public, name)
        blocks = Blocks.of(len(row_id), columns.get(TOGETHER))
        return _Config(family, size, asked, hidden, blocks, columns, training, trained)


def training_rows(folder: Path, config: str) -> TrainingRows:
    """The training rows of a config, each column read when it is first asked for.

    Args:
        folder: of a public data set.
        config: config name.
    """
    known, stored = Config.parse(config), _reader(folder, config, TRAIN)
    return TrainingRows(known.family, known.size, Columns(lambda wanted: _by_id(stored(wanted))))


def _reader(folder: Path, config: str, split: str) -> _Read:
    """Reads a public column: name → row ids and values; None where the config has none."""
    offered = {column.name for column in config_columns(manifest.read(folder), config)}

    def read(name: str) -> tuple[NDArray[np.int64], NDArray[Any]] | None:
        if name not in offered:
            return None
        stored = loading.load(folder, config, splits=[split], columns=["row_id", name])[split]
        return (stored["row_id"], stored[name]) if name in stored else None

    return read


def _by_id(ids_and_values: tuple[NDArray[np.int64], NDArray[Any]] | None) -> NDArray[Any] | None:
    """Values in the order of their row ids."""
    return (
        None
        if ids_and_values is None
        else ids_and_values[1][np.argsort(ids_and_values[0], kind="stable")]
    )


def _check_pair(public: Path, private: Path, config: str) -> None:
    contents = [manifest.read(folder) for folder in (public, private)]
    for one, folder, kind in zip(contents, (public, private), _KINDS, strict=True):
        manifest.check_visibility(one, folder, kind)
    left, right = (one.config(config).public_spec for one in contents)
    if left != right:
        raise RequestError(
            f"{public} and {private} hold different builds of {config}: {left} and {right}."
        )
    check_promise(public, private, config)
