"""A Hub on loopback, for the real clients: the endpoints they use, and faults to switch on."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub.blobs import Blobs
from tests.hub.repository import HubError, Repository

Reply = tuple[int, dict[str, str], bytes]
_ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Reply]]] = []
TOKENS = {"hf_writer": "write", "hf_reader": "read"}


@dataclass
class Faults:
    """What goes wrong, until it is set back.

    Attributes:
        every: (k, status): every k-th request gets this status and no work is done.
        cut: pattern of `METHOD path`; of such a request half is read, then the connection closes.
        mute: pattern; such a request is done once, and its answer lost.
        hook: (pattern, function); the function runs before the first such request.
    """

    every: tuple[int, int] | None = None
    cut: str | None = None
    mute: str | None = None
    hook: tuple[str, Callable[[], object]] | None = None


@dataclass
class Hub:
    """All state of the server; `log` holds `METHOD path` of every request."""

    folder: Path
    url: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    log: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.blobs = Blobs(self.folder)

    def named(self, pattern: str) -> list[str]:
        """Requests whose line matches."""
        return [line for line in self.log if re.search(pattern, line)]


@dataclass(frozen=True)
class Request:
    """One request, its body read."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Any
    body: bytes

    @property
    def right(self) -> str | None:
        """`write`, `read` or None, by the token."""
        given = self.headers.get("Authorization", "")
        if given and given.removeprefix("Bearer ") not in TOKENS:
            raise HubError(401, "", "Invalid credentials in Authorization header")
        return TOKENS.get(given.removeprefix("Bearer "))


def route(method: str, pattern: str) -> Callable[[Callable[..., Reply]], Callable[..., Reply]]:
    """Register a function (hub, request, *groups); ID is a repository, REV a revision."""
    whole = pattern.replace("ID", r"([^/]+/[^/]+?)").replace("REV", r"([^/]+)")

    def register(function: Callable[..., Reply]) -> Callable[..., Reply]:
        _ROUTES.append((method, re.compile(whole), function))
        return function

    return register


def answer(hub: Hub, request: Request) -> Reply:
    """Find the route and run it; refusals become replies with their code."""
    try:
        for method, pattern, function in _ROUTES:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                with hub.lock:
                    return function(hub, request, *map(unquote, match.groups("")))
        raise HubError(404, "", f"the double has no {request.method} {request.path}")
    except HubError as problem:
        headers = {"X-Error-Code": problem.code, "X-Error-Message": str(problem)}
        return problem.status, headers, b'{"error": "refused"}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it every answer waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    hub: Hub

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        line = f"{self.command} {unquote(parts.path)}"
        self.hub.log.append(line)
        length = int(self.headers.get("Content-Length", 0))
        faults = self.hub.faults
        if faults.cut and re.search(faults.cut, line):
            self.rfile.read(length // 2)
            self._hang_up()
            return
        body = self.rfile.read(length) if length else self._chunks()
        if faults.every and len(self.hub.log) % faults.every[0] == 0:
            self._send(faults.every[1], {}, b"upstream is not well")
            return
        if faults.hook and re.search(faults.hook[0], line):
            hook, faults.hook = faults.hook[1], None
            hook()
        # Routes look at HEAD as at GET; the body is left out below.
        method = "GET" if self.command == "HEAD" else self.command
        query = parse_qs(parts.query)
        reply = answer(self.hub, Request(method, parts.path, query, self.headers, body))
        if faults.mute and re.search(faults.mute, line):
            faults.mute = None
            self._hang_up()
            return
        self._send(*reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _chunks(self) -> bytes:
        """The body of a request that does not say its length."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return b""
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """The log is `hub.log`."""


@contextmanager
def running(folder: Path) -> Iterator[Hub]:
    """A Hub that answers on a free port until the end of the block."""
    from tests.hub import discussions, endpoints, transfers

    assert discussions, endpoints
    assert transfers
    hub = Hub(folder)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
