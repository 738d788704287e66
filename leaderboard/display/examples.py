"""Code that the pages show; the tests run it."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builders.core.column import Column
from builders.dataset.config import Config
from leaderboard import tasks
from leaderboard.kinds.classification import Classification
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task

LOADING = """\
from datasets import load_dataset

data = load_dataset({source}, {config})  # the folder, or ORG/NAME on the Hub
row = data[{split}][{index}]

import builders  # or as numpy arrays, checked against the manifest

arrays = builders.load({source}, {config})[{split}]
{columns}
"""

SUBMISSION = """\
import numpy as np

import builders, leaderboard
{imports}
config, task, n, shots = {config}, {task}, {n}, {shots}
data = builders.load({source}, config)  # the folder, or ORG/NAME on the Hub
train, row_id = data["train"], data["test"]["row_id"]

{answer}

leaderboard.write_submission(
    "predictions.parquet",
    {{(config, task, n, shots): (row_id, predictions)}},
    leaderboard.Metadata(
        name="my first model",
        authors=["Your Name"],
        entry_class="learned",
        uses_test_shots=False,
        parameters={parameters},
    ),
)
"""
_TASKS = "from leaderboard import tasks\n"
_ESTIMATED = """\
labels = tasks.load(task).estimate(train[{record}][:n, :shots])  # (n, values), from the shots
answer = labels.mean(axis=0)  # the same answer for every row: beat this
predictions = np.tile(answer, (len(row_id), 1))"""
_EXACT = """\
labels = train[{label}][:n].reshape(n, -1)
answer = labels.mean(axis=0)  # the same answer for every row: beat this
predictions = np.tile(answer, (len(row_id), 1)).astype(np.float32)"""
_CLASS = """\
classes = np.array({classes})
most = np.bincount(train[{label}][:n]).argmax()  # the same answer for every row: beat this
predictions = np.full(len(row_id), classes[most])"""


@dataclass(frozen=True)
class RowPlace:
    """Where a row is.

    Attributes:
        source: the folder's name.
        config: config name.
        split: split name.
        index: place in the split.
    """

    source: str
    config: str
    split: str
    index: int


def loading(place: RowPlace, columns: Sequence[Column]) -> str:
    """Python that loads one row of a split, each public array of it by its name.

    Args:
        place: of the row.
        columns: of the config.
    """
    shown = [c for c in columns if not c.is_label and c.shape]
    names = {"source": place.source, "config": place.config, "split": place.split}
    lines = "\n".join(_column(column, place.index) for column in shown)
    return LOADING.format(index=place.index, columns=lines, **_quoted(names))


def _column(column: Column, index: int) -> str:
    shape = f"{column.dtype} {column.shape}"
    meaning = textwrap.fill(f"{shape}: {column.meaning}", 88, initial_indent="# ",
                            subsequent_indent="# ")  # fmt: skip
    return f'{meaning}\n{column.name} = arrays["{column.name}"][{index}]'


def submission(source: str, config: Config, task: Task, n: int, shots: int) -> str:
    """Python that writes a file of predictions for one cell, ready for upload.

    Args:
        source: the folder's name.
        config: of the cell.
        task: of the cell, one of `exemplary`.
        n: training rows.
        shots: copies of each.
    """
    imports, parameters = "", "answer.size"
    label = json.dumps(task.label)
    if isinstance(task, Classification):
        classes = json.dumps(list(config.family.label(task.label).classes))
        answer, parameters = _CLASS.format(classes=classes, label=label), "1"
    elif isinstance(task, Regression) and task.shadow is not None:
        (record,) = config.family.record.names
        answer, imports = _ESTIMATED.format(record=json.dumps(record)), _TASKS
    else:
        answer = _EXACT.format(label=label)
    names = _quoted({"source": source, "config": config.name, "task": task.name})
    body = {"imports": imports, "answer": answer, "parameters": parameters}
    return SUBMISSION.format(n=n, shots=shots, **body, **names)


def exemplary(offered: Iterable[str]) -> Task | None:
    """The first of these tasks whose answer takes a few lines; None if there is none."""
    for name in offered:
        task = tasks.load(name)
        if not (isinstance(task, Regression) and (task.needs_hamiltonians or task.per_site)):
            return task
    return None


def _quoted(names: dict[str, str]) -> dict[str, str]:
    """Python text literals with double quotes, as the rest of the code is written."""
    return {key: json.dumps(name) for key, name in names.items()}
