"""What every request passes first, for the pages and for the HTTP interface alike."""

from collections import Counter
from collections.abc import Callable

from fastapi.responses import RedirectResponse

from leaderboard.api.answers import answer
from leaderboard.api.bodies import Application, Message, Receive, Scope, Send
from leaderboard.web.hosts import Hosts

API = "/api"  # its page is /api/, which a mount does not lead to
MAX_PAGES, MAX_PAGES_OF_ONE = 256, 64
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent",
)  # counts of sessions, and a way in that we do not use
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    # A Space is shown in a frame of the Hub; nobody else may lay a page of theirs over ours.
    (b"content-security-policy", b"frame-ancestors 'self' https://huggingface.co"),
)


class Door:
    """Answers the names of this board alone, one way of telling a body's length, and so many open
    pages; adds the headers that tell browsers to guess and show less.
    """

    def __init__(self, app: Application, hosts: Callable[[], Hosts]) -> None:
        self.app = app
        self._hosts = hosts
        self._pages: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        status, reason = self._fault(scope)
        if scope["type"] == "websocket":
            return await self._page(scope, receive, send, refused=bool(reason))
        if reason:
            refusal = answer(status, {"error": reason})
            refusal.headers["Connection"] = "close"
            return await refusal(scope, receive, _with_headers(send))
        if scope["path"] == API:  # relative, as a proxy may serve the board in a folder
            page = RedirectResponse(f"{API.removeprefix('/')}/")
            return await page(scope, receive, _with_headers(send))
        return await self.app(scope, receive, _with_headers(send))

    def _fault(self, scope: Scope) -> tuple[int, str]:
        """Status and reason of a refusal; no reason where there is none."""
        names = [name for name, _ in scope["headers"]]
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return 400, "one header Host is needed."
        host = hosts[0].decode("latin-1")
        if not self._hosts().answers(host):
            return 421, (
                f"this board does not answer to the name {host[:100]!r}. Its operator allows one "
                "with --allow-host."
            )
        # A proxy that believes the one and a server that believes the other see different requests.
        if b"transfer-encoding" in names and b"content-length" in names:
            return 400, "give Content-Length or Transfer-Encoding, not both."
        if names.count(b"content-length") > 1:
            return 400, "one Content-Length is allowed."
        if scope["path"].startswith(CLOSED):
            return 404, "nothing is here."
        return 0, ""

    async def _page(self, scope: Scope, receive: Receive, send: Send, *, refused: bool) -> None:
        """An open page, which costs memory as long as it is open."""
        client = scope["client"][0] if scope.get("client") else ""
        full = self._pages.total() >= MAX_PAGES or self._pages[client] >= MAX_PAGES_OF_ONE
        if refused or full:
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        self._pages[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._pages[client] -= 1
            if not self._pages[client]:
                del self._pages[client]


class Headers:
    """Adds `HEADERS` to every answer."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.app(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message.get("headers", [])}
            more = [(name, value) for name, value in HEADERS if name not in there]
            message["headers"] = [*message.get("headers", []), *more]
        await send(message)

    return sent
