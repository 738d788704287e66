"""Reading predictions from CSV: "[0.1, 0.2, …]", or in a file of its own the name of a class."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv

from builders.core.errors import RequestError
from leaderboard.refusals import TooLargeError
from leaderboard.submission.reading import (
    COLUMNS,
    MAX_ROWS,
    MAX_VALUES,
    TEXTS,
    check_columns,
    check_path,
    plain,
)

MAX_CSV_BYTES = 128 * 2**20  # text takes more memory than Parquet; larger files go as Parquet
MAX_LENGTH = 1024 * 1024  # values of one prediction; as numbers of Python they take 80 bytes each
_HEAD_BYTES = 1000
_CLASS = re.compile(r"[A-Za-z]\w*", re.ASCII)


def read_csv(path: Path) -> Any:
    """The columns of a CSV file as a pyarrow Table, predictions as lists of float32 or as text.

    Raises:
        RequestError: not CSV, past a limit, or a column that is not as it must be.
    """
    check_path(path, MAX_CSV_BYTES)
    _check_head(path)
    kinds = {c: pa.int64() for c in COLUMNS} | {c: pa.string() for c in TEXTS}
    kinds["prediction"] = pa.string()
    # A row must fit into a block; 32 MB holds a prediction of 1024 x 1024 values.
    reading = pcsv.ReadOptions(use_threads=False, block_size=32 * 2**20)
    parsing = pcsv.ParseOptions(newlines_in_values=True)
    converting = pcsv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
    try:
        with pcsv.open_csv(path, reading, parsing, converting) as reader:
            table = pa.Table.from_batches(_few(path.name, reader), reader.schema)
    except RequestError:
        raise
    except Exception as error:
        raise RequestError(f"{path.name} cannot be read as CSV: {plain(error)}") from None
    texts = table.column("prediction").to_pylist()
    if texts and all(_CLASS.fullmatch(text) for text in texts):
        return table  # names of classes
    lists = _csv_lists(path.name, texts)
    return table.set_column(table.column_names.index("prediction"), "prediction", lists)


def _few(name: str, reader: Any) -> Iterator[Any]:
    """The batches of rows, as long as they are not too many."""
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        if rows > MAX_ROWS:
            raise TooLargeError(f"{name} has more than {MAX_ROWS} rows, which are allowed.")
        yield batch


def _check_head(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).split(b"\n", 1)[0]
    try:
        names = head.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        names = "\0"
    if not names.isprintable():
        raise RequestError(
            f"{path.name} is not text: it begins with {head[:8]!r}. Give a CSV file, or a Parquet "
            "file under a name that ends in .parquet."
        )
    check_columns(path.name, (name.strip('"') for name in names.split(",")))


def _csv_lists(name: str, texts: list[str]) -> Any:
    lengths = [text.count(",") + 1 for text in texts]
    if sum(lengths) > MAX_VALUES or max(lengths, default=0) > MAX_LENGTH:
        raise TooLargeError(
            f"{name} is too large: at most {MAX_VALUES} values are allowed, and {MAX_LENGTH} a row."
        )
    parts = []
    for line, text in enumerate(texts):
        body = text.strip()
        try:
            if not (body.startswith("[") and body.endswith("]")):
                raise ValueError
            numbers = [float(text) for text in body[1:-1].split(",")]
        except ValueError:
            raise RequestError(
                f"{name}: column 'prediction', row {line}: {body[:40]!r} is not a list of numbers "
                "such as [0.1, 0.2]. Names of classes go into a file of their own."
            ) from None
        with np.errstate(over="ignore"):  # too large for float32: becomes infinite, refused later
            parts.append(np.array(numbers).astype(np.float32))
    offsets = np.cumsum([0, *(len(p) for p in parts)], dtype=np.int64)
    values = np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))
