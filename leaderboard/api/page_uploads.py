"""Streamlit's path for uploads, with the limits that it has not."""

from collections.abc import Callable, Mapping

from builders.core.errors import RequestError
from leaderboard.api.answers import answer, status_of
from leaderboard.api.bodies import Application, Body, Message, Receive, Scope, Send, Slots
from leaderboard.refusals import SignInError, TooLargeError, UsedUpError
from leaderboard.web.uploads import GRANTS, MAX_HELD_BYTES, MAX_SESSION_BYTES, Grants

PATH = "/_stcore/upload_file/"

# Session → bytes of the files that it holds.
Held = Callable[[], Mapping[str, int]]


class PageUploads:
    """Takes files of sessions that were asked for one, and so many bytes of each and of all."""

    def __init__(self, app: Application, held: Held, grants: Grants = GRANTS) -> None:
        self.app = app
        self._held = held
        self._grants = grants
        self._slots = Slots()
        self._coming: dict[Body, tuple[str, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_upload = scope["type"] == "http" and scope["path"].startswith(PATH)
        if not is_upload or scope["method"] in ("OPTIONS", "DELETE"):
            await self.app(scope, receive, send)
            return
        session = scope["path"][len(PATH) :].partition("/")[0]
        body = Body(receive, MAX_SESSION_BYTES)
        client = scope["client"][0] if scope.get("client") else ""
        try:
            self._reserve(scope, session, body)
            with self._slots.taken(client, body):
                await self.app(scope, body.receive, body.read_before(_unless_failed(body, send)))
        except RequestError as error:
            body.failure = error
        except Exception:
            if body.failure is None:
                raise
        finally:
            self._coming.pop(body, None)
        if body.failure is not None:
            refusal = answer(status_of(body.failure), {"error": str(body.failure)})
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, body.read_before(send))

    def _reserve(self, scope: Scope, session: str, body: Body) -> None:
        """Refuse a file before a byte of it is read."""
        if session not in self._grants:
            raise SignInError(
                "open the page Submit, sign in if it asks, and choose the file there."
            )
        said = dict(scope["headers"]).get(b"content-length", b"")
        length = int(said) if said.isdigit() and len(said) < 20 else MAX_SESSION_BYTES
        held = self._held()
        coming = sum(size for owner, size in self._coming.values() if owner == session)
        if held.get(session, 0) + coming + length > MAX_SESSION_BYTES:
            raise TooLargeError(
                f"a session may hold {MAX_SESSION_BYTES} bytes of files. Remove one on the page, "
                "or send the file by `qslbench submit`."
            )
        total = sum(held.values()) + sum(size for _, size in self._coming.values())
        if total + length > MAX_HELD_BYTES:
            raise UsedUpError(
                "the pages hold as many files as they can. Send it later, or by `qslbench submit`."
            )
        self._coming[body] = (session, length)


def _unless_failed(body: Body, send: Send) -> Send:
    """What the application says of a body that failed is not passed on: it does not know why."""

    async def sent(message: Message) -> None:
        if body.failure is None:
            await send(message)

    return sent
