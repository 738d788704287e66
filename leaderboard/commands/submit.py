"""`qslbench submit`: put a file of predictions on a board."""

import json
from pathlib import Path

import click

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.ranking.export import number
from leaderboard.store.records import Receipt
from leaderboard.tasks import load
from leaderboard.web import remote


@click.command(name="submit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "place", required=True, help="Folder of the board, or the web address of a running one."
)
@click.option("--data", type=click.Path(path_type=Path), help="Public data set folder; remembered.")
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option("--account", default="", help="Whose it is; limits of a season count by it.")
@click.option(
    "--token",
    envvar="QSLBENCH_TOKEN",
    help="For a web address; better in QSLBENCH_TOKEN, which other users cannot see.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    file: Path,
    place: str,
    data: Path | None,
    private: Path | None,
    account: str,
    token: str | None,
    as_json: bool,
) -> None:
    """Validate and score FILE, and put it on the board given by --to."""
    if "://" in place:
        if data or private or account:
            raise RequestError(
                f"--to {place!r} is a running board, which knows its data and, by the token, the "
                "account. Leave out --data, --private and --account."
            )
        receipt = remote.submit(place, file, token)
    else:
        receipt = _in_folder(file, place, data, private, account)
    click.echo(json.dumps(receipt.to_json()) if as_json else _text(receipt))


def _in_folder(
    file: Path, place: str, data: Path | None, private: Path | None, account: str
) -> Receipt:
    if data is None and not Path(place).is_dir():
        raise RequestError(
            f"no board at {place}. Name the data it scores with, --data and --private, to make one."
        )
    board = Board.open(place, data, private)
    try:
        return board.submit(file, account=account)
    finally:
        board.close()


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
