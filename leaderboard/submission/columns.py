"""The columns of a submission's file, and what each may hold.

The names of a cell are fields of `CellKey`: one that has a default may be left out. `prediction`
holds one of five forms, the same in all rows: a list of numbers, one number, a bit, a list of
bits, or the name of a class.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_type_hints

import pyarrow.types as pt

from builders.core.errors import RequestError
from leaderboard.cells import CellKey

TEXTS = tuple(name for name, kind in get_type_hints(CellKey).items() if kind is str)
DEFAULTS: dict[str, Any] = dict(CellKey._field_defaults)
NEEDED = (*(name for name in CellKey._fields if name not in DEFAULTS), "row_id", "prediction")
OPTIONAL = (*DEFAULTS, "std")
KNOWN = (*NEEDED, *OPTIONAL)
MAX_NAME_BYTES = 200

_FORMS = (
    "a list of float32; a float or a list of bits in tasks that ask for them; or text for names of "
    "classes"
)


def check_names(file: str, names: Iterable[str]) -> None:
    """Refuse a file that lacks a column, has one twice or one that is not known.

    Args:
        file: name of the file, for the message.
        names: its columns, in any order.

    Raises:
        RequestError: such a file.
    """
    given = list(names)
    missing = [c for c in NEEDED if c not in given]
    extra = [c for c in given if c not in KNOWN]
    twice = sorted(c for c, count in Counter(given).items() if count > 1)
    if missing or extra or twice:
        raise RequestError(
            f"{file}: columns missing {missing or 'none'}, unknown {_first(extra)}, "
            f"twice {_first(twice)}. Needed are exactly: {', '.join(NEEDED)}; "
            f"{' and '.join(OPTIONAL)} may be added."
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
            raise RequestError(f"{file}: column {column!r} has type {kind}; it must be {needed}.")


def value_type(kind: Any) -> Any:
    """The type of a list's values, or the type itself where it is no list."""
    return kind.value_type if is_list(kind) else kind


def is_list(kind: Any) -> bool:
    """Whether an Arrow type is a list of any kind."""
    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text, plain or coded by a dictionary."""
    plain_text = pt.is_string(kind) or pt.is_large_string(kind)
    return plain_text or (pt.is_dictionary(kind) and is_text(kind.value_type))


def is_number(kind: Any) -> bool:
    """Whether an Arrow type is a floating-point number."""
    return bool(pt.is_floating(kind))


def is_bit(kind: Any) -> bool:
    """Whether an Arrow type can hold bits: booleans, and integers that are 0 or 1."""
    return bool(pt.is_boolean(kind) or pt.is_integer(kind))


def _first(names: list[str]) -> list[str] | str:
    return [name[:MAX_NAME_BYTES] for name in names[:5]] or "none"
