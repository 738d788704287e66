"""Submitting to a running board over HTTP, with the standard library alone."""

import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from builders.core.errors import RequestError, WorkError
from leaderboard.store.records import Receipt
from leaderboard.submission.reading import check_path, plain
from leaderboard.submission.submission import MAX_SIDECAR_BYTES

SECONDS = 600.0  # scoring many large cells takes a while
_MAX_ANSWER = 16 * 2**20
_BLOCK = 2**20
_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would lose its body, and could carry the token to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""
        return


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
    request = urllib.request.Request(_target(url), method="POST")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    check_path(file)
    parts = [("file", file)]
    beside = file.with_suffix(".json")
    if beside != file and beside.is_file():
        check_path(beside, MAX_SIDECAR_BYTES)
        parts.append(("metadata", beside))
    _attach(request, parts)
    status, text = _sent(request, url)
    return _receipt(url, status, text)


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.query or parts.fragment or parts.username:
        raise RequestError(
            f"--to {url!r} is not the address of a board. Give one such as http://localhost:8501, "
            "or the folder of a board."
        )
    return f"{url.rstrip('/').removesuffix('/api')}/api/submissions"


def _attach(request: urllib.request.Request, parts: list[tuple[str, Path]]) -> None:
    """Make files the body, as multipart/form-data (RFC 7578), read a block at a time."""
    boundary = f"qslbench-{secrets.token_hex(16)}"
    heads = [
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{_SAFE_NAME.sub("_", path.name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        for name, path in parts
    ]
    tail = f"--{boundary}--\r\n".encode()
    length = len(tail) + sum(
        len(head) + path.stat().st_size + 2 for head, (_, path) in zip(heads, parts, strict=True)
    )
    paths = [path for _, path in parts]
    request.data = _body(heads, paths, tail)
    request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
    request.add_header("Content-Length", str(length))


def _body(heads: list[bytes], paths: list[Path], tail: bytes) -> Iterator[bytes]:
    for head, path in zip(heads, paths, strict=True):
        yield head
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
        yield b"\r\n"
    yield tail


def _sent(request: urllib.request.Request, url: str) -> tuple[int, bytes]:
    """Status and body of the answer, whatever the status is."""
    opener = urllib.request.build_opener(_NoRedirects())
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status, _read(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _read(error)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        # A server that has refused need not read on, and then its words can get lost.
        cut = isinstance(reason, (BrokenPipeError, ConnectionResetError))
        hint = "the token and the size of the file" if cut else "that it runs"
        raise WorkError(
            f"no board answers at {url}: {plain(Exception(reason))}. Check the address, and {hint}."
        ) from None


def _read(stream: IO[bytes]) -> bytes:
    return stream.read(_MAX_ANSWER)


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
