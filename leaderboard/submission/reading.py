"""Reading a Parquet file that a stranger wrote: limits first, then types, then the columns.

A Parquet file of a few hundred kB can hold 10⁸ rows, so that every count is taken from the
file's footer before a column is read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyarrow.types as pt

from builders.core.errors import RequestError
from leaderboard.refusals import TooLargeError

COLUMNS = ("config", "task", "n", "shots", "row_id", "prediction")
OPTIONAL = ("track",)
EVERY = (*COLUMNS, *OPTIONAL)
TEXTS = ("config", "task", "track")
MAX_BYTES = 512 * 2**20
MAX_ROWS = 500_000
MAX_VALUES = 100_000_000  # prediction values: a whole grid of 20 cells at N = 127 has 65 million
# A file may always hold 2²⁴ values, and 25 for each of its bytes, so that a small file cannot ask
# for much memory. Predictions take about four bytes a value; what packs a hundred times better,
# such as one answer for all rows, is split by cells.
FREE_VALUES = 2**24
VALUES_A_BYTE = 25
MAX_FOOTER_BYTES = 16 * 2**20
MAX_CELLS = 1000
MAX_NAME_BYTES = 200
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
    """Prediction values that a file of so many bytes may hold."""
    return min(MAX_VALUES, max(FREE_VALUES, VALUES_A_BYTE * size))


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
            _check_types(path.name, file.schema_arrow)  # so that few columns are counted
            values = _check_counts(path, file.metadata)
            given = [c for c in EVERY if c in file.schema_arrow.names]
            texts = [c for c in given if is_text(file.schema_arrow.field(c).type)]
        if reserve is not None:
            reserve(values)
        # Coded by a dictionary: a long text a million times is small in the file.
        with _opened(path, texts) as file:
            embedded = (file.metadata.metadata or {}).get(key)
            table = file.read(columns=given, use_threads=False)
        _check_read(path.name, table, values)
        _check_names(path.name, [table.column(c) for c in texts])
        table.validate(full=True)
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
        thrift_container_size_limit=MAX_ROWS,
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


def _check_counts(path: Path, metadata: Any) -> int:
    """The values of all columns, as the footer says."""
    name, most = path.name, most_values(path.stat().st_size)
    if metadata.num_rows > MAX_ROWS:
        raise TooLargeError(
            f"{name} is too large: {metadata.num_rows} rows, at most {MAX_ROWS} are allowed. "
            "Split it by cells."
        )
    values = unpacked = 0
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            if chunk.path_in_schema.split(".")[0] in EVERY:
                values += max(0, chunk.num_values)
                unpacked += max(0, chunk.total_uncompressed_size)
    # The other columns have one value a row each.
    if values > most + (len(EVERY) - 1) * MAX_ROWS or unpacked > 8 * most + MAX_BYTES:
        raise TooLargeError(
            f"{name} is too large: {values} values in {unpacked} bytes once unpacked, at most "
            f"{most} values are allowed in a file of its size. Split it by cells."
        )
    return values


def _check_read(name: str, table: Any, values: int) -> None:
    """Pages of data can hold more than the footer says."""
    column = table.column("prediction")
    lists = 0 if is_text(column.type) else sum(len(chunk.values) for chunk in column.chunks)
    if table.num_rows > MAX_ROWS or lists > values:
        raise TooLargeError(
            f"{name} is too large: its pages hold {lists} predicted values in {table.num_rows} "
            f"rows, its footer says {values} in all columns."
        )


def _check_types(name: str, schema: Any) -> None:
    check_columns(name, schema.names)
    for column in schema.names:
        kind = schema.field(column).type
        if column in TEXTS:
            right, needed = is_text(kind), "text"
        elif column == "prediction":
            nested = pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind)
            right = is_text(kind) or (nested and pt.is_floating(kind.value_type))
            needed = "a list of float32, or text for names of classes"
        else:
            right, needed = pt.is_integer(kind), "an integer"
        if not right:
            raise RequestError(f"{name}: column {column!r} has type {kind}; it must be {needed}.")


def _check_names(name: str, columns: Iterable[Any]) -> None:
    """Refuse many different texts while each row group still has its own."""
    most = max((len(c.dictionary) for column in columns for c in column.chunks), default=0)
    if most > MAX_CELLS:
        raise TooLargeError(
            f"{name}: texts of a column: at most {MAX_CELLS} different ones; {most} were given."
        )


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text, plain or coded by a dictionary."""
    plain_text = pt.is_string(kind) or pt.is_large_string(kind)
    return plain_text or (pt.is_dictionary(kind) and is_text(kind.value_type))


def plain(error: Exception) -> str:
    """The first line of a message that may quote the file, without control characters."""
    return "".join(c if c.isprintable() else "?" for c in str(error).split("\n")[0][:200])


def check_columns(name: str, names: Iterable[str]) -> None:
    """Refuse a file whose columns are not `COLUMNS`, in any order, with or without `OPTIONAL`."""
    given = list(names)
    missing = [c for c in COLUMNS if c not in given]
    extra = [c for c in given if c not in EVERY]
    twice = sorted(c for c, count in Counter(given).items() if count > 1)
    if missing or extra or twice:
        raise RequestError(
            f"{name}: columns missing {missing or 'none'}, unknown {_first(extra)}, "
            f"twice {_first(twice)}. Needed are exactly: {', '.join(COLUMNS)}; and "
            f"{', '.join(OPTIONAL)} where it is not the usual one."
        )


def _first(names: list[str]) -> list[str] | str:
    return [name[:MAX_NAME_BYTES] for name in names[:5]] or "none"
