"""What one visitor may ask of the server: bytes of a body, and files a minute."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock

from leaderboard.api.answers import answer
from leaderboard.api.bodies import Application, Body, Receive, Scope, Send, too_large_text
from leaderboard.refusals import UsedUpError
from leaderboard.submission.reading import MAX_BYTES
from leaderboard.submission.submission import MAX_SIDECAR_BYTES

MAX_BODY = MAX_BYTES + MAX_SIDECAR_BYTES + 2**16  # the last for what multipart adds
FILES, SECONDS = 60, 60.0
BODY = "qslbench.body"  # where the scope of a request holds its `Body`
_KEYS = 10_000


class BodyLimit:
    """Refuses a body that says it is too large before a byte of it is read, and one that does not
    say so as soon as it is.
    """

    def __init__(self, app: Application, most: int = MAX_BODY) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length[:20]) > self.most:
            refusal = answer(413, {"error": too_large_text(self.most)})
            return await refusal(scope, receive, send)
        if scope["method"] != "POST":  # no other route reads a body
            return await self.app(scope, receive, send)
        scope[BODY] = body = Body(receive, self.most)
        return await self.app(scope, body.receive, body.read_before(send))


class Turns:
    """One thing at a time for every client; others of the same client wait their turn."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, client: str) -> AsyncIterator[None]:
        """Hold the client's turn until the block is left."""
        lock, count = self._waiting.get(client, (asyncio.Lock(), 0))
        self._waiting[client] = (lock, count + 1)
        try:
            async with lock:
                yield
        finally:
            lock, count = self._waiting.pop(client)
            if count > 1:
                self._waiting[client] = (lock, count - 1)


class Throttle:
    """So many calls in so many seconds for every key.

    Attributes:
        most: number of calls.
        seconds: width of the window that slides.
    """

    def __init__(self, most: int = FILES, seconds: float = SECONDS) -> None:
        self.most = most
        self.seconds = seconds
        self._calls: dict[str, deque[float]] = {}
        self._lock = Lock()

    def count(self, key: str) -> None:
        """Count a call.

        Raises:
            RequestError: there were too many.
        """
        now = time.monotonic()
        with self._lock:
            if len(self._calls) > _KEYS:  # forget who has not called for a window
                live = {k: c for k, c in self._calls.items() if c[-1] > now - self.seconds}
                self._calls = live
            calls = self._calls.setdefault(key, deque())
            while calls and calls[0] <= now - self.seconds:
                calls.popleft()
            if len(calls) >= self.most:
                raise UsedUpError(
                    f"{self.most} files in {self.seconds:g} seconds are allowed. Send it later."
                )
            calls.append(now)
