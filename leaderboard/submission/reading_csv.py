"""Reading predictions from CSV.

A prediction is "[0.1, 0.2, …]", a number, a bit (0, 1, true, false), or the name of a class; the
same form in all rows. A whole column is looked at at once, in Arrow.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
from numpy.typing import NDArray

from builders.core.errors import RequestError
from leaderboard.refusals import TooLargeError
from leaderboard.submission.columns import KNOWN, TEXTS, check_names
from leaderboard.submission.reading import MAX_VALUES, check_path, check_rows, plain

MAX_CSV_BYTES = 128 * 2**20  # text takes more memory than Parquet; larger files go as Parquet
MAX_LENGTH = 1024 * 1024  # values of one prediction
_HEAD_BYTES = 2**16
_BITS = {"0": False, "1": True, "false": False, "true": True, "False": False, "True": True}
_CLASS = re.compile(r"[A-Za-z]\w*", re.ASCII)
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:nan|inf|infinity))", re.ASCII)
_LINE_END = re.compile(rb"\r\n?|\n")
_NO_INTEGER = re.compile(
    r"column #(\d+): Row #(\d+): CSV conversion error to int64:.*value '([^']*)'?"
)
_SHOWN = 40
_DIGITS = 400  # of a number; one of more is no double


def read_csv(path: Path) -> Any:
    """The columns of a CSV file as a pyarrow Table, as those of a Parquet file.

    Raises:
        RequestError: not CSV, past a limit, or a column that is not as it must be.
    """
    check_path(path, MAX_CSV_BYTES)
    every = _names(path)
    names = [name for name in every if name in KNOWN]
    kinds = {name: pa.int64() for name in names} | {"prediction": pa.string(), "std": pa.string()}
    kinds |= {name: pa.dictionary(pa.int32(), pa.string()) for name in TEXTS}
    # A row must fit into a block; 32 MB holds a prediction of 1024 x 1024 values.
    reading = pcsv.ReadOptions(
        use_threads=False, block_size=32 * 2**20, column_names=every, skip_rows=1
    )
    parsing = pcsv.ParseOptions(newlines_in_values=True)
    converting = pcsv.ConvertOptions(
        column_types={name: kinds[name] for name in names},
        strings_can_be_null=False,
        include_columns=names,
    )
    try:
        with pcsv.open_csv(path, reading, parsing, converting) as reader:
            table = pa.Table.from_batches(_few(path.name, reader), reader.schema)
    except RequestError:
        raise
    except Exception as error:
        raise RequestError(_reason(path.name, every, error)) from None
    for name in set(TEXTS) & set(names):
        table = table.set_column(table.column_names.index(name), name, _trimmed(table.column(name)))
    for name in ("prediction", "std"):
        if name in names:
            texts = pc.utf8_trim_whitespace(table.column(name).combine_chunks())
            read = _prediction(path.name, texts) if name == "prediction" else None
            values = _numbers(path.name, name, texts) if read is None else read
            table = table.set_column(table.column_names.index(name), name, values)
    return table


def _few(name: str, reader: Any) -> Iterator[Any]:
    """The batches of rows, as long as they are not too many."""
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        check_rows(name, rows, named=False)
        yield batch


def _reason(file: str, names: list[str], error: Exception) -> str:
    """What Arrow says of a file; of an integer that is none, in words of ours."""
    wrong = _NO_INTEGER.search(str(error))
    if wrong is None:
        return f"{file} cannot be read as CSV: {plain(error)}"
    column, row, given = names[int(wrong[1])], int(wrong[2]) - 2, wrong[3]
    return (
        f"{file}: column {column!r}, row {row}: {given[:_SHOWN]!r} is not an integer of 64 bits. "
        "Write its digits alone, such as 1000000."
    )


def _trimmed(column: Any) -> Any:
    """Names without spaces at their ends."""
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return trimmed.combine_chunks().dictionary_encode()


def _names(path: Path) -> list[str]:
    """The columns in the order of the file, which the first line names."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    end = _LINE_END.search(head)
    try:
        line = head[: end.start() if end else None].decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        line = "\0"
    if not line.replace("\t", " ").isprintable():
        raise RequestError(
            f"{path.name} is not text: it begins with {head[:8]!r}. Give a CSV file in UTF-8, or a "
            "Parquet file under a name that ends in .parquet."
        )
    if end is None and len(head) == _HEAD_BYTES:
        raise RequestError(
            f"{path.name}: the first line has more than {_HEAD_BYTES} bytes. Let it hold the names "
            "of the columns alone."
        )
    names = [name.strip().strip('"').strip() for name in line.split(",")]
    check_names(path.name, names)
    return names


def _prediction(file: str, texts: Any) -> Any | None:
    """Bits, or names of classes; None where the first row is neither."""
    first = texts[0].as_py() if len(texts) else ""
    if first in _BITS and _first_false(pc.is_in(texts, pa.array(list(_BITS)))) is None:
        return pc.is_in(texts, pa.array([text for text, bit in _BITS.items() if bit]))
    if _CLASS.fullmatch(first) and first not in _BITS and not _NUMBER.fullmatch(first):
        at = _first_false(pc.match_substring_regex(texts, f"^{_CLASS.pattern}$"))
        if at is not None:
            raise _wrong(file, "prediction", texts, at, "the name of a class")
        check_rows(file, len(texts), named=True)
        return texts
    return None


def _numbers(file: str, column: str, texts: Any) -> Any:
    """Numbers, one a row or in lists."""
    if len(texts) and not texts[0].as_py().startswith("["):
        values = _floats(texts)
        if isinstance(values, int):
            raise _wrong(file, column, texts, values, "a number")
        return pa.array(values)
    needed = "a list of numbers such as [0.1, 0.2]"
    lengths = pc.add(pc.count_substring(texts, ","), 1).to_numpy(zero_copy_only=False)
    if lengths.sum() > MAX_VALUES or lengths.max(initial=0) > MAX_LENGTH:
        raise TooLargeError(
            f"{file} is too large: at most {MAX_VALUES} values are allowed, and {MAX_LENGTH} a row."
        )
    at = _first_false(pc.and_(pc.starts_with(texts, "["), pc.ends_with(texts, "]")))
    if at is not None:
        raise _wrong(file, column, texts, at, needed)
    ends = np.cumsum(lengths, dtype=np.int64)
    parts = pc.split_pattern(pc.utf8_slice_codeunits(texts, 1, -1), ",").flatten()
    values = _floats(pc.utf8_trim_whitespace(parts))
    if isinstance(values, int):
        raise _wrong(file, column, texts, int(np.searchsorted(ends, values, "right")), needed)
    offsets = pa.array(np.concatenate([[0], ends]))
    return pa.LargeListArray.from_arrays(offsets, pa.array(values))


def _floats(texts: Any) -> NDArray[np.float32] | int:
    """Texts as numbers, or the place of the first one that is none."""
    try:
        doubles = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        short = pc.less_equal(pc.binary_length(texts), _DIGITS)
        at = _first_false(short)
        if at is None:
            at = _first_false(pc.match_substring_regex(texts, f"^{_NUMBER.pattern}$"))
        return at or 0
    with np.errstate(over="ignore"):  # too large for float32: becomes infinite, refused later
        return np.asarray(doubles.astype(np.float32))


def _first_false(right: Any) -> int | None:
    at: int = pc.index(right, False).as_py()
    return None if at < 0 else at


def _wrong(file: str, column: str, texts: Any, line: int, needed: str) -> RequestError:
    return RequestError(
        f"{file}: column {column!r}, row {line}: {texts[line].as_py()[:_SHOWN]!r} is not {needed}. "
        "All rows have one form; lists, numbers, bits and names of classes go into files of their "
        "own."
    )
