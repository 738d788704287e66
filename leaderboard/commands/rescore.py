"""`qslbench rescore`: compute a board's scores again from its stored predictions."""

import json
from pathlib import Path

import click

from builders.core.examples import example
from leaderboard.board.options import existing_board, on_board
from leaderboard.board.rescoring import rescore


@click.command(name="rescore", epilog=example("qslbench rescore --store board"))
@on_board
def command(store: str, folder: Path | None, as_json: bool) -> None:
    """Score every submission of the latest season again; says whose numbers changed."""
    with existing_board(store, folder) as board:
        changed = rescore(board)
    if as_json:
        click.echo(json.dumps({"changed": changed}))
    else:
        click.echo("\n".join(changed) if changed else "Every number is as it was.")
