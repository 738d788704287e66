"""The two ways a command ends badly, and how a refusal is worded."""

import difflib
import re
from collections.abc import Iterable

_PASSWORD = re.compile(r"(://[^\s/:@'\"]*:)[^\s'\"]*@")
_SECRET = re.compile(r"([?&](?:\w*password|token|secret)=)[^&\s'\"]+", re.IGNORECASE)


def masked(text: str) -> str:
    """A text in which the passwords of URLs cannot be read, as of a database or a proxy.

    >>> masked("store 'postgresql://board:s3cret@db/board' is away")
    "store 'postgresql://board:***@db/board' is away"
    """
    return _SECRET.sub(r"\1***", _PASSWORD.sub(r"\1***@", text))


class RequestError(ValueError):
    """The request was wrong: exit status 2.

    The message says what was given, what is allowed and what to do; no password of a URL in it.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(masked(message))


class UnknownError(RequestError):
    """A name that is not there."""


class WorkError(RuntimeError):
    """The request was right and the work failed: exit status 1. No password of a URL is in it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(masked(message))


def unknown(kind: str, given: object, allowed: Iterable[str]) -> UnknownError:
    """Refusal of a name that is not in a closed list, with the nearest allowed name."""
    names = sorted(allowed)
    near = difflib.get_close_matches(str(given), names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownError(f"unknown {kind} {given!r}.{hint} Allowed: {', '.join(names) or 'none'}.")


def counted(count: int, thing: str, plural: str = "") -> str:
    """A number and what it counts.

    >>> counted(1, "cell"), counted(2, "cell"), counted(0, "entry", "entries")
    ('1 cell', '2 cells', '0 entries')
    """
    return f"{count:,} {thing if count == 1 else plural or f'{thing}s'}"
