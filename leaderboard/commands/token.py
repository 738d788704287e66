"""`qslbench token`: who may submit to a running board."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from builders.core.errors import RequestError
from builders.core.examples import example
from leaderboard.board import accounts
from leaderboard.board.options import existing_board, on_board
from leaderboard.ranking.export import aligned_table, lines_csv
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


@command.command(
    name="add",
    epilog=example("qslbench token add students.txt --expires 30 --out tokens.csv --store board"),
)
@click.argument("names", required=False, type=click.Path(path_type=Path))
@click.option("--count", type=int, help="So many accounts, numbered: PREFIX-01, PREFIX-02, …")
@click.option("--prefix", default="team", show_default=True, help="Of numbered accounts.")
@click.option("--expires", type=int, metavar="DAYS", help="Refused after so many days.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the CSV here, for you alone.")
@on_board
def add(
    names: Path | None,
    count: int | None,
    prefix: str,
    expires: int | None,
    out: Path | None,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Make a token for every account of the file NAMES, one a line, or for --count numbered ones.

    Prints CSV of account, token and id. The tokens are not kept and cannot be shown again. All are
    made, or none.
    """
    if (names is None) == (count is None):
        raise RequestError("give a file with one account a line, or --count; not both.")
    asked = _lines(names) if names is not None else accounts.numbered(prefix, count or 0)
    with existing_board(store, folder) as board, _opened(out) as stream:
        made = accounts.create_tokens(board, asked, expires)
        lines = [{"account": t.account, "token": text, "id": t.id} for t, text in made]
        stream.write(json.dumps(lines) + "\n" if as_json else lines_csv(lines))
    if out is not None:
        click.echo(f"{len(made)} tokens are in {out}.", err=True)


def _lines(path: Path) -> list[str]:
    """The lines of a file that are not empty."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read as text in UTF-8: {error}") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


@contextmanager
def _opened(out: Path | None) -> Iterator[IO[str]]:
    """Where the tokens go, opened before any is made: they are shown once."""
    if out is None:
        yield sys.stdout
        return
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RequestError(
            f"--out {out} cannot be made: {error.strerror}. Give a new file in a folder that is "
            "there."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
    except BaseException:
        out.unlink(missing_ok=True)
        raise


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
