"""The decision log as lines of a table; what files and accounts are called is plain text."""

import json
from collections.abc import Mapping
from typing import Any

_OWN = ("number", "created", "kind", "sha256")
_UNREAD = ("account", "salt", "scores")  # in a column of its own, or a hash for programs


def line(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One entry.

    Args:
        entry: as `decisions.to_json`.
    """
    body = {key: value for key, value in entry.items() if key not in _OWN}
    return {
        "number": entry["number"],
        "created": entry["created"],
        "kind": entry["kind"],
        "what": _what(body),
        "account": str(body.get("account", "")),
        "sha256": entry["sha256"],
    }


def _what(body: Mapping[str, Any]) -> str:
    if "reason" in body:
        return str(body["reason"])
    left = {key: value for key, value in body.items() if key not in _UNREAD}
    return ", ".join(f"{key} {_short(value)}" for key, value in left.items() if value is not None)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
