"""Code that the pages show; the tests run it."""

import json

LOADING = """\
from datasets import load_dataset

data = load_dataset({source}, {config})  # the folder, or ORG/NAME on the Hub
row = data[{split}][{index}]

import builders  # or as numpy arrays, checked against the manifest

arrays = builders.load({source}, {config})[{split}]
shots = arrays["shots"][{index}]  # uint8 (M, N): 2 * basis + bit, basis 0, 1, 2 = X, Y, Z
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


def loading(source: str, config: str, split: str, index: int) -> str:
    """Python that loads one row of a split."""
    names = {"source": source, "config": config, "split": split}
    return LOADING.format(index=index, **_quoted(names))


def submission(source: str, config: str, n: int, shots: int) -> str:
    """Python that writes a file of predictions for one cell, ready for upload."""
    return SUBMISSION.format(n=n, shots=shots, **_quoted({"source": source, "config": config}))


def _quoted(names: dict[str, str]) -> dict[str, str]:
    """Python text literals with double quotes, as the rest of the code is written."""
    return {key: json.dumps(name) for key, name in names.items()}
