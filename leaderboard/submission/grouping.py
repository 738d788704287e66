"""From the rows of a submission's table to one answer a cell."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from builders.core.errors import RequestError
from leaderboard.cells import Answer, CellKey
from leaderboard.submission.reading import MAX_CELLS, MAX_CLASS_BYTES, MAX_NAME_BYTES, is_text
from leaderboard.track import usual_track

_SHOWN = 5

# (cell, row ids, row numbers of the table) → predictions of the cell.
_Taker = Callable[[CellKey, NDArray[np.int64], NDArray[np.int64]], NDArray[Any]]


def group_cells(table: Any) -> dict[CellKey, Answer]:
    """Rows of the table grouped by cell, cells in sorted order."""
    if table.num_rows == 0:
        raise RequestError("the submission has no rows. Give one row for every test row.")
    for name in table.column_names:
        count = table.column(name).null_count
        if count:
            raise RequestError(f"column {name!r} has {count} empty values; none is allowed.")
    configs, config_of = _names(table, "config")
    tasks, task_of = _names(table, "task")
    n, shots, row_id = (_integers(table.column(c)) for c in ("n", "shots", "row_id"))
    tracks, track_of = _tracks(table, shots)
    cells, cell_of = np.unique(
        np.stack([config_of, task_of, n, shots, track_of], axis=1), axis=0, return_inverse=True
    )
    if len(cells) > MAX_CELLS:
        raise RequestError(f"the submission has {len(cells)} cells; at most {MAX_CELLS}.")
    names = [(configs[c], tasks[t], n, m, tracks[k]) for c, t, n, m, k in cells.tolist()]
    keys = _keys(names, cell_of.ravel(), row_id)
    take = _taker(table)
    out = {}
    for index, key in enumerate(keys):
        rows = np.flatnonzero(cell_of.ravel() == index)
        out[key] = Answer(row_id[rows], take(key, row_id[rows], rows))
    return dict(sorted(out.items()))


def _tracks(table: Any, shots: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    """As `_names` for the track, which a file need not state where it is the usual one."""
    if "track" in table.column_names:
        return _names(table, "track")
    return [usual_track(1), usual_track(0)], (shots == 0).astype(np.int64)


def _keys(
    names: Sequence[tuple[str, str, int, int, str]],
    cell_of: NDArray[np.int64],
    row_id: NDArray[np.int64],
) -> list[CellKey]:
    """The keys of the cells; nothing but a track can make one that is refused."""
    keys, reason = [], ""
    bad = np.zeros(len(row_id), dtype=np.bool_)
    for index, name in enumerate(names):
        try:
            keys.append(CellKey(*name))
        except RequestError as error:
            reason = reason or str(error)
            bad |= cell_of == index
    if reason:
        first = ", ".join(map(str, row_id[bad][:_SHOWN]))
        raise RequestError(
            f"column 'track': {bad.sum()} rows are of no track that their cell can have, first "
            f"row_id {first}: {reason}"
        )
    return keys


def _taker(table: Any) -> _Taker:
    """How the predictions of a cell are taken: names (R,), or numbers float32 (R, L)."""
    column = table.column("prediction")
    if is_text(column.type):
        texts, code = _names(table, "prediction")
        classes = np.array(texts, dtype=np.str_)
        return lambda _key, _row_id, rows: classes[code[rows]]
    starts, lengths, values = _flat_lists(column.combine_chunks())

    def lists(key: CellKey, row_id: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[Any]:
        length = _one_length(key, row_id, lengths[rows])
        return np.stack([values[s : s + length] for s in starts[rows].tolist()])

    return lists


def _names(table: Any, name: str) -> tuple[list[str], NDArray[np.int64]]:
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
    return coded.dictionary.to_pylist(), _integers(coded.indices)


def _integers(column: Any) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _flat_lists(
    column: Any,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Start and length of every list, and the values they lie in, with NaN for empty values."""
    lengths = _integers(pc.list_value_length(column))
    values = column.flatten().to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore"):  # too large for float32: becomes infinite, refused later
        values = values.astype(np.float32, copy=False)
    return np.cumsum(lengths) - lengths, lengths, values


def _one_length(key: CellKey, row_id: NDArray[np.int64], lengths: NDArray[np.int64]) -> int:
    given, counts = np.unique(lengths, return_counts=True)
    usual = int(given[counts.argmax()])
    bad = np.flatnonzero(lengths != usual)
    if len(bad):
        first = ", ".join(f"row_id {row_id[k]} has {lengths[k]}" for k in bad[:5])
        raise RequestError(
            f"column 'prediction', cell {key}: {len(bad)} rows differ in length from the usual "
            f"{usual} values: {first}."
        )
    return usual
