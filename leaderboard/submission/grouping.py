"""From the rows of a submission's table to one answer a cell, without a step of Python a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from builders.core.errors import RequestError, counted
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.columns import MAX_NAME_BYTES, TEXTS, is_list, is_number, is_text
from leaderboard.submission.reading import MAX_CELLS, MAX_CLASS_BYTES

Rows = slice | NDArray[np.int64]
_SHOWN = 5
_LETTERS = 40


@dataclass(frozen=True)
class _Group:
    """The rows of one cell; a slice where they follow each other."""

    key: CellKey
    rows: Rows


# The rows of a cell → the values of a column in them.
_Taker = Callable[[_Group], NDArray[Any]]


def group_cells(table: Any) -> dict[CellKey, Answer]:
    """Rows of the table grouped by cell, cells in sorted order, rows in the order of the file.

    Raises:
        RequestError: no rows, empty values, too many cells, lists of different lengths in a cell,
            or integers that are no bits.
    """
    if table.num_rows == 0:
        raise RequestError("the submission has no rows. Give one row for every test row.")
    for name in table.column_names:
        count = table.column(name).null_count
        if count:
            raise RequestError(
                f"column {name!r} has {counted(count, 'empty value')}; none is allowed."
            )
    row_id = _integers(table.column("row_id"))
    take = _taker(table, "prediction", row_id)
    std = _taker(table, "std", row_id) if "std" in table.column_names else None
    out = {
        group.key: Answer(row_id[group.rows], take(group), None if std is None else std(group))
        for group in _groups(table)
    }
    return dict(sorted(out.items()))


def _groups(table: Any) -> list[_Group]:
    """Cells and their rows: runs of equal names, put together where a cell has several."""
    names = [name for name in CellKey._fields if name in table.column_names]
    texts: dict[str, list[str]] = {}
    columns = []
    for name in names:
        if name in TEXTS:
            texts[name], column = _coded(table, name)
        else:
            column = _integers(table.column(name))
        columns.append(column)
    starts = _starts(columns)
    first, cell_of = _distinct([column[starts] for column in columns])
    rows = _rows(starts, cell_of, table.num_rows)
    keys, refused = [], []
    for row, mine in zip(starts[first].tolist(), rows, strict=True):
        parts: dict[str, Any] = {
            name: int(column[row]) for name, column in zip(names, columns, strict=True)
        }
        try:
            keys.append(CellKey(**parts | {name: texts[name][parts[name]] for name in texts}))
        except RequestError as error:
            refused.append((mine, str(error)))
    if refused:
        raise _no_track(refused, _integers(table.column("row_id")))
    return [_Group(key, of_cell) for key, of_cell in zip(keys, rows, strict=True)]


def _no_track(refused: list[tuple[Rows, str]], row_id: NDArray[np.int64]) -> RequestError:
    """Refusal of cells whose key cannot be; nothing but a track makes one of these."""
    ids = np.concatenate([row_id[rows] for rows, _ in refused])
    first = ", ".join(map(str, ids[:_SHOWN]))
    return RequestError(
        f"column 'track': {len(ids)} rows are of no track that their cell can have, first "
        f"row_id {first}: {refused[0][1]}"
    )


def _distinct(columns: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first place of every distinct line of the columns, and the number of each line."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        code = code * len(values) + inverse
        _, first, code = np.unique(code, return_index=True, return_inverse=True)
        if len(first) > MAX_CELLS:  # further columns only make more
            raise RequestError(
                f"the submission has more than {MAX_CELLS} cells, which are allowed."
            )
    return first, code


def _starts(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """First rows of the runs in which no column changes."""
    changes = np.zeros(len(columns[0]), dtype=np.bool_)
    changes[0] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _rows(starts: NDArray[np.int64], cell_of: NDArray[np.int64], rows: int) -> Sequence[Rows]:
    """The rows of every cell, given the first row and the cell of each run."""
    lengths = np.diff(starts, append=rows)
    runs = np.bincount(cell_of)
    if len(runs) == len(starts):  # as `write_submission` and most others write
        order = np.argsort(cell_of)
        return [slice(int(starts[k]), int(starts[k] + lengths[k])) for k in order]
    every = np.repeat(cell_of, lengths)
    order = np.argsort(every, kind="stable")
    ends = np.cumsum(np.bincount(every))
    return np.split(order, ends[:-1])


def _taker(table: Any, name: str, row_id: NDArray[np.int64]) -> _Taker:
    """How a column is taken; see `Answer` for what comes out."""
    column = table.column(name)
    if is_text(column.type):
        texts, code = _coded(table, name)
        classes = np.array(texts, dtype=np.str_)
        return lambda group: classes[code[group.rows]]
    if not is_list(column.type):
        values = _values(name, column)
        return lambda group: values[group.rows]
    lists = column.combine_chunks()
    lengths = _integers(pc.list_value_length(lists))

    def take(group: _Group) -> NDArray[Any]:
        length = _one_length(name, group.key, row_id[group.rows], lengths[group.rows])
        mine = _part(lists, group.rows)
        return _values(name, mine.flatten()).reshape(len(mine), length)

    return take


def _part(lists: Any, rows: Rows) -> Any:
    if isinstance(rows, slice):
        return lists.slice(rows.start, rows.stop - rows.start)
    return lists.take(pa.array(rows))


def _values(name: str, column: Any) -> NDArray[Any]:
    """Numbers as float32, NaN where they are empty; bits as bool."""
    if is_number(column.type):
        numbers = (
            column.to_numpy(zero_copy_only=False)
            if isinstance(column, pa.Array)
            else (column.to_numpy())
        )
        with np.errstate(over="ignore"):  # too large for float32: becomes infinite, refused later
            return np.asarray(numbers, dtype=np.float32)
    if column.null_count:
        raise RequestError(f"column {name!r} has {column.null_count} empty bits in its lists.")
    if not pa.types.is_boolean(column.type) and len(column):
        least, most = pc.min_max(column).as_py().values()
        if least < 0 or most > 1:
            raise RequestError(
                f"column {name!r} holds integers from {least} to {most}; integers are bits, 0 or "
                "1. Write other numbers as floats."
            )
    return np.asarray(column.cast(pa.bool_()).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _coded(table: Any, name: str) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct texts of a column and the number of each row's text.

    Rows stay numbers: one long text a million times is small in the file and huge as Python text.
    """
    coded = table.column(name).dictionary_encode().unify_dictionaries().combine_chunks()
    lengths = pc.binary_length(coded.dictionary).to_numpy(zero_copy_only=False)
    longest = lengths.max(initial=0)
    most = MAX_CLASS_BYTES if name == "prediction" else MAX_NAME_BYTES
    if longest > most or len(lengths) > MAX_CELLS:
        raise RequestError(
            f"column {name!r} holds names of at most {most} bytes, and at most {MAX_CELLS} "
            f"different ones; {len(lengths)} were given, the longest of {longest} bytes."
        )
    texts = coded.dictionary.to_pylist()
    hidden = [text for text in texts if not text.isprintable()]
    if hidden:
        raise RequestError(
            f"column {name!r}: {len(hidden)} names hold a character that cannot be seen, first "
            f"{hidden[0][:_LETTERS]!a}. Write the name alone: it may come from text in UTF-16 "
            "or from a field of fixed width."
        )
    return texts, _integers(coded.indices)


def _integers(column: Any) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _one_length(
    name: str, key: CellKey, row_id: NDArray[np.int64], lengths: NDArray[np.int64]
) -> int:
    given, counts = np.unique(lengths, return_counts=True)
    usual = int(given[counts.argmax()])
    bad = np.flatnonzero(lengths != usual)
    if len(bad):
        first = ", ".join(f"row_id {row_id[k]} has {lengths[k]}" for k in bad[:5])
        raise RequestError(
            f"column {name!r}, cell {key}: {len(bad)} rows differ in length from the usual "
            f"{usual} values: {first}."
        )
    return usual
