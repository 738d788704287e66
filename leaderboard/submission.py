"""The submission: metadata and answers, written to and read from one Parquet or CSV file.

Columns: config, task (text), n, shots, row_id (integers), prediction (list of float32).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from builders.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.grouping import group_cells
from leaderboard.isolated import read_table
from leaderboard.metadata import Metadata, parse_metadata

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

    @property
    def predictions_sha256(self) -> str:
        """Hash of the answers: the same for the same numbers, however the file was written."""
        digest = hashlib.sha256()
        for key in sorted(self.cells):
            row_id, prediction = self.cells[key]
            order = np.argsort(row_id, kind="stable")
            head = json.dumps([*key, *prediction.shape])
            digest.update(head.encode())
            digest.update(np.ascontiguousarray(row_id[order], dtype="<i8").data)
            digest.update(np.ascontiguousarray(prediction[order], dtype="<f4").data)
        return digest.hexdigest()

    @property
    def identity(self) -> str:
        """Hash of answers and metadata together."""
        body = json.dumps(self.metadata.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(f"{self.predictions_sha256}\n{body}".encode()).hexdigest()


_SCHEMA = pa.schema(
    [
        ("config", pa.string()),
        ("task", pa.string()),
        ("n", pa.int64()),
        ("shots", pa.int64()),
        ("row_id", pa.int64()),
        ("prediction", pa.list_(pa.float32())),
    ]
)


def write_submission(
    path: Path | str,
    cells: Mapping[CellKey, tuple[ArrayLike, ArrayLike]],
    metadata: Metadata,
) -> None:
    """Write a submission as Parquet with its metadata inside.

    Args:
        path: where to; the folder is made.
        cells: (config, task, n, shots) → (row_id (R,), prediction (R, L)).
        metadata: goes under the Parquet key `qslbench`.

    Raises:
        RequestError: no cells, or the two arrays of a cell do not fit each other.
    """
    if not cells:
        raise RequestError("a submission needs at least one cell; none was given.")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = _SCHEMA.with_metadata({METADATA_KEY: metadata.model_dump_json()})
    partial = path.with_name(path.name + ".partial")
    try:
        with pq.ParquetWriter(
            partial,
            schema,
            compression="zstd",
            use_dictionary=["config", "task"],
            use_byte_stream_split=["prediction.list.element"],
        ) as writer:
            for key, (row_id, prediction) in cells.items():
                writer.write_table(_table(CellKey(*key), row_id, prediction, schema))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _table(key: CellKey, row_id: ArrayLike, prediction: ArrayLike, schema: Any) -> Any:
    ids = np.asarray(row_id, dtype=np.int64)
    values = np.ascontiguousarray(prediction, dtype=np.float32)
    if ids.ndim != 1 or values.ndim != 2 or len(ids) != len(values):
        raise RequestError(
            f"cell {key}: row_id has shape {ids.shape} and prediction {values.shape}; "
            "(R,) and (R, L) are needed."
        )
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * values.shape[1]
    lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.ravel()))
    n, shots = (np.full(len(ids), number, dtype=np.int64) for number in (key.n, key.shots))
    columns = [[key.config] * len(ids), [key.task] * len(ids), n, shots, ids, lists]
    return pa.table(columns, schema=schema)


def read_submission(path: Path | str, *, sidecar: Path | str | None = None) -> Submission:
    """Read a file that anyone may have made; nothing of it is executed.

    Sizes, counts and types are looked at before any column is read. Metadata come from `sidecar`
    if given, else from the Parquet key, else from the file of the same name ending in `.json`.

    Args:
        path: Parquet, or CSV if its name ends in `.csv` (then `prediction` holds
            "[0.1, 0.2, …]").
        sidecar: a JSON file with the metadata.

    Raises:
        RequestError: whatever is wrong with the file; see `leaderboard.reading` for the limits.
    """
    path = Path(path)
    table = read_table(path, METADATA_KEY)
    embedded = (table.schema.metadata or {}).get(METADATA_KEY)
    metadata = _metadata(path, embedded, None if sidecar is None else Path(sidecar))
    return Submission(metadata, group_cells(table))


def _metadata(path: Path, embedded: bytes | None, sidecar: Path | None) -> Metadata:
    if sidecar is None and embedded is not None:
        return parse_metadata(embedded)
    beside = path.with_suffix(".json") if sidecar is None else sidecar
    if not beside.is_file():
        raise RequestError(
            f"{path.name} has no metadata. Put them as JSON under the Parquet key "
            f"{METADATA_KEY.decode()!r}, or into {beside}."
        )
    if beside.stat().st_size > MAX_SIDECAR_BYTES:
        raise RequestError(f"{beside} is too large: at most {MAX_SIDECAR_BYTES} bytes.")
    return parse_metadata(beside.read_bytes())
