"""`qslbench intake`: take submissions from pull requests on the Hub."""

import json
import time
from pathlib import Path

import click

from builders.core.errors import RequestError, WorkError
from builders.core.examples import example
from builders.core.names import check_repo
from leaderboard.board.options import board_with, on_board
from leaderboard.board.service import Board
from leaderboard.hub.intake import Verdict, take_in
from leaderboard.web.serve import stopped_by_signals


@click.command(
    name="intake",
    epilog=example("qslbench intake --repo ORG/SUBMISSIONS --store board --every 600"),
)
@click.option("--repo", required=True, help="ORG/NAME of the data-set repository of submissions.")
@click.option("--data", type=click.Path(path_type=Path), help="Public data set folder; remembered.")
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option("--every", type=float, help="Seconds between passes; one pass by default.")
@on_board
def command(
    repo: str,
    data: Path | None,
    private: Path | None,
    every: float | None,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Score every open pull request of --repo; what is accepted goes on the main branch."""
    if every is not None and (as_json or not every > 0):
        raise RequestError(
            f"--every {every:g}: a number of seconds above 0, and without --json, which prints one "
            "document at the end."
        )
    check_repo(repo)
    with board_with(store, data, private, folder) as board, stopped_by_signals():
        while True:
            verdicts = _pass(board, repo, quiet=as_json)
            if every is None:
                break
            time.sleep(every)
    if as_json:
        click.echo(json.dumps({"pull_requests": [verdict.to_json() for verdict in verdicts]}))
    failed = [verdict.number for verdict in verdicts if verdict.failed]
    if failed:
        raise WorkError(f"pull requests {failed} of {repo} failed and stay open; run it again.")


def _pass(board: Board, repo: str, *, quiet: bool) -> list[Verdict]:
    from huggingface_hub import HfApi

    verdicts = []
    for verdict in take_in(board, HfApi(), repo):
        verdicts.append(verdict)
        if not quiet:
            click.echo(_text(verdict))
    return verdicts


def _text(verdict: Verdict) -> str:
    if verdict.failed:
        return f"#{verdict.number} by {verdict.author}: stays open. {verdict.reason}"
    if verdict.receipt is None:
        return f"#{verdict.number} by {verdict.author}: refused. {verdict.reason}"
    return f"#{verdict.number} by {verdict.author}: on the board as {verdict.receipt.id}."
