"""JSON that people write by hand or export: a byte order mark does not matter, doubt is refused."""

import json
from collections import Counter
from typing import Any

from builders.core.errors import RequestError

_INT64 = 2**63
_OTHER_CODES = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_SHOWN = 20


def utf8(data: bytes, where: str) -> str:
    r"""The text of a file, without a byte order mark.

    Args:
        data: bytes of the file.
        where: what the file is called in a refusal.

    Raises:
        RequestError: no UTF-8.

    >>> utf8(b"\xef\xbb\xbf{}", "a.json")
    '{}'
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        code = _OTHER_CODES.get(data[:2], "")
        said = f"it is {code}" if code else f"byte {error.start} is none of UTF-8"
        raise RequestError(f"{where}: not JSON: {said}. Save it as UTF-8.") from None


def parsed(text: str, where: str) -> Any:
    """The value of a JSON text.

    Args:
        text: without a byte order mark.
        where: what the text is called in a refusal.

    Raises:
        RequestError: not JSON, a key that is given twice in an object, or an integer that no column
            can hold.

    >>> parsed('{"a": 1, "a": 2}', "the file")
    Traceback (most recent call last):
    builders.core.errors.RequestError: the file: keys given twice: a. Give each once.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = sorted(key[:_SHOWN] for key, count in counts.items() if count > 1)
            raise RequestError(
                f"{where}: keys given twice: {', '.join(twice[:5])}. Give each once."
            )
        return content

    def integer(digits: str) -> int:
        if len(digits) > _SHOWN or not -_INT64 <= int(digits) < _INT64:
            raise RequestError(
                f"{where}: {digits[:_SHOWN]}… is an integer of {len(digits.lstrip('-'))} digits; "
                "integers of 64 bits are allowed. Write a large number as 1.5e30."
            )
        return int(digits)

    try:
        return json.loads(text, object_pairs_hook=once, parse_int=integer)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RequestError(f"{where}: not JSON: {error}.") from None
