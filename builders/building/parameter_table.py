"""Rows of a config from a table of parameters, in place of drawn ones: CSV, Parquet or JSON.

A line is a row. A parameter that is one number is a column of its name; one of several numbers is a
column of lists (in CSV text such as `[1, 0.5]`), or a column a number, `J_0`, `J_1`, … and
`w_0_1`, … of a matrix, of a symmetric one the entries above the diagonal. A column `split` says
`train`, `test` or `test_ood`; without it the first rows are for training.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.building.tables import Line, read_lines
from builders.core import files
from builders.core.errors import RequestError, unknown
from builders.core.names import Size
from builders.dataset.spec import FIRST_ROW, MAX_ROWS
from builders.physics.family import Family
from builders.physics.parameters import Parameter, Parameters

SPLIT = "split"
_ENTRY = re.compile(r"(.+?)((?:_\d+)+)")


@dataclass(frozen=True, eq=False)
class ParameterTable:
    """A table that was read and checked.

    Attributes:
        file: its name.
        sha256: of its bytes.
        splits: split → flat parameters of its rows, float64 (R, P), as `Family.flatten` has them.
        rows: split → number of each of its rows in the table, from 1.
    """

    file: str
    sha256: str
    splits: Mapping[str, NDArray[np.float64]]
    rows: Mapping[str, Sequence[int]]

    @property
    def counts(self) -> dict[str, int]:
        """Split → number of rows."""
        return {split: len(rows) for split, rows in self.splits.items()}


def read_parameters(
    path: Path, family: Family, size: Size, train: int | None = None, test: int | None = None
) -> ParameterTable:
    """Read a table of a family's parameters.

    Args:
        path: a file that ends in .csv, .parquet or .json (a list of objects).
        family: whose.
        size: system size.
        train: rows for training, the first ones, where no column says it; by default 80 %.
        test: rows after them; by default the rest.

    Raises:
        RequestError: the file cannot be read, or a value is not allowed: names row and column.
    """
    family.check_size(size)
    _check_family(family)
    lines = read_lines(path)
    known = {p.name: p for p in family.parameters}
    spread = _columns(path, lines, known, size)
    flat = [_flat(path, k, line, family, size, spread) for k, line in enumerate(lines, 1)]
    _check_repeats(path, flat, family)
    chosen = _splits(path, lines, train, test)
    return ParameterTable(
        path.name,
        files.sha256(path),
        {split: np.stack([flat[k - 1] for k in rows]) for split, rows in chosen.items()},
        chosen,
    )


def _check_family(family: Family) -> None:
    if not family.parameters or family.rows_a_seed != 1:
        why = "has no parameters" if not family.parameters else "makes several rows of one draw"
        raise RequestError(
            f"--parameters: family {family.name} {why}, so that no table can give its rows. Leave "
            "it out."
        )


def _splits(
    path: Path, lines: Sequence[Line], train: int | None, test: int | None
) -> dict[str, list[int]]:
    """Split → numbers of its rows, from 1, in the order of the table."""
    if any(SPLIT in line for line in lines):
        if train is not None or test is not None:
            raise RequestError(f"{path} has a column {SPLIT!r}: leave --train and --test out.")
        said = [str(line.get(SPLIT)).strip() for line in lines]
        for k, split in enumerate(said, 1):
            if split not in FIRST_ROW:
                raise RequestError(
                    f"{path}, row {k}, column {SPLIT!r}: {unknown('split', split, FIRST_ROW)}"
                )
        splits = {s: [k for k, split in enumerate(said, 1) if split == s] for s in FIRST_ROW}
        splits = {s: rows for s, rows in splits.items() if rows}
    else:
        total = len(lines)
        first = max(1, total * 4 // 5) if train is None and test is None else train
        first = total - (test or 0) if first is None else first
        rest = total - first if test is None else test
        if first < 1 or rest < 0 or first + rest != total:
            raise RequestError(
                f"{path} has {total} rows, and {first} training and {rest} test rows are asked "
                f"for. Give --train and --test that make {total}, or a column {SPLIT!r}."
            )
        splits = {"train": list(range(1, first + 1)), "test": list(range(first + 1, total + 1))}
        splits = {s: rows for s, rows in splits.items() if rows}
    if max(map(len, splits.values())) > MAX_ROWS or "train" not in splits:
        raise RequestError(f"{path}: 1 to {MAX_ROWS} rows of a split are needed, of train too.")
    return splits


def _columns(
    path: Path, lines: Sequence[Line], known: Mapping[str, Parameter], size: Size
) -> dict[str, dict[str, tuple[int, ...]]]:
    """Parameter → column → entry, of parameters that take a column a number."""
    every = dict.fromkeys(name for line in lines for name in line if name != SPLIT)
    spread: dict[str, dict[str, tuple[int, ...]]] = {}
    for column in every:
        if column in known:
            continue
        match = _ENTRY.fullmatch(column)
        if match is None or match[1] not in known:
            allowed = [*known, SPLIT]
            raise RequestError(
                f"{path}, column {column!r}: {unknown('parameter', column, allowed)}"
            )
        entry = tuple(int(part) for part in match[2].split("_")[1:])
        wanted = entries(known[match[1]], size)
        if entry not in wanted:
            raise RequestError(
                f"{path}, column {column!r}: {match[1]} has no such entry at size {size}; its "
                f"columns are {_written(match[1], wanted)}."
            )
        spread.setdefault(match[1], {})[column] = entry
    for name, columns in spread.items():
        wanted = entries(known[name], size)
        missing = [w for w in wanted if w not in columns.values()]
        if missing or name in every:
            raise RequestError(
                f"{path}: parameter {name} is given as a column and as columns of entries."
                if name in every
                else f"{path}: parameter {name} lacks column {_written(name, missing)}."
            )
    return spread


def entries(parameter: Parameter, size: Size) -> list[tuple[int, ...]]:
    """The entries that a table gives of a parameter, in order."""
    shape = parameter.shape(size)
    every = [tuple(map(int, entry)) for entry in np.ndindex(*shape)]
    return [e for e in every if e[0] < e[1]] if parameter.symmetric else every


def _written(name: str, wanted: Sequence[tuple[int, ...]]) -> str:
    texts = ["_".join([name, *map(str, entry)]) for entry in wanted]
    return ", ".join(texts if len(texts) <= 4 else [*texts[:2], "…", texts[-1]])


def _flat(
    path: Path,
    row: int,
    line: Line,
    family: Family,
    size: Size,
    spread: Mapping[str, Mapping[str, tuple[int, ...]]],
) -> NDArray[np.float64]:
    given: dict[str, Any] = {}
    for parameter in family.parameters:
        name = parameter.name
        if name in spread:
            array = np.zeros(parameter.shape(size))
            for column, entry in spread[name].items():
                array[entry] = _number(path, row, column, line.get(column))
            given[name] = array + array.T if parameter.symmetric else array
        elif line.get(name) is not None and line.get(name) != "":
            given[name] = _value(path, row, name, line[name])
        elif parameter.default is None:
            raise RequestError(f"{path}, row {row}: parameter {name!r} is missing.")
    try:
        checked: Parameters = family.check(size, given)
    except RequestError as error:
        raise RequestError(f"{path}, row {row}: {error}") from None
    return family.flatten(checked)


def _value(path: Path, row: int, column: str, given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if not given.strip().startswith("["):
        return _number(path, row, column, given)
    try:
        return json.loads(given)
    except ValueError:
        raise _wrong(path, row, column, given) from None


def _number(path: Path, row: int, column: str, given: Any) -> float:
    try:
        if isinstance(given, bool) or (isinstance(given, str) and "_" in given):
            raise ValueError
        number = float(given)
    except (TypeError, ValueError):
        raise _wrong(path, row, column, given) from None
    if not np.isfinite(number):
        raise _wrong(path, row, column, given)
    return number


def _wrong(path: Path, row: int, column: str, given: Any) -> RequestError:
    said = "is missing" if given in (None, "") else f"is {str(given)[:40]!r}"
    return RequestError(f"{path}, row {row}, column {column!r} {said}: give a finite number.")


def _check_repeats(path: Path, flat: Sequence[NDArray[np.float64]], family: Family) -> None:
    if family.identity != "parameters":
        return
    for first, second in _repeats(flat):
        raise RequestError(
            f"{path}, row {second} has the parameters of row {first}: a test row could be one that "
            "is learnt from. Leave it out."
        )


def _repeats(flat: Sequence[NDArray[np.float64]]) -> Iterator[tuple[int, int]]:
    seen: dict[bytes, int] = {}
    for k, row in enumerate(flat, 1):
        first = seen.setdefault(row.tobytes(), k)
        if first != k:
            yield first, k
