"""`qslbench rescore`: compute a board's scores again from its stored predictions."""

import json
from pathlib import Path

import click

from builders.errors import RequestError
from leaderboard.rescoring import rescore
from leaderboard.service import Board


@click.command(name="rescore")
@click.option("--store", default="board", show_default=True, help="Folder, or a database URL.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where predictions are kept; needed with a database URL.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(store: str, folder: Path | None, as_json: bool) -> None:
    """Score every submission of the latest season again; says whose numbers changed."""
    if "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Give its folder with --store.")
    board = Board.open(store, folder=folder)
    try:
        changed = rescore(board)
    finally:
        board.close()
    if as_json:
        click.echo(json.dumps({"changed": changed}))
    else:
        click.echo("\n".join(changed) if changed else "Every number is as it was.")
