"""A feed of new entries in the Atom format (RFC 4287), for people who follow the board."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Request
from fastapi.responses import Response

from leaderboard.api.answers import documented
from leaderboard.board.service import Board
from leaderboard.store.entries import Head
from leaderboard.store.records import utc

MOST = 50
TYPE = "application/atom+xml"
router = APIRouter()
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {TYPE: {}}}, **documented(503)}


@router.get("/feed", response_class=Response, responses=_ANSWERS)
def feed(request: Request) -> Response:
    """The entries that came last, the latest first, as Atom."""
    board: Board = request.app.state.board()
    heads = board.heads(max(0, board.store.last_number() - MOST))[::-1][:MOST]
    heads = [head for head in heads if not head.withdrawn]
    url = str(request.base_url).rstrip("/").removesuffix("/api")
    return Response(atom(heads, url), media_type=TYPE)


def atom(heads: Sequence[Head], url: str) -> str:
    """The document.

    Args:
        heads: the latest first.
        url: of the board, without a slash at the end.
    """
    updated = utc(heads[0].created) if heads else "1970-01-01T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>qslbench: new entries</title>'
        f"<id>{escape(url)}/api/feed</id><updated>{updated}</updated>"
        "<author><name>qslbench</name></author>"
        f'<link rel="self" href={quoteattr(f"{url}/api/feed")}/>'
        f"<link href={quoteattr(url)}/>{''.join(_entry(head, url) for head in heads)}</feed>\n"
    )


def _entry(head: Head, url: str) -> str:
    about = head.metadata
    season = f", season {head.season}" if head.season else ""
    return (
        f"<entry><title>{escape(about.name)}</title><id>urn:qslbench:entry:{head.id}</id>"
        f"<updated>{utc(head.created)}</updated>"
        f"{''.join(f'<author><name>{escape(name)}</name></author>' for name in about.authors)}"
        f"<link href={quoteattr(f'{url}/entry?id={head.id}')}/>"
        f"<summary>{escape(about.entry_class + season)}</summary></entry>"
    )
