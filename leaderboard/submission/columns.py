"""The columns of a submission's file, and what each may hold.

The names of a cell are fields of `CellKey`: the track may be left out where it is the usual one.
`prediction` holds one of five forms, the same in all rows: a list of numbers, one number, a bit, a
list of bits, or the name of a class.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyarrow.types as pt

from builders.core.errors import RequestError
from leaderboard.cells import CellKey

TRACK = "track"
TEXTS = ("config", "task", TRACK)
NEEDED = (*(name for name in CellKey._fields if name != TRACK), "row_id", "prediction")
OPTIONAL = (TRACK, "std")
KNOWN = (*NEEDED, *OPTIONAL)
MAX_NAME_BYTES = 200
# What pandas adds for the labels of its rows: in Parquet, and in CSV under no name or one of ours.
_INDEX = re.compile(r"__index_level_\d__|(Unnamed: \d)?")

_FORMS = (
    "a list of float32; a float or a list of bits in tasks that ask for them; or text for names of "
    "classes"
)


def check_names(file: str, names: Iterable[str]) -> None:
    """Refuse a file that lacks a column, has one twice or one that is not known. The labels that
    pandas gives its rows do not matter.

    Args:
        file: name of the file, for the message.
        names: its columns, in any order.

    Raises:
        RequestError: such a file.
    """
    given = list(names)
    missing = [c for c in NEEDED if c not in given]
    extra = [c for c in given if c not in KNOWN and not _INDEX.fullmatch(c)]
    twice = sorted(c for c, count in Counter(given).items() if count > 1)
    if missing or extra or twice:
        raise RequestError(
            f"{file}: columns missing {missing or 'none'}, unknown {_first(extra)}, "
            f"twice {_first(twice)}. Needed are exactly: {', '.join(NEEDED)}; "
            f"{' and '.join(OPTIONAL)} may be added.{_separator(given)}"
        )


def check_types(file: str, schema: Any) -> None:
    """Refuse columns of types that they cannot have.

    Args:
        file: name of the file, for the message.
        schema: Arrow schema with known columns alone.

    Raises:
        RequestError: a column of another type.
    """
    for column in (name for name in KNOWN if name in schema.names):
        kind = schema.field(column).type
        if column in TEXTS:
            right, needed = is_text(kind), "text"
        elif column == "prediction":
            right = is_text(kind) or is_number(value_type(kind)) or is_bit(value_type(kind))
            needed = _FORMS
        elif column == "std":
            right, needed = is_number(value_type(kind)), "a list of float32, or a float"
        else:
            right, needed = pt.is_integer(kind), "an integer"
        if not right:
            raise RequestError(
                f"{file}: column {column!r} has type {kind}; it must be {needed}."
                f"{_mend(column, kind)}"
            )


def value_type(kind: Any) -> Any:
    """The type of a list's values, or the type itself where it is no list."""
    return kind.value_type if is_list(kind) else kind


def is_list(kind: Any) -> bool:
    """Whether an Arrow type is a list of any kind."""
    usual = pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind)
    return bool(usual or is_view(kind))


def is_view(kind: Any) -> bool:
    """Whether an Arrow type is a list whose values may lie in any order."""
    return bool(pt.is_list_view(kind) or pt.is_large_list_view(kind))


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text, plain or coded by a dictionary."""
    plain_text = pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind)
    return plain_text or (pt.is_dictionary(kind) and is_text(kind.value_type))


def is_number(kind: Any) -> bool:
    """Whether an Arrow type is a floating-point number."""
    return bool(pt.is_floating(kind))


def is_bit(kind: Any) -> bool:
    """Whether an Arrow type can hold bits: booleans, and integers that are 0 or 1."""
    return bool(pt.is_boolean(kind) or pt.is_integer(kind))


def _mend(column: str, kind: Any) -> str:
    if pt.is_floating(kind):
        return f" In pandas: df[{column!r}] = df[{column!r}].astype('int64')."
    if pt.is_decimal(value_type(kind)):
        return " Write floats in place of decimals."
    return ""


def _separator(names: list[str]) -> str:
    """What to do where one name holds all of them."""
    found = [s for s in (";", "\t", "|") if len(names) == 1 and s in names[0]]
    return f" The columns are separated by {found[0]!r}: separate them by commas." if found else ""


def _first(names: list[str]) -> list[str] | str:
    return [name[:MAX_NAME_BYTES] for name in names[:5]] or "none"
