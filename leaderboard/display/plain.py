"""Text of strangers that is shown as it is: in Markdown, and beside text of the other direction."""

import re
import unicodedata

FROM_LEFT = "\u200e"  # left-to-right mark
_OPEN, _CLOSE = "\u2068", "\u2069"  # first strong isolate, and its end
_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$^&:@]")


def literal(text: str) -> str:
    """Markdown that shows the text as it is: a backslash before whatever could have a meaning."""
    return _MARKUP.sub(r"\\\g<0>", text)


def from_left(text: str) -> str:
    """The text; one that reads from the right behind a mark, so that a table, which draws such at
    the other side of its cell, keeps it at the left one.
    """
    return FROM_LEFT + text if _reads_from_right(text) else text


def apart(text: str) -> str:
    """The text; one that reads from the right between marks, so that a number in front of it is
    not drawn behind it.
    """
    return f"{_OPEN}{text}{_CLOSE}" if _reads_from_right(text) else text


def _reads_from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
