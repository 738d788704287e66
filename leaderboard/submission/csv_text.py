"""A submission as CSV: what `reading_csv` reads, for people who write their predictions by hand."""

import json
from collections.abc import Iterator, Mapping

import numpy as np

from leaderboard.cells import Answer, CellKey

MAX_VALUES = 2_000_000  # about 20 MB of text; larger answers go as Parquet
HEAD = "config,task,n,shots,track,row_id,prediction"


def csv_text(cells: Mapping[CellKey, Answer]) -> str:
    """The rows of the cells, each with its prediction: a list, a number, a bit or a name.

    Args:
        cells: at most `MAX_VALUES` values.
    """
    return "\n".join([HEAD, *(line for key, a in cells.items() for line in _lines(key, a)), ""])


def _lines(key: CellKey, answer: Answer) -> Iterator[str]:
    names = f"{key.config},{key.task},{key.n},{key.shots},{key.track}"
    for row_id, values in zip(answer.row_id.tolist(), answer.prediction, strict=True):
        yield f"{names},{row_id},{_prediction(values)}"


def _prediction(values: np.ndarray | np.generic) -> str:
    """Numbers with the digits that float32 holds."""
    if values.dtype.kind == "U":
        return str(values)
    if values.dtype.kind == "b":
        plain = values.astype(int).tolist()
    else:
        plain = [float(f"{v:.7g}") for v in np.atleast_1d(values).tolist()]
        plain = plain if values.ndim else plain[0]
    return f'"{json.dumps(plain)}"' if isinstance(plain, list) else str(plain)
