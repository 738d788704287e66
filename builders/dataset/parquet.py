"""Arrays to Parquet and back: the measured recipe, and hashes of what is inside."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from builders.core.column import Column
from builders.core.errors import RequestError
from builders.dataset.schema import Arrays, arrow_schema

# A group holds 50 rows at least, which of 127 sites and 512 shots are 6 MB, and rows of few bytes
# are gathered to a quarter of that.
ROWS_IN_GROUP = 50
GROUP_BYTES = 3 * 2**19
SHARD_BYTES = 256 * 2**20
_VERSION = int(pa.__version__.split(".")[0])


def write(path: Path, cols: Sequence[Column], arrays: Arrays, rows: int) -> None:
    """Write the columns to one file; a column that `arrays` lacks is written as nulls.

    The same arrays give the same bytes within one pyarrow version.

    Args:
        path: file to create.
        cols: columns in file order.
        arrays: column name → (rows, *shape) of the column's dtype.
        rows: number of rows.
    """
    schema = arrow_schema(cols)
    table = pa.Table.from_arrays(
        [_to_arrow(c, arrays.get(c.name), rows) for c in cols], schema=schema
    )
    write_table(path, table, cols)


def write_table(path: Path, table: Any, cols: Sequence[Column]) -> None:
    """Write an Arrow table by the recipe: zstd 3, small row groups, page index."""
    # Tokens have six values, so a dictionary pays; floats of a kind share their high bytes.
    dictionary = [c.leaf_path for c in cols if c.dtype in ("uint8", "string")]
    split_bytes = [c.leaf_path for c in cols if c.dtype.startswith("float")]
    steps = {c.leaf_path: "DELTA_BINARY_PACKED" for c in cols if c.in_steps}
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=rows_in_group(row_bytes(cols)),
        use_dictionary=dictionary,
        use_byte_stream_split=split_bytes,
        column_encoding=steps or None,
        write_page_index=True,
        # From pyarrow 21 on. Without it the same values are sent to the Hub in more pieces.
        **({"use_content_defined_chunking": True} if _VERSION >= 21 else {}),
    )


def read_table(path: Path, names: Sequence[str] | None = None) -> Any:
    """The Arrow table in a file, or some of its columns.

    Raises:
        RequestError: the file cannot be read as Parquet.
    """
    try:
        return pq.ParquetFile(path).read(columns=None if names is None else list(names))
    except (pa.ArrowException, OSError) as error:
        raise RequestError(
            f"{path} cannot be read as Parquet ({error}). Fetch or build it again."
        ) from None


def read_batches(path: Path, rows: int, names: Sequence[str] | None = None) -> Iterator[Any]:
    """Arrow tables of up to so many rows, in the order of the file, of which one is held at a time.

    Raises:
        RequestError: the file cannot be read as Parquet.
    """
    chosen = None if names is None else list(names)
    try:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=rows, columns=chosen):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise RequestError(
            f"{path} cannot be read as Parquet ({error}). Fetch or build it again."
        ) from None


def read_schema(path: Path) -> Any:
    """Arrow schema of a file, without reading its columns.

    Raises:
        RequestError: the file cannot be read as Parquet.
    """
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise RequestError(
            f"{path} cannot be read as Parquet ({error}). Fetch or build it again."
        ) from None


def is_current(path: Path, cols: Sequence[Column]) -> bool:
    """Whether every column is stored in the type that this version writes."""
    schema = read_schema(path)
    return all(
        c.name not in schema.names or schema.field(c.name).type == c.arrow_type for c in cols
    )


def to_numpy(column: Any) -> NDArray[Any] | None:
    """A column as one writable array (rows, *shape), or None where all its values are null.

    Raises:
        RequestError: some values are null and some are not.
    """
    if column.null_count:
        if column.null_count == len(column):
            return None
        raise RequestError(f"{column.null_count} of {len(column)} values are null.")
    return np.concatenate([_chunk_to_numpy(chunk) for chunk in column.chunks])


def row_bytes(cols: Sequence[Column]) -> int:
    """Raw bytes of one row, text apart."""
    numbers = [c for c in cols if c.dtype != "string"]
    return sum(int(np.prod(c.shape)) * np.dtype(c.dtype).itemsize for c in numbers)


def rows_in_group(bytes_a_row: int) -> int:
    """Rows of a row group."""
    return max(ROWS_IN_GROUP, GROUP_BYTES // max(1, bytes_a_row))


def shards(rows: int, bytes_a_row: int, limit: int = SHARD_BYTES) -> list[slice]:
    """Row ranges of the files of a split: full row groups, at most about `limit` raw bytes."""
    together = rows_in_group(bytes_a_row)
    groups = max(1, limit // max(1, bytes_a_row * together))
    step = groups * together
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def content_hash(cols: Sequence[Column], arrays: Arrays) -> str:
    """SHA-256 of names, dtypes, shapes and little-endian values; nulls count as nulls.

    It does not depend on the Parquet writer, as the hash of the file does.
    """
    digest = hashlib.sha256()
    for c in cols:
        array = arrays.get(c.name)
        known = "null" if array is None else str(array.shape)
        digest.update(f"{c.name}|{c.dtype}|{c.shape}|{known}\n".encode())
        if array is not None:
            little = np.ascontiguousarray(array, dtype=np.dtype(c.dtype).newbyteorder("<"))
            digest.update(little.view(np.uint8).data)
    return digest.hexdigest()


def _to_arrow(column: Column, array: NDArray[Any] | None, rows: int) -> Any:
    if array is None:
        return pa.nulls(rows, column.arrow_type)
    kinds = [column.arrow_type]
    for _ in column.shape:
        kinds.append(kinds[-1].value_type)
    values = pa.array(np.ascontiguousarray(array).reshape(-1))
    for kind, length in zip(reversed(kinds[:-1]), reversed(column.shape), strict=True):
        if pa.types.is_fixed_size_list(kind):
            values = pa.FixedSizeListArray.from_arrays(values, type=kind)
        else:
            starts = pa.array(np.arange(0, len(values) + 1, length, dtype=np.int32))
            values = pa.ListArray.from_arrays(starts, values, type=kind)
    return values


def _chunk_to_numpy(chunk: Any) -> NDArray[Any]:
    shape = [len(chunk)]
    while pa.types.is_fixed_size_list(chunk.type) or pa.types.is_list(chunk.type):
        if pa.types.is_list(chunk.type):
            shape.append(_length(chunk))
        else:
            shape.append(chunk.type.list_size)
        chunk = chunk.flatten()
    array: NDArray[Any] = chunk.to_numpy(zero_copy_only=False).reshape(shape)
    return array


def _length(chunk: Any) -> int:
    """The one length of all lists of a chunk.

    Raises:
        RequestError: they differ.
    """
    lengths = np.unique(np.diff(chunk.offsets.to_numpy()))
    if len(lengths) > 1:
        raise RequestError(
            f"its lists have {lengths.min()} to {lengths.max()} values, not as many."
        )
    return int(lengths[0]) if len(lengths) else 0
