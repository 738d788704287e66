"""Tables that people bring: CSV, Parquet or JSON, a line a row."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

from builders.core import json_text
from builders.core.errors import RequestError
from builders.dataset import parquet

FORMS = (".csv", ".parquet", ".json")
_MAX_BYTES = 2**30

Line = dict[str, Any]


def read_lines(path: Path) -> list[Line]:
    """The rows of a table, column → value; in CSV texts.

    Raises:
        RequestError: no such file, another form, too large, or not readable as what its name says.
    """
    if not path.is_file():
        raise RequestError(f"{path} is not a file. Give a table: {', '.join(FORMS)}.")
    if path.suffix not in FORMS:
        raise RequestError(f"{path}: a table's name ends in one of {', '.join(FORMS)}.")
    if path.stat().st_size > _MAX_BYTES:
        raise RequestError(f"{path} has {path.stat().st_size} bytes; at most {_MAX_BYTES}.")
    lines = {".csv": _csv, ".parquet": _parquet, ".json": _json}[path.suffix](path)
    if not lines:
        raise RequestError(f"{path} has no rows.")
    return lines


def _csv(path: Path) -> list[Line]:
    reader = csv.reader(io.StringIO(json_text.utf8(path.read_bytes(), str(path)), newline=""))
    try:
        head = [name.strip() for name in next(reader, [])]
        twice = sorted(name for name, count in Counter(head).items() if count > 1)
        if twice:
            raise RequestError(f"{path}: columns {twice} stand twice.")
        lines = []
        for row in reader:
            if not row:
                continue
            if len(row) != len(head):
                raise RequestError(
                    f"{path}, line {reader.line_num}: {len(row)} values, and the head has "
                    f"{len(head)}."
                )
            lines.append(dict(zip(head, row, strict=True)))
    except csv.Error as error:
        raise RequestError(f"{path}, line {reader.line_num}: {error}.") from None
    return lines


def _parquet(path: Path) -> list[Line]:
    return list(parquet.read_table(path).to_pylist())


def _json(path: Path) -> list[Line]:
    rows = json_text.parsed(json_text.utf8(path.read_bytes(), str(path)), str(path))
    if not isinstance(rows, list):
        raise RequestError(f"{path} must hold a list of objects, one a row: [{{NAME: VALUES}}, …].")
    for k, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise RequestError(f"{path}, row {k} is no object {{NAME: VALUES}}.")
    return rows
