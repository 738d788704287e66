"""The submission: metadata and answers, written to and read from one Parquet or CSV file.

Columns: config, task (text), n, shots, row_id (integers), prediction: a list of float32, or in a
file of its own the name of a class (text). One more, track (text), where a cell's is not standard;
see `leaderboard.track`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.refusals import TooLargeError
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.isolated import read_table
from leaderboard.submission.metadata import Metadata, parse_metadata
from leaderboard.track import STANDARD, usual_track

METADATA_KEY = b"qslbench"
MAX_SIDECAR_BYTES = 64 * 2**10


@dataclass(frozen=True)
class Submission:
    """A submission as read from a file.

    Attributes:
        metadata: checked metadata.
        cells: cell → answer; at least one.
    """

    metadata: Metadata
    cells: Mapping[CellKey, Answer]

    @cached_property
    def predictions_sha256(self) -> str:
        """Hash of the answers: the same for the same numbers, however the file was written."""
        digest = hashlib.sha256()
        for key in sorted(self.cells):
            row_id, prediction, _ = self.cells[key]
            order = np.argsort(row_id, kind="stable")
            # A track that goes without saying is not hashed, so that older hashes stay.
            names = key[:4] if key.track == usual_track(key.shots) else key
            head = json.dumps([*names, *prediction.shape])
            digest.update(head.encode())
            digest.update(np.ascontiguousarray(row_id[order], dtype="<i8").data)
            ordered = prediction[order]
            if _is_names(ordered):
                digest.update(json.dumps(ordered.tolist()).encode())
            else:
                digest.update(np.ascontiguousarray(ordered, dtype="<f4").data)
        return digest.hexdigest()

    @cached_property
    def identity(self) -> str:
        """Hash of answers and metadata together."""
        body = json.dumps(self.metadata.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(f"{self.predictions_sha256}\n{body}".encode()).hexdigest()


def _schema(prediction: Any, *, with_track: bool) -> Any:
    return pa.schema(
        [
            ("config", pa.string()),
            ("task", pa.string()),
            ("n", pa.int64()),
            ("shots", pa.int64()),
            *([("track", pa.string())] if with_track else []),
            ("row_id", pa.int64()),
            ("prediction", prediction),
        ]
    )


def _is_names(prediction: ArrayLike) -> bool:
    return np.asarray(prediction).dtype.kind == "U"


def write_submission(
    path: Path | str,
    cells: Mapping[Any, Answer | tuple[ArrayLike, ArrayLike]],
    metadata: Metadata,
) -> None:
    """Write a submission as Parquet with its metadata inside.

    Args:
        path: where to; the folder is made.
        cells: (config, task, n, shots) or `CellKey` → (row_id (R,), prediction (R, L)); the
            prediction is (R,) where it is the name of a class.
        metadata: goes under the Parquet key `qslbench`.

    Raises:
        RequestError: no cells, numbers and names together, the two arrays of a cell do not fit
            each other, or a track that is none.
    """
    if not cells:
        raise RequestError("a submission needs at least one cell; none was given.")
    named = [(CellKey(*key), answer) for key, answer in cells.items()]
    kinds = {_is_names(answer[1]) for _, answer in named}
    if len(kinds) > 1:
        raise RequestError(
            "the cells hold names of classes and lists of numbers. Write them as two files."
        )
    names = kinds == {True}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with_track = any(key.track != STANDARD for key, _ in named)
    schema = _schema(pa.string() if names else pa.list_(pa.float32()), with_track=with_track)
    schema = schema.with_metadata({METADATA_KEY: metadata.model_dump_json()})
    partial = path.with_name(path.name + ".partial")
    try:
        with pq.ParquetWriter(
            partial,
            schema,
            compression="zstd",
            use_dictionary=[c for c in schema.names if schema.field(c).type == pa.string()],
            use_byte_stream_split=[] if names else ["prediction.list.element"],
        ) as writer:
            for key, answer in named:
                writer.write_table(_table(key, answer[0], answer[1], schema))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _table(key: CellKey, row_id: ArrayLike, prediction: ArrayLike, schema: Any) -> Any:
    ids = np.asarray(row_id, dtype=np.int64)
    names = _is_names(prediction)
    values = np.asarray(prediction) if names else np.ascontiguousarray(prediction, dtype=np.float32)
    if ids.ndim != 1 or values.ndim != (1 if names else 2) or len(ids) != len(values):
        raise RequestError(
            f"cell {key}: row_id has shape {ids.shape} and prediction {values.shape}; "
            "(R,) and (R, L), or (R,) and (R,) for names of classes, are needed."
        )
    column = pa.array(values.tolist(), pa.string()) if names else _lists(values)
    columns = {"row_id": ids, "prediction": column}
    columns |= {name: pa.repeat(value, len(ids)) for name, value in key._asdict().items()}
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _lists(values: NDArray[np.float32]) -> Any:
    offsets = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.ravel()))


def read_submission(path: Path | str, *, sidecar: Path | str | None = None) -> Submission:
    """Read a file that anyone may have made; nothing of it is executed.

    Sizes, counts and types are looked at before any column is read. Metadata come from `sidecar`
    if given, else from the Parquet key, else from the file of the same name ending in `.json`.

    Args:
        path: Parquet, or CSV if its name ends in `.csv` (then `prediction` holds
            "[0.1, 0.2, …]").
        sidecar: a JSON file with the metadata.

    Raises:
        RequestError: whatever is wrong; limits are in `leaderboard.submission.reading`.
    """
    path = Path(path)
    table = read_table(path, METADATA_KEY)
    embedded = (table.schema.metadata or {}).get(METADATA_KEY)
    metadata = _metadata(path, embedded, None if sidecar is None else Path(sidecar))
    return Submission(metadata, group_cells(table))


def _metadata(path: Path, embedded: bytes | None, sidecar: Path | None) -> Metadata:
    if sidecar is None and embedded is not None:
        _check_size(f"the Parquet key {METADATA_KEY.decode()!r}", len(embedded))
        return parse_metadata(embedded)
    beside = path.with_suffix(".json") if sidecar is None else sidecar
    if not beside.is_file():
        raise RequestError(
            f"{path.name} has no metadata. Put them as JSON under the Parquet key "
            f"{METADATA_KEY.decode()!r}, or into {beside.name} beside it."
        )
    _check_size(beside.name, beside.stat().st_size)
    return parse_metadata(beside.read_bytes())


def _check_size(where: str, size: int) -> None:
    if size > MAX_SIDECAR_BYTES:
        raise TooLargeError(f"{where} is too large: at most {MAX_SIDECAR_BYTES} bytes.")
