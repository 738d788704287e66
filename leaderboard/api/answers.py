"""Refusals and failures as JSON, `{"error": …}`, each with its HTTP status."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from builders.core.errors import RequestError, UnknownError, WorkError
from leaderboard.refusals import (
    AwayError,
    ConflictError,
    SignInError,
    TooLargeError,
    TooSlowError,
    UsedUpError,
)

STATUS: Mapping[type[Exception], int] = {
    UnknownError: 404,
    ConflictError: 409,
    TooSlowError: 408,
    TooLargeError: 413,
    UsedUpError: 429,
    SignInError: 401,
    RequestError: 422,
    AwayError: 503,
    WorkError: 500,
}
FAILED = "the board could not do its work; its operator finds the reason in the log of the server."
AWAY = "the board's database does not answer now, and nothing was changed. Try it again later."
_HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    408: {"Connection": "close"},
    429: {"Retry-After": "60"},
    503: {"Retry-After": "60"},
}
_log = logging.getLogger(__name__)


class ErrorBody(BaseModel):
    """What every refusal answers with.

    Attributes:
        error: what was given, what is allowed, what to do.
    """

    error: str


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route for its description."""
    return {status: {"model": ErrorBody} for status in statuses}


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal or failure: that of its nearest kind."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer(status: int, body: Mapping[str, Any]) -> JSONResponse:
    """A JSON answer with the headers that its status asks for."""
    return JSONResponse(dict(body), status, headers=_HEADERS.get(status))


def handle_errors(api: FastAPI) -> None:
    """Let every error of the routes answer in JSON."""
    api.add_exception_handler(RequestError, _on_request)
    api.add_exception_handler(RequestValidationError, _on_parameters)
    for status in (400, 403, 404, 405, 415):  # of the router, of the form parser and of ours
        api.add_exception_handler(status, _on_http)
    api.add_exception_handler(WorkError, _on_failure)
    api.add_exception_handler(Exception, _on_failure)


async def _on_request(_request: Request, error: Exception) -> JSONResponse:
    return answer(status_of(error), {"error": str(error)})


async def _on_parameters(_request: Request, error: Exception) -> JSONResponse:
    faults = cast(RequestValidationError, error).errors()
    words = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults]
    return answer(422, {"error": "; ".join(words)})


async def _on_http(_request: Request, error: Exception) -> JSONResponse:
    http_error = cast(HTTPException, error)
    return JSONResponse(
        {"error": str(http_error.detail)}, http_error.status_code, headers=http_error.headers
    )


async def _on_failure(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, AwayError):
        _log.error("%s", error)
        return answer(status_of(error), {"error": AWAY})
    _log.error("the HTTP interface failed", exc_info=error)
    return answer(500, {"error": FAILED})
