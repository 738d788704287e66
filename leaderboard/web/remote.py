"""Submitting to a running board over HTTP."""

import json
import re
import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builders.core.errors import RequestError, WorkError
from leaderboard.store.records import Receipt
from leaderboard.submission.reading import check_path, plain
from leaderboard.submission.submission import MAX_SIDECAR_BYTES

if TYPE_CHECKING:
    from httpx import Response

SECONDS = 600.0  # scoring many large cells takes a while
_MAX_ANSWER = 16 * 2**20
_BLOCK = 2**16
_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]")


def submit(url: str, file: Path, token: str | None = None) -> Receipt:
    """Send a file, and the metadata in the `.json` file beside it if there is one.

    Args:
        url: of the board, as a browser shows it: `http://host:8501`.
        file: Parquet or CSV.
        token: of an account, where the board asks for one.

    Raises:
        RequestError: no web address, no such file, or the board refuses the file.
        WorkError: the board does not answer, fails, or is none.
    """
    target = _target(url)
    token = (token or "").strip()  # files and secrets often end with a line end
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise RequestError("the token holds characters that no token has. Copy it once more.")
    check_path(file)
    parts = {"file": file}
    beside = file.with_suffix(".json")
    if beside != file and beside.is_file():
        check_path(beside, MAX_SIDECAR_BYTES)
        parts["metadata"] = beside
    headers = {"Accept-Encoding": "identity"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    status, text = _sent(target, url, parts, headers)
    return _receipt(url, status, text)


def _target(url: str) -> str:
    import httpx

    try:
        httpx.URL(url)
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        right = False
    if not right or parts.query or parts.fragment or parts.username:
        raise RequestError(
            f"--store {url!r} is not the address of a board. Give one such as "
            "http://localhost:8501, or the folder of a board."
        )
    return f"{url.rstrip('/').removesuffix('/api')}/api/submissions"


def _sent(
    target: str, url: str, parts: dict[str, Path], headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body of the answer to a form of files, whatever the status is."""
    import httpx

    try:
        # Certificates are those that this machine trusts. A redirected POST would lose its body,
        # and could carry the token to another host.
        trusted = ssl.create_default_context()
        with (
            ExitStack() as opened,
            httpx.Client(verify=trusted, timeout=SECONDS, follow_redirects=False) as client,
        ):
            form = {
                name: (
                    _SAFE_NAME.sub("_", path.name),
                    opened.enter_context(path.open("rb")),
                    "application/octet-stream",
                )
                for name, path in parts.items()
            }
            with client.stream("POST", target, files=form, headers=headers) as answer:
                return answer.status_code, _read(answer)
    except (httpx.HTTPError, OSError, ValueError, ImportError) as error:
        # A server that has refused need not read on, and then its words can get lost.
        cut = isinstance(error, (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError))
        hint = "the token and the size of the file" if cut else "that it runs"
        reason = plain(error) or type(error).__name__
        raise WorkError(
            f"no board answers at {url}: {reason}. Check the address, and {hint}."
        ) from None


def _read(answer: "Response") -> bytes:
    """The start of the body, not unpacked: a stranger's could unpack to any size."""
    text = b""
    for block in answer.iter_raw(_BLOCK):
        text += block
        if len(text) >= _MAX_ANSWER:
            break
    return text[:_MAX_ANSWER]


def _receipt(url: str, status: int, text: bytes) -> Receipt:
    """The receipt, or the board's refusal in its own words."""
    try:
        body = json.loads(text)
        if status == 201:
            return Receipt.from_json(body)
        words = _printable(str(body["error"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WorkError(
            f"{url} answers with status {status} and nothing that a board would say. Check the "
            "address."
        ) from None
    raise (RequestError if 400 <= status < 500 else WorkError)(words)


def _printable(text: str) -> str:
    """A stranger's words for a terminal: lines stay, control characters do not."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
