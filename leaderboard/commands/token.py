"""`qslbench token`: who may submit to a running board."""

import json
from pathlib import Path

import click

from builders.core.examples import example
from leaderboard.board import accounts
from leaderboard.board.options import existing_board, on_board
from leaderboard.ranking.export import aligned_table
from leaderboard.store.facts import Token


@click.group(name="token")
def command() -> None:
    """Tokens, with which accounts submit to a running board over HTTP."""


@command.command(
    name="create", epilog=example("qslbench token create ada --expires 30 --store board")
)
@click.argument("account")
@click.option("--expires", type=int, metavar="DAYS", help="Refused after so many days.")
@on_board
def create(
    account: str, expires: int | None, store: str, folder: Path | None, as_json: bool
) -> None:
    """Make a token for ACCOUNT and print it; it is not kept and cannot be shown again."""
    with existing_board(store, folder) as board:
        token, text = accounts.create_token(board, account, expires)
    click.echo(json.dumps(token.to_json() | {"token": text}) if as_json else text)


@command.command(name="list", epilog=example("qslbench token list --store board"))
@on_board
def list_(store: str, folder: Path | None, as_json: bool) -> None:
    """List all tokens, without their secrets."""
    with existing_board(store, folder) as board:
        tokens = accounts.tokens(board)
    if as_json:
        click.echo(json.dumps([token.to_json() for token in tokens]))
    elif tokens:
        click.echo(_text(tokens))


@command.command(name="revoke", epilog=example("qslbench token revoke ID --store board"))
@click.argument("id_", metavar="ID")
@on_board
def revoke(id_: str, store: str, folder: Path | None, as_json: bool) -> None:
    """Refuse the token with this ID from now on."""
    with existing_board(store, folder) as board:
        token = accounts.revoke_token(board, id_)
    if as_json:
        click.echo(json.dumps(token.to_json()))
    else:
        click.echo(f"Token {token.id} of {token.account} is revoked.")


def _text(tokens: list[Token]) -> str:
    facts = [token.to_json() for token in tokens]
    return aligned_table(
        [list(facts[0]), *([value or "-" for value in line.values()] for line in facts)]
    )
