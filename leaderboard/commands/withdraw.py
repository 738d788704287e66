"""`qslbench withdraw`: take a submission out of the rankings."""

import json
from pathlib import Path

import click

from builders.core.examples import example
from leaderboard.board.options import existing_board, on_board
from leaderboard.board.withdrawal import withdraw


@click.command(
    name="withdraw", epilog=example('qslbench withdraw ID --store board --reason "other seed"')
)
@click.argument("id_", metavar="ID")
@click.option("--account", help="Whose it must be; by default it is yours to decide, as operator.")
@click.option("--reason", default="", help="One line for the public log.")
@on_board
def command(
    id_: str, account: str | None, reason: str, store: str, folder: Path | None, as_json: bool
) -> None:
    """Take submission ID out of every ranking, for good; it stays in the log and is counted."""
    with existing_board(store, folder) as board:
        receipt = withdraw(board, id_, account, reason)
    if as_json:
        click.echo(json.dumps(receipt.to_json()))
    else:
        click.echo(f"{receipt.metadata.name} ({receipt.id}) is withdrawn from the rankings.")
