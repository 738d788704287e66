"""Writing a submission: a few bytes a row beside the predictions themselves.

Names and numbers of a cell are the same in all of its rows and row ids follow each other, so that
10⁶ bits take 150 kB: 125 kB are the bits.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.columns import TEXTS, TRACK
from leaderboard.submission.metadata import Metadata, parse_metadata
from leaderboard.track import usual_track

METADATA_KEY = b"qslbench"
Given = Answer | tuple[ArrayLike, ArrayLike]

_FORMS = {
    ("U", 1): ("names of classes", pa.string()),
    ("b", 1): ("bits", pa.bool_()),
    ("b", 2): ("lists of bits", pa.list_(pa.bool_())),
    ("f", 1): ("single numbers", pa.float32()),
    ("f", 2): ("lists of numbers", pa.list_(pa.float32())),
}
_ENCODINGS = {
    pa.float32(): {"": "BYTE_STREAM_SPLIT"},
    pa.list_(pa.float32()): {".list.element": "BYTE_STREAM_SPLIT"},
}


def write_submission(
    path: Path | str,
    cells: Mapping[CellKey, Any] | Mapping[tuple[Any, ...], Any],
    metadata: Metadata | Mapping[str, Any],
) -> None:
    """Write a submission as Parquet with its metadata inside.

    Args:
        path: where to; the folder is made.
        cells: key of a cell, a `CellKey` or a plain (config, task, n, shots) → an `Answer`, or
            (row_id (R,), prediction): numbers (R, L) or in the label's shape, such as matrices
            (R, N, N) of a correlation, in the task's unit; names of classes (R,); bits (R,) or
            (R, K), as bool or as uint8 that are 0 and 1; or floats (R,), one a row, such as
            probabilities. A third array is the standard deviation of every number.
        metadata: goes under the Parquet key `qslbench`; a dictionary has the keys of `Metadata`.

    Raises:
        RequestError: no cells, cells of different forms, the arrays of a cell do not fit each
            other, or metadata that are not accepted.

    >>> import qslbench
    >>> cell = qslbench.Cell.open("data", "tfim_1d_n008", "correlation", n=12, shots=32)
    >>> mean = cell.labels.mean(axis=0).reshape(8, 8)
    >>> answer = [mean for _ in cell.rows.row_id]  # (R, N, N)
    >>> about = {"name": "mean", "authors": ["Me"], "entry_class": "learned",
    ...          "uses_test_shots": False}
    >>> qslbench.write_submission("mine.parquet", {cell.key: (cell.rows.row_id, answer)}, about)
    """
    if not isinstance(metadata, Metadata):
        metadata = parse_metadata(_json_text(metadata))
    if not cells:
        raise RequestError("a submission needs at least one cell; none was given.")
    answers = {CellKey(*key): _checked(CellKey(*key), *given) for key, given in cells.items()}
    schema = _schema(answers).with_metadata({METADATA_KEY: metadata.model_dump_json()})
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd", **_recipe(schema)) as writer:
            for key, answer in answers.items():
                writer.write_table(_table(key, answer, schema))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _json_text(metadata: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(metadata))
    except (TypeError, ValueError) as error:
        raise RequestError(f"the metadata cannot be written as JSON: {error}.") from None


def _recipe(schema: Any) -> dict[str, Any]:
    repeated = [name for name in CellKey._fields if name in schema.names]
    if pa.types.is_string(schema.field("prediction").type):
        repeated.append("prediction")
    encodings = {"row_id": "DELTA_BINARY_PACKED"}
    for name in ("prediction", "std"):
        if name in schema.names:
            by_leaf = _ENCODINGS.get(schema.field(name).type, {})
            encodings |= {f"{name}{leaf}": encoding for leaf, encoding in by_leaf.items()}
    return {"use_dictionary": repeated, "column_encoding": encodings}


def _schema(answers: Mapping[CellKey, Answer]) -> Any:
    fields = [
        (name, pa.string() if name in TEXTS else pa.int64())
        for name in CellKey._fields
        if name != TRACK or any(key.track != usual_track(key.shots) for key in answers)
    ]
    form = _one_form(answer.prediction for answer in answers.values())
    fields += [("row_id", pa.int64()), ("prediction", form)]
    stated = [answer.std for answer in answers.values() if answer.std is not None]
    if stated and len(stated) < len(answers):
        raise RequestError(
            f"{len(stated)} of {len(answers)} cells state a deviation. Write them as two files."
        )
    return pa.schema(fields + ([("std", _one_form(stated))] if stated else []))


def _one_form(columns: Any) -> Any:
    """The Arrow type that all of these arrays have."""
    forms = sorted({_FORMS[array.dtype.kind, array.ndim] for array in columns}, key=lambda f: f[0])
    if len(forms) > 1:
        names = " and ".join(name for name, _ in forms)
        raise RequestError(f"the cells hold {names}. Write them as two files.")
    return forms[0][1]


def _checked(
    key: CellKey, row_id: ArrayLike, prediction: ArrayLike, std: ArrayLike | None = None
) -> Answer:
    ids = np.asarray(row_id, dtype=np.int64)
    given = _array(key, "prediction", prediction)
    values = _lines(_values(key, given))
    form = (values.dtype.kind, values.ndim)
    if ids.ndim != 1 or form not in _FORMS or len(ids) != len(values):
        raise RequestError(
            f"cell {key}: row_id has shape {ids.shape} and prediction {values.shape}; "
            "(R,) and (R, L), or (R, …) in the label's shape, or (R,) and (R,) for names of "
            "classes, bits or single numbers, are needed."
        )
    if std is None:
        return Answer(ids, values)
    spread = _lines(np.asarray(_array(key, "std", std), dtype=np.float32))
    if spread.ndim not in (1, 2) or len(spread) != len(ids):
        raise RequestError(
            f"cell {key}: std has shape {spread.shape}; (R,) or (R, L) is needed for {len(ids)} "
            "rows."
        )
    return Answer(ids, values, spread)


def _array(key: CellKey, name: str, given: ArrayLike) -> NDArray[Any]:
    try:
        return np.asarray(given)
    except (ValueError, TypeError, RuntimeError) as error:
        # Lists of different lengths; tensors that still have a gradient or are on a device.
        raise RequestError(f"cell {key}: {name} is no array of numpy: {error}.") from None


def _lines(values: NDArray[Any]) -> NDArray[Any]:
    """A line of numbers a row, row-major, of matrices a row."""
    return values.reshape(len(values), math.prod(values.shape[1:])) if values.ndim > 2 else values


def _values(key: CellKey, given: NDArray[Any]) -> NDArray[Any]:
    """Names, bits, or float32."""
    if given.dtype.kind == "U" or given.dtype == np.bool_:
        return given
    if given.dtype == np.uint8 or (given.dtype.kind in "iu" and given.ndim == 1):
        if given.size and not np.isin(given, (0, 1)).all():
            raise RequestError(
                f"cell {key}: the predictions are integers other than 0 and 1. Give bits, or "
                "floats for other numbers."
            )
        return given.astype(np.bool_)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(given, dtype=np.float32)


def _table(key: CellKey, answer: Answer, schema: Any) -> Any:
    rows = len(answer.row_id)
    columns = [
        pa.repeat(pa.scalar(getattr(key, name), schema.field(name).type), rows)
        for name in CellKey._fields
        if name in schema.names
    ]
    columns += [pa.array(answer.row_id), _column(answer.prediction)]
    columns += [] if answer.std is None else [_column(answer.std)]
    return pa.table(columns, schema=schema)


def _column(values: NDArray[Any]) -> Any:
    if values.dtype.kind == "U":
        return pa.array(values.tolist(), pa.string())
    if values.ndim == 1:
        return pa.array(values)
    offsets = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.ravel()))
