"""`qslbench hub`: results in the forms that the Hub reads."""

import json
from pathlib import Path
from typing import Any

import click
import yaml

from builders.core.examples import example
from builders.dataset import manifest
from leaderboard.board.options import existing_board, on_board
from leaderboard.hub import results as hub_metadata
from leaderboard.track import STANDARD


@click.group(name="hub")
def command() -> None:
    """Optional exports for the Hub; the board with its intervals is `qslbench board`."""


@command.command(name="benchmark", epilog=example("qslbench hub benchmark --data data"))
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Public folder.")
@click.option("--n", type=int, help="Training rows of the cells; default all.")
@click.option("--shots", type=int, help="Shots of each; default all that are stored.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def benchmark(data: Path, n: int | None, shots: int | None, as_json: bool) -> None:
    """Print an eval.yaml, which registers the data set as a benchmark."""
    _print(hub_metadata.benchmark(manifest.read(data), n, shots), as_json)


@command.command(
    name="results", epilog=example("qslbench hub results ID --dataset ORG/NAME --store board")
)
@click.argument("submission")
@click.option("--dataset", required=True, help="ORG/NAME of the data set on the Hub.")
@click.option("--revision", help="Commit of the data set.")
@click.option(
    "--form",
    type=click.Choice(["model-index", "eval-results"]),
    default="model-index",
    show_default=True,
    help="For the YAML of a model card, or for a file in .eval_results/.",
)
@click.option(
    "--track", default=STANDARD, show_default=True, help="Of the cells: exact, from:CONFIG, …"
)
@on_board
def results(
    submission: str,
    store: str,
    folder: Path | None,
    dataset: str,
    revision: str | None,
    form: str,
    track: str,
    as_json: bool,
) -> None:
    """Print the scores of SUBMISSION, an id on the board, as metadata of a model."""
    with existing_board(store, folder) as board:
        receipt = board.submission(submission)
    if form == "eval-results":
        _print(hub_metadata.eval_results(receipt, dataset, revision, track), as_json)
    else:
        index = hub_metadata.model_index(receipt, dataset, revision, track)
        _print({"model-index": index}, as_json)


def _print(document: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document))
    else:
        click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)
