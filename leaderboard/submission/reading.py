"""Reading a Parquet file that a stranger wrote: limits first, then types, then the columns.

A Parquet file of a few hundred kB can hold 10⁸ rows, so that every count is taken from the
file's footer before a column is read.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builders.core.errors import RequestError
from leaderboard.refusals import TooLargeError
from leaderboard.submission.columns import (
    KNOWN,
    check_names,
    check_types,
    is_list,
    is_text,
    is_view,
)

MAX_BYTES = 512 * 2**20
MAX_ROWS = 4_000_000  # four cells of a million shots; 40 bytes a row, five times while it is read
MAX_NAMED_ROWS = 500_000  # with names of classes, which take up to 240 bytes each in memory
MAX_VALUES = 100_000_000  # prediction values: a whole grid of 20 cells at N = 127 has 65 million
# A file may always hold 2²⁴ values, and 25 for each of its bytes, so that a small file cannot ask
# for much memory. Predictions take about four bytes a value; what packs a hundred times better,
# such as one answer for all rows, is split by cells.
FREE_VALUES = 2**24
VALUES_A_BYTE = 25
MAX_FOOTER_BYTES = 16 * 2**20
MAX_PARTS = 500_000  # row groups and columns that a footer may list
MAX_CELLS = 1000
MAX_CLASS_BYTES = 60

_MAGIC = b"PAR1"
_KNOWN = {
    b"\x7fELF": "a Linux executable",
    b"MZ": "a Windows executable",
    b"#!": "a script",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
}


def check_path(path: Path, limit: int = MAX_BYTES) -> None:
    """Refuse what is not a file, is empty or is larger than `limit` bytes."""
    if not path.is_file():
        raise RequestError(f"{path} is not a file. Give a Parquet or CSV file of predictions.")
    size = path.stat().st_size
    if not 0 < size <= limit:
        kind = TooLargeError if size else RequestError
        raise kind(f"{path.name} has {size} bytes; 1 to {limit} are allowed.")


def most_values(size: int) -> int:
    """Values in lists that a file of so many bytes may hold."""
    return min(MAX_VALUES, max(FREE_VALUES, VALUES_A_BYTE * size))


def check_rows(name: str, rows: int, *, named: bool) -> None:
    """Refuse too many rows.

    Args:
        name: of the file.
        rows: that it has.
        named: whether they hold names of classes.

    Raises:
        TooLargeError: more than are allowed.
    """
    most = min(MAX_ROWS, MAX_NAMED_ROWS) if named else MAX_ROWS
    if rows > most:
        raise TooLargeError(
            f"{name} is too large: {rows} rows, at most {most} are allowed. Split it by cells."
        )


def read_parquet(path: Path, key: bytes, reserve: Callable[[int], None] | None = None) -> Any:
    """The columns as a pyarrow Table, whose metadata hold `key` if the file's do.

    Damaged files can end the whole process inside pyarrow: call it by
    `leaderboard.submission.isolated`.

    Args:
        path: the file.
        key: of the metadata to keep.
        reserve: called with the number of values that the footer speaks of, before they are read.

    Raises:
        RequestError: not Parquet, truncated, past a limit, or a column that is not as it must be.
    """
    check_magic(path)
    try:
        with _opened(path, ()) as file:
            schema = file.schema_arrow
            check_names(path.name, schema.names)  # so that few columns are counted
            check_types(path.name, schema)
            columns = [c for c in KNOWN if c in schema.names]
            named = is_text(schema.field("prediction").type)
            values = _check_counts(path, file.metadata, columns, named=named)
            texts = [c for c in columns if is_text(schema.field(c).type)]
        if reserve is not None:
            reserve(values)
        # Coded by a dictionary: a long text a million times is small in the file.
        with _opened(path, texts) as file:
            embedded = (file.metadata.metadata or {}).get(key)
            table = file.read(columns=columns, use_threads=False)
        _check_read(path.name, table, values)
        _check_texts(path.name, [table.column(c) for c in texts])
        table.validate(full=True)
        table = _in_order(table)
    except RequestError:
        raise
    except Exception as error:  # a damaged file raises almost anything
        raise RequestError(f"{path.name} cannot be read as Parquet: {plain(error)}") from None
    return table.replace_schema_metadata(None if embedded is None else {key: embedded})


def _opened(path: Path, texts: Sequence[str]) -> pq.ParquetFile:
    return pq.ParquetFile(
        path,
        read_dictionary=list(texts),
        thrift_string_size_limit=MAX_FOOTER_BYTES,
        thrift_container_size_limit=MAX_PARTS,
    )


def check_magic(path: Path) -> None:
    """Refuse what does not begin and end as Parquet does."""
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(max(0, path.stat().st_size - 8))
        footer = stream.read(8)
    if head != _MAGIC:
        what = next((name for magic, name in _KNOWN.items() if head.startswith(magic)), None)
        raise RequestError(
            f"{path.name} is not Parquet: it begins with {head!r}"
            f"{f' like {what}' if what else ''}, Parquet with {_MAGIC!r}. Give a Parquet file, "
            "or a CSV file whose name ends in .csv."
        )
    if len(footer) < 8 or footer[4:] != _MAGIC:
        raise RequestError(
            f"{path.name} is truncated: it begins as Parquet and does not end so. Copy it again."
        )
    length = int.from_bytes(footer[:4], "little")
    if length > MAX_FOOTER_BYTES:
        raise RequestError(
            f"{path.name} has a footer of {length} bytes; at most {MAX_FOOTER_BYTES} are allowed."
        )


def _check_counts(path: Path, metadata: Any, columns: Sequence[str], *, named: bool) -> int:
    """The values of all columns, as the footer says."""
    name, most = path.name, most_values(path.stat().st_size)
    check_rows(name, metadata.num_rows, named=named)
    values = unpacked = 0
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            if chunk.path_in_schema.split(".")[0] in columns:
                values += max(0, chunk.num_values)
                unpacked += max(0, chunk.total_uncompressed_size)
    # Scalar columns have one value a row each.
    if values > most + len(columns) * metadata.num_rows or unpacked > 8 * most + MAX_BYTES:
        raise TooLargeError(
            f"{name} is too large: {values} values in {unpacked} bytes once unpacked, at most "
            f"{most} values are allowed in a file of its size. Split it by cells."
        )
    return values


def _check_read(name: str, table: Any, values: int) -> None:
    """Pages of data can hold more than the footer says."""
    lists = sum(
        len(chunk.values)
        for column in table.columns
        if is_list(column.type)
        for chunk in column.chunks
    )
    if table.num_rows > MAX_ROWS or lists > values:
        raise TooLargeError(
            f"{name} is too large: its pages hold {lists} predicted values in {table.num_rows} "
            f"rows, its footer says {values} in all columns."
        )


def _in_order(table: Any) -> Any:
    """The table with lists whose values follow each other."""
    for at, field in enumerate(table.schema):
        if is_view(field.type):
            lists = table.column(at).cast(pa.large_list(field.type.value_type))
            table = table.set_column(at, field.name, lists)
    return table


def _check_texts(name: str, columns: Iterable[Any]) -> None:
    """Refuse many different texts while each row group still has its own."""
    most = max((len(c.dictionary) for column in columns for c in column.chunks), default=0)
    if most > MAX_CELLS:
        raise TooLargeError(
            f"{name}: texts of a column: at most {MAX_CELLS} different ones; {most} were given."
        )


def plain(error: Exception) -> str:
    """The first line of a message that may quote the file, without control characters."""
    return "".join(c if c.isprintable() else "?" for c in str(error).split("\n")[0][:200])
