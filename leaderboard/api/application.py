"""The HTTP interface as an ASGI application, which `leaderboard.asgi` mounts under /api."""

from collections.abc import Callable
from functools import cache

from fastapi import FastAPI

from leaderboard.service import Board


def application(opened: Callable[[], Board]) -> FastAPI:
    """The application.

    Args:
        opened: opens the board; called once, by the first request that needs it.
    """
    api = FastAPI(title="qslbench board")
    api.state.board = cache(opened)
    return api
