"""Every score of the board as one table, written as CSV, JSON or Parquet a batch at a time."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.ranking.export import inert
from leaderboard.store.entries import Head
from leaderboard.submission.metadata import CellCost
from leaderboard.track import STANDARD

Format = Literal["json", "csv", "parquet"]
TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("created", pa.string()),
        ("name", pa.string()),
        ("authors", pa.string()),
        ("entry_class", pa.string()),
        ("uses_test_shots", pa.bool_()),
        ("parameters", pa.int64()),
        ("train_seconds", pa.float64()),
        ("row_seconds", pa.float64()),
        ("seed", pa.int64()),
        ("code", pa.string()),
        ("config", pa.string()),
        ("task", pa.string()),
        ("n", pa.int64()),
        ("shots", pa.int64()),
        ("track", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("note", pa.string()),
    ]
)
_IN_MEMORY = 16 * 2**20
_CHUNK = 2**18
Line = dict[str, Any]


def written(
    board: Board,
    form: Format,
    config: str | None = None,
    task: str | None = None,
    track: str = STANDARD,
) -> IO[bytes]:
    """A temporary file, at its beginning, that holds the table; it is gone when it is closed.

    Args:
        board: whose scores.
        form: of the file.
        config: only these cells.
        task: only these cells.
        track: of the cells.
    """
    stream: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    _WRITERS[form](stream, _batches(board, config, task, track))
    stream.seek(0)
    return stream


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, which is closed at the end."""
    with stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _batches(
    board: Board, config: str | None, task: str | None, track: str
) -> Iterator[list[Line]]:
    heads = list(board.heads())
    about = {head.id: _about(head) for head in heads}
    costs = {head.id: {cost.key: _cost(cost) for cost in head.metadata.costs} for head in heads}
    for batch in board.scores(config, task, track):
        known = [line for line in batch if line["id"] in about]
        yield [about[line["id"]] | line | _of_cell(costs[line["id"]], line) for line in known]


def _of_cell(costs: Mapping[CellKey, Line], line: Line) -> Line:
    if not costs:
        return {}
    return costs.get(CellKey(*(line[name] for name in CellKey._fields)), {})


def _cost(cost: CellCost) -> Line:
    """What is stated of one cell, which stands in the place of what is stated of the file."""
    every = {name: getattr(cost, name) for name in ("parameters", "train_seconds", "row_seconds")}
    return {name: value for name, value in every.items() if value is not None}


def _about(head: Head) -> Line:
    metadata = head.metadata
    same = (
        *("name", "entry_class", "uses_test_shots", "parameters", "seed", "code"),
        *("train_seconds", "row_seconds"),
    )
    facts = {name: getattr(metadata, name) for name in same}
    return head.to_json() | facts | {"authors": "; ".join(metadata.authors)}


def _write_csv(stream: IO[bytes], batches: Iterable[list[Line]]) -> None:
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, SCHEMA.names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for batch in batches:
        writer.writerows({k: inert(v) for k, v in line.items()} for line in batch)
    text.detach()


def _write_json(stream: IO[bytes], batches: Iterable[list[Line]]) -> None:
    stream.write(b'{"records": [')
    before = b"\n"
    for batch in batches:
        for line in batch:
            body = {name: line[name] for name in SCHEMA.names}
            stream.write(before + json.dumps(body).encode())
            before = b",\n"
    stream.write(b"\n]}\n")


def _write_parquet(stream: IO[bytes], batches: Iterable[list[Line]]) -> None:
    with pq.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_pylist(batch, SCHEMA))


_WRITERS = {"json": _write_json, "csv": _write_csv, "parquet": _write_parquet}
