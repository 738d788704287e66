"""A ranking as JSON and CSV, and aligned text for a terminal."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.scoring.score import Value
from leaderboard.store.records import Row


def ranking_json(key: CellKey, rows: Sequence[Row]) -> dict[str, Any]:
    """The cell and its ranking as one JSON object."""
    return {"cell": key._asdict(), "ranking": [row.to_json() for row in rows]}


def ranking_csv(rows: Sequence[Row]) -> str:
    """The ranking as CSV, one line a submission, columns as in `Row.to_flat`; "" if empty."""
    return lines_csv([row.to_flat() for row in rows])


def lines_csv(lines: Sequence[Mapping[str, object]]) -> str:
    """Lines with the same keys as CSV, the keys first; "" if there are none."""
    if not lines:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: inert(value) for key, value in line.items()} for line in lines)
    return out.getvalue()


# The last four are the first in full width, which some spreadsheets read alike.
_SIGNS = "=+@\uff1d\uff0b\uff0d\uff20-"
# Some spreadsheets trim a cell before they look at its first sign.
_FORMULA = re.compile(rf"[ \xa0]*[\t\r\n]|[\s\"']*[{_SIGNS}]")
# Where numbers have a decimal comma, spreadsheets begin a cell at a semicolon, quoted or not.
_INSIDE = re.compile(rf"([;\t|\r\n][\s\"']*)(?=[{_SIGNS}])")


def inert(value: object) -> object:
    """Text that a spreadsheet would take for a formula, or of which it would take a part for one,
    gets an apostrophe in front of it.

    >>> inert("=1+1"), inert(" =1+1"), inert("a; =1+1"), inert("a;b")
    ("'=1+1", "' =1+1", "a; '=1+1", 'a;b')
    """
    if not isinstance(value, str):
        return value
    text = _INSIDE.sub(r"\1'", value)
    return f"'{text}" if _FORMULA.match(text) else text


def aligned_table(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells as aligned text, the first line a header."""
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def number(value: Value) -> str:
    """`0.0248 [0.0241, 0.0255]`, or `-` where there is no value."""
    return "-" if value.value is None else str(value)
