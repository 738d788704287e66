"""What one visitor may ask of the server: bytes of a body, and files a minute."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from threading import Lock
from typing import Any

from leaderboard.api.answers import answer
from leaderboard.refusals import TooLargeError, UsedUpError
from leaderboard.submission.reading import MAX_BYTES
from leaderboard.submission.submission import MAX_SIDECAR_BYTES

MAX_BODY = MAX_BYTES + MAX_SIDECAR_BYTES + 2**16  # the last for what multipart adds
PASSED_BYTES, PASSED_SECONDS = 32 * 2**20, 5.0
FILES, SECONDS = 60, 60.0
_KEYS = 10_000

# As ASGI defines them.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


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
            refusal = answer(413, {"error": _too_large(self.most)})
            return await refusal(scope, receive, send)
        if scope["method"] != "POST":  # no other route reads a body
            return await self.app(scope, receive, send)
        body = _Body(receive, self.most)
        return await self.app(scope, body.receive, body.read_before(send))


class _Body:
    """The body of one request, counted as it comes."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0
        self._ended = False

    async def receive(self) -> Message:
        """The next part.

        Raises:
            RequestError: the body is too large.
        """
        message = await self._receive()
        self._read += len(message.get("body", b""))
        too_large = self._read > self._most
        self._ended = too_large or not message.get("more_body", False)
        if too_large:
            raise TooLargeError(_too_large(self._most))
        return message

    def read_before(self, send: Send) -> Send:
        """Pass the rest of a body over before an answer: a client that is still sending when the
        connection is closed does not see the answer.
        """

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not self._ended:
                with suppress(TimeoutError, TooLargeError):
                    async with asyncio.timeout(PASSED_SECONDS):
                        await self._pass_over()
            await send(message)

        return sent

    async def _pass_over(self) -> None:
        stop = self._read + PASSED_BYTES
        while not self._ended and self._read < stop:
            await self.receive()


def _too_large(most: int) -> str:
    return f"the body is too large; at most {most} bytes are allowed."


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
