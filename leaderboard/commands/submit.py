"""`qslbench submit`: put a file of predictions on a board."""

import json
from pathlib import Path

import click

from builders.errors import RequestError
from leaderboard.export import number
from leaderboard.records import Receipt
from leaderboard.service import Board
from leaderboard.tasks import load


@click.command(name="submit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "place", required=True, help="Folder of the board.")
@click.option("--data", type=click.Path(path_type=Path), help="Public data set folder; remembered.")
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option("--account", default="", help="Whose it is; limits of a season count by it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    file: Path,
    place: str,
    data: Path | None,
    private: Path | None,
    account: str,
    as_json: bool,
) -> None:
    """Validate and score FILE, and put it on the board in the folder given by --to."""
    if "://" in place:
        raise RequestError(
            f"--to {place!r} is a URL. Boards are reached through their folder; give that, or "
            "upload the file on the board's page."
        )
    if data is None and not Path(place).is_dir():
        raise RequestError(
            f"no board at {place}. Name the data it scores with, --data and --private, to make one."
        )
    board = Board.open(place, data, private)
    try:
        receipt = board.submit(file, account=account)
    finally:
        board.close()
    click.echo(json.dumps(receipt.to_json()) if as_json else _text(receipt))


def _text(receipt: Receipt) -> str:
    lines = [f"{receipt.metadata.name} is on the board as {receipt.id}."]
    for key, metrics in receipt.scores.items():
        primary = load(key.task).primary
        score = metrics[primary]
        said = f"{number(score)} ({score.note})" if score.note else number(score)
        lines.append(f"{key}: {primary} {said}")
    if receipt.same_predictions:
        lines.append(f"The same predictions are there as {', '.join(receipt.same_predictions)}.")
    return "\n".join(lines)
