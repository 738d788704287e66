"""Code that the pages show; the tests run it."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from builders.core.column import Column

LOADING = """\
from datasets import load_dataset

data = load_dataset({source}, {config})  # the folder, or ORG/NAME on the Hub
row = data[{split}][{index}]

import builders  # or as numpy arrays, checked against the manifest

arrays = builders.load({source}, {config})[{split}]
{columns}
"""

SUBMISSION = """\
import builders, leaderboard

config, task, n, shots = {config}, "correlation", {n}, {shots}
data = builders.load({source}, config)  # the folder, or ORG/NAME on the Hub
estimates = builders.shadow_correlation(data["train"]["shots"][:n, :shots])

row_id = data["test"]["row_id"]
answer = estimates.mean(axis=0).ravel()  # the same answer for every row: beat this
predictions = answer[None].repeat(len(row_id), axis=0)  # (rows, N * N)

leaderboard.write_submission(
    "predictions.parquet",
    {{(config, task, n, shots): (row_id, predictions)}},
    leaderboard.Metadata(
        name="my first model",
        authors=["Your Name"],
        entry_class="learned",
        uses_test_shots=False,
        parameters=answer.size,
    ),
)
"""


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


def submission(source: str, config: str, n: int, shots: int) -> str:
    """Python that writes a file of predictions for one cell, ready for upload."""
    return SUBMISSION.format(n=n, shots=shots, **_quoted({"source": source, "config": config}))


def _quoted(names: dict[str, str]) -> dict[str, str]:
    """Python text literals with double quotes, as the rest of the code is written."""
    return {key: json.dumps(name) for key, name in names.items()}
