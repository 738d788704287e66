"""`qslbench token`: who may submit to a running board."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from builders.errors import RequestError
from leaderboard import accounts
from leaderboard.accounts import Token
from leaderboard.export import table
from leaderboard.service import Board


@click.group(name="token")
def command() -> None:
    """Tokens, with which accounts submit to a running board over HTTP."""


def _on_board(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which board."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option(
            "--folder",
            type=click.Path(path_type=Path),
            help="Where predictions are kept; needed with a database URL.",
        ),
        click.option(
            "--store", default="board", show_default=True, help="Folder, or a database URL."
        ),
    ):
        function = option(function)
    return function


@command.command(name="create")
@click.argument("account")
@click.option("--expires", type=int, metavar="DAYS", help="Refused after so many days.")
@_on_board
def create(
    account: str, expires: int | None, store: str, folder: Path | None, as_json: bool
) -> None:
    """Make a token for ACCOUNT and print it; it is not kept and cannot be shown again."""
    with _existing(store, folder) as board:
        token, text = accounts.create_token(board, account, expires)
    click.echo(json.dumps(token.to_json() | {"token": text}) if as_json else text)


@command.command(name="list")
@_on_board
def list_(store: str, folder: Path | None, as_json: bool) -> None:
    """List all tokens, without their secrets."""
    with _existing(store, folder) as board:
        found = accounts.tokens(board)
    if as_json:
        click.echo(json.dumps([token.to_json() for token in found]))
    elif found:
        click.echo(_text(found))


@command.command(name="revoke")
@click.argument("id_", metavar="ID")
@_on_board
def revoke(id_: str, store: str, folder: Path | None, as_json: bool) -> None:
    """Refuse the token with this ID from now on."""
    with _existing(store, folder) as board:
        token = accounts.revoke_token(board, id_)
    if as_json:
        click.echo(json.dumps(token.to_json()))
    else:
        click.echo(f"Token {token.id} of {token.account} is revoked.")


@contextmanager
def _existing(store: str, folder: Path | None) -> Iterator[Board]:
    if "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Give its folder with --store.")
    board = Board.open(store, folder=folder)
    try:
        yield board
    finally:
        board.close()


def _text(found: list[Token]) -> str:
    facts = [token.to_json() for token in found]
    return table([list(facts[0]), *([value or "-" for value in line.values()] for line in facts)])
