"""POST /submissions/{id}/choose and /withdraw: what an account does with its entries."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from leaderboard.api.answers import documented
from leaderboard.api.callers import Authorization, owner_of, refuse_other_sites
from leaderboard.api.lookups import Id, Ours
from leaderboard.board.withdrawal import MAX_REASON, withdraw

router = APIRouter(responses=documented(401, 403, 404, 409, 422, 503))


@router.post("/submissions/{id}/choose")
def choose(
    request: Request,
    board: Ours,
    id: Id,  # noqa: A002
    authorization: Authorization = None,
) -> JSONResponse:
    """Let a submission stand for the account of the token in the rankings, while its season is
    open; the last choice counts. The answer is its receipt.
    """
    refuse_other_sites(request)
    return JSONResponse(board.choose(id, owner_of(board, authorization)).to_json())


@router.post("/submissions/{id}/withdraw")
def take_out(
    request: Request,
    board: Ours,
    id: Id,  # noqa: A002
    reason: Annotated[str, Query(max_length=MAX_REASON, description="For the log.")] = "",
    authorization: Authorization = None,
) -> JSONResponse:
    """Take a submission of the account out of every ranking, for good. It stays in the log, and
    counts as a file of the season.
    """
    refuse_other_sites(request)
    return JSONResponse(withdraw(board, id, owner_of(board, authorization), reason).to_json())
