"""The body of a request as it comes: its size, its rate, and who gives way when too many come."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from builders.core.errors import RequestError
from leaderboard.refusals import TooLargeError, TooSlowError, UsedUpError

PASSED_BYTES, PASSED_SECONDS = 32 * 2**20, 5.0
GRACE_SECONDS = 10.0
LEAST_RATE = 16_384  # bytes a second, once the grace is over
MAX_AT_ONCE, MAX_OF_ONE = 128, 8

# As ASGI defines them.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Body:
    """The body of one request.

    Attributes:
        read: bytes so far.
        waited: seconds that we waited for them; what we took ourselves does not count.
        failure: why it is read no further; None while it is.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self.read = 0
        self.waited = 0.0
        self.failure: RequestError | None = None
        self._receive = receive
        self._most = most
        self._ended = False
        self._gives_way = False
        self._waiting: asyncio.Timeout | None = None

    async def receive(self) -> Message:
        """The next part.

        Raises:
            TooLargeError: the body is too large.
            TooSlowError: it comes too slowly, or gives way to another.
        """
        began = time.monotonic()
        allowed = GRACE_SECONDS + self.read / LEAST_RATE - self.waited
        if self._gives_way or allowed <= 0.0:
            self._fail(TooSlowError(self._reason()))
        try:
            async with asyncio.timeout(allowed) as self._waiting:
                message = await self._receive()
        except TimeoutError:
            self._fail(TooSlowError(self._reason()))
        finally:
            self._waiting = None
            self.waited += time.monotonic() - began
        self.read += len(message.get("body", b""))
        if self.read > self._most:
            self._fail(TooLargeError(too_large_text(self._most)))
        self._ended = not message.get("more_body", False)
        return message

    def _fail(self, failure: RequestError) -> NoReturn:
        self.failure = failure
        self._ended = True  # what is left is not waited for
        raise failure from None

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come."""
        return self._ended

    @property
    def rate(self) -> float:
        """Bytes a second, of which the first second is worth at least one."""
        waiting = 0.0 if self._waiting is None else 0.001
        return self.read / max(1.0, self.waited + waiting)

    def give_way(self) -> None:
        """Refuse it at once."""
        self._gives_way = True
        if self._waiting is not None:
            with suppress(RuntimeError):  # it has just ended
                self._waiting.reschedule(asyncio.get_running_loop().time())

    def read_before(self, send: Send) -> Send:
        """Pass the rest of a body over before an answer: a client that is still sending when the
        connection is closed does not see the answer.
        """

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not self._ended:
                with suppress(TimeoutError, TooLargeError, TooSlowError):
                    async with asyncio.timeout(PASSED_SECONDS):
                        await self._pass_over()
            await send(message)

        return sent

    async def _pass_over(self) -> None:
        stop = self.read + PASSED_BYTES
        while not self._ended and self.read < stop:
            await self.receive()

    def _reason(self) -> str:
        if self._gives_way:
            return "many files are on their way, and this was the slowest. Send it again."
        return (
            f"{self.read} bytes came in more than {GRACE_SECONDS:g} seconds; at least {LEAST_RATE} "
            "a second are needed."
        )


class Slots:
    """The bodies that are on their way. When there are too many, of one client or of all, the
    slowest gives way to the new one, so that whoever holds places without sending loses them.

    Attributes:
        most: bodies at once.
        of_one: of one client.
    """

    def __init__(self, most: int = MAX_AT_ONCE, of_one: int = MAX_OF_ONE) -> None:
        self.most = most
        self.of_one = of_one
        self._taken: list[tuple[str, Body]] = []

    @contextmanager
    def taken(self, client: str, body: Body) -> Iterator[None]:
        """A place for a body, until the block is left.

        Raises:
            UsedUpError: all places hold files that have come already.
        """
        mine = [held for owner, held in self._taken if owner == client]
        if len(mine) >= self.of_one:
            self._make_room(mine, self.of_one)
        elif len(self._taken) >= self.most:
            self._make_room([held for _, held in self._taken], self.most)
        self._taken.append((client, body))
        try:
            yield
        finally:
            self._taken = [pair for pair in self._taken if pair[1] is not body]

    def _make_room(self, held: list[Body], most: int) -> None:
        coming = [body for body in held if not body.ended]
        if not coming:
            raise UsedUpError(f"{most} files are on their way already. Send it later.")
        slowest = min(coming, key=lambda body: body.rate)
        slowest.give_way()
        self._taken = [pair for pair in self._taken if pair[1] is not slowest]


def too_large_text(most: int) -> str:
    """What a body that is too large is told."""
    return f"the body is too large; at most {most} bytes are allowed."
