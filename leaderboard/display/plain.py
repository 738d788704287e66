"""Text in Markdown that is shown as it is."""

import re

_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$^&:@]")


def literal(text: str) -> str:
    """Markdown that shows the text as it is: a backslash before whatever could have a meaning."""
    return _MARKUP.sub(r"\\\g<0>", text)
