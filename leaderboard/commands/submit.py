"""`qslbench submit`: put a file of predictions on a board."""

import json
from pathlib import Path

import click

from builders.core.examples import example
from leaderboard.board.options import on_board
from leaderboard.ranking.export import number
from leaderboard.store.records import Receipt
from leaderboard.tasks import load
from leaderboard.web.submitting import submit


@click.command(
    name="submit", epilog=example("qslbench submit ridge.parquet --store board --data data")
)
@click.argument("file", type=click.Path(path_type=Path))
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
@on_board
def command(
    file: Path,
    data: Path | None,
    private: Path | None,
    account: str,
    token: str | None,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Validate and score FILE, and put it on the board given by --store.

    That is a folder, a database URL, or the web address of a running board.
    """
    receipt = submit(
        *(file, store),
        data=data,
        private=private,
        account=account,
        token=token,
        folder=folder,
    )
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
