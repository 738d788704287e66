"""Who calls a route that changes something."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Header, HTTPException, Request

from leaderboard.board import accounts
from leaderboard.board.service import Board
from leaderboard.refusals import SignInError

Authorization = Annotated[str | None, Header(description="Bearer TOKEN")]


def refuse_other_sites(request: Request) -> None:
    """A page of another site must not make its visitors' browsers submit to a board near them."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "files of other sites' pages are not taken.")


def account_of(board: Board, authorization: str | None) -> str:
    """The account of a request; "" where nobody has to say who asks.

    Raises:
        RequestError: no token where one is needed, or one that is not good.
    """
    if authorization is None:
        return accounts.account(board, None)
    scheme, _, text = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":  # of any case, as RFC 9110 has it
        raise SignInError("Authorization: Bearer TOKEN is needed.")
    return accounts.account(board, accounts.account_of_token(board, text.strip()))


def owner_of(board: Board, authorization: str | None) -> str:
    """As `account_of`, and somebody: whoever is nobody owns nothing that others do not.

    Raises:
        RequestError: nobody asks.
    """
    account = account_of(board, authorization)
    if not account:
        raise SignInError("entries are chosen and withdrawn by their account. Give its token.")
    return account
