"""The HTTP interface as an ASGI application, which `leaderboard.asgi` mounts under /api."""

from collections.abc import Callable
from functools import cache
from threading import Lock

from fastapi import FastAPI

from leaderboard.api import data, feed, inbox, lookups, owners, page
from leaderboard.api.answers import handle_errors
from leaderboard.api.bodies import Slots
from leaderboard.api.door import Headers
from leaderboard.api.limits import MAX_BODY, BodyLimit, Throttle, Turns
from leaderboard.board.service import Board

DESCRIPTION = """\
Read everything that the board shows, and submit files of predictions. Whoever may submit without
signing in needs no token. Refusals are JSON, `{"error": "what is wrong and what to do"}`.
"""


def application(opened: Callable[[], Board], max_body: int = MAX_BODY) -> FastAPI:
    """The application.

    `/openapi.json` describes it, and the pages `/` and `/docs` show that description.

    Args:
        opened: opens the board; called once, by the first request that needs it.
        max_body: bytes that a body may have.
    """
    api = FastAPI(title="qslbench board", description=DESCRIPTION, docs_url=None, redoc_url=None)
    api.state.board = _once(opened)
    api.state.throttle = Throttle()
    api.state.slots = Slots()
    api.state.turns = Turns()
    api.include_router(lookups.router)
    api.include_router(inbox.router)
    api.include_router(owners.router)
    api.include_router(data.router)
    api.include_router(feed.router)
    api.include_router(page.router)
    handle_errors(api)
    api.add_middleware(Headers)
    api.add_middleware(BodyLimit, most=max_body)
    return api


def _once(opened: Callable[[], Board]) -> Callable[[], Board]:
    """The board that the first call opens; others wait for it, where `cache` alone would let two
    threads open one each.
    """
    lock, board = Lock(), cache(opened)

    def get() -> Board:
        with lock:
            return board()

    return get
