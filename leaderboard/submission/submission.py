"""The submission: metadata and answers, as read from one Parquet or CSV file.

Columns: config, task (text), n, shots, row_id (integers), prediction: a list of float32; a bit, or
the probability of a 1; or the name of a class. All rows of a file have one form. A column `track`
says under which conditions, `standard` where there is none; `std` may state the standard deviation
of every number. `writing` is the way back.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.refusals import TooLargeError
from leaderboard.submission.grouping import group_cells
from leaderboard.submission.isolated import read_table
from leaderboard.submission.metadata import Metadata, parse_metadata
from leaderboard.submission.writing import METADATA_KEY, write_submission
from leaderboard.track import usual_track

__all__ = ["MAX_SIDECAR_BYTES", "METADATA_KEY", "Submission", "read_submission", "write_submission"]
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
            answer = self.cells[key].take(np.argsort(self.cells[key].row_id, kind="stable"))
            for part in _hashed(key, answer):
                digest.update(part)
        return digest.hexdigest()

    @cached_property
    def identity(self) -> str:
        """Hash of answers and metadata together."""
        stated = self.metadata.model_dump(mode="json")
        for later in ("version", "costs"):  # so that older hashes stay
            if not stated[later]:
                del stated[later]
        body = json.dumps(stated, sort_keys=True)
        return hashlib.sha256(f"{self.predictions_sha256}\n{body}".encode()).hexdigest()


def _hashed(key: CellKey, answer: Answer) -> Iterator[bytes]:
    """What tells an answer from others; of old forms in the bytes that they always had."""
    given, kind = answer.prediction, answer.prediction.dtype.kind
    # A track that goes without saying is not hashed, so that older hashes stay.
    names = key[:-1] if key.track == usual_track(key.shots) else key
    form = ["bits"] if kind == "b" else ["numbers"] if (kind, given.ndim) == ("f", 1) else []
    yield json.dumps([*names, *given.shape, *form]).encode()
    yield np.ascontiguousarray(answer.row_id, dtype="<i8").tobytes()
    if kind == "U":
        yield json.dumps(given.tolist()).encode()
    elif kind == "b":
        yield np.packbits(given).tobytes()
    else:
        yield np.ascontiguousarray(given, dtype="<f4").tobytes()
    if answer.std is not None:
        yield json.dumps(["std", *answer.std.shape]).encode()
        yield np.ascontiguousarray(answer.std, dtype="<f4").tobytes()


def read_submission(path: Path | str, *, sidecar: Path | str | None = None) -> Submission:
    """Read a file that anyone may have made; nothing of it is executed.

    Sizes, counts and types are looked at before any column is read. Metadata come from `sidecar`
    if given, else from the Parquet key, else from the file of the same name ending in `.json`.

    Args:
        path: Parquet, or CSV if its name ends in `.csv` (then `prediction` holds
            "[0.1, 0.2, …]", a number, 0 or 1, or a name).
        sidecar: a JSON file with the metadata.

    Raises:
        RequestError: whatever is wrong; limits are in `leaderboard.submission.reading`.

    >>> import qslbench
    >>> mine = qslbench.read_submission("mine.parquet")
    >>> mine.metadata.name, [answer.prediction.shape for answer in mine.cells.values()]
    ('mean', [(10, 64)])
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
