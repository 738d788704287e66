"""The two ways a command ends badly, and how a refusal is worded."""

import difflib
import errno
import re
from collections.abc import Iterable

_ROOM = "Make room, or give another place."
_RIGHTS = "Give a path that you may read and write, or have its rights changed."
_MENDS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EIO: "The disk fails.",
    errno.EROFS: _RIGHTS,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
}
_MEND = "Check the path."
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
    return f"{count} {thing if count == 1 else plural or f'{thing}s'}"


def of_system(error: OSError) -> str:
    """What the system refused, of what path, and what to do; one line."""
    where = f"{error.filename}: " if error.filename else ""
    said = error.strerror or str(error) or type(error).__name__
    return masked(f"{where}{said}. {_MENDS.get(error.errno or 0, _MEND)}".replace("\n", " "))
