"""The HTTP interface as an ASGI application, which `leaderboard.asgi` mounts under /api."""

from collections.abc import Awaitable, Callable
from functools import cache

from fastapi import FastAPI, Request, Response

from leaderboard.api import inbox, lookups
from leaderboard.api.answers import handle_errors
from leaderboard.api.limits import BodyLimit, Throttle
from leaderboard.service import Board

DESCRIPTION = """\
Read everything that the board shows, and submit files of predictions. Whoever may submit without
signing in needs no token. Refusals are JSON, `{"error": "what is wrong and what to do"}`.
"""


def application(opened: Callable[[], Board]) -> FastAPI:
    """The application.

    `/openapi.json` describes it; the page `/docs` shows that description with scripts from a
    public server, so that it needs the internet, and nothing else does.

    Args:
        opened: opens the board; called once, by the first request that needs it.
    """
    api = FastAPI(title="qslbench board", description=DESCRIPTION, redoc_url=None)
    api.state.board = cache(opened)
    api.state.throttle = Throttle()
    api.state.at_once = 0
    api.include_router(lookups.router)
    api.include_router(inbox.router)
    handle_errors(api)
    api.middleware("http")(_as_declared)
    api.add_middleware(BodyLimit)
    return api


async def _as_declared(
    request: Request, call: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Browsers must not guess that an answer holds a page."""
    response = await call(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
