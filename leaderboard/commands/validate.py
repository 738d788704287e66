"""`qslbench validate`: check that a file of predictions is complete and readable."""

import json
from pathlib import Path

import click

from builders.core.errors import counted
from builders.core.examples import example
from builders.dataset import manifest
from leaderboard.submission.submission import read_submission
from leaderboard.submission.validate import validate


@click.command(name="validate", epilog=example("qslbench validate ridge.parquet --data data"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="Public data set folder."
)
@click.option(
    "--split", default="test", show_default=True, help="Whose rows FILE answers: test or test_ood."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(file: Path, data: Path, split: str, as_json: bool) -> None:
    """Check FILE, Parquet or CSV, against the data set it answers."""
    submission = read_submission(file)
    manifest.check_visibility(manifest.read(data), data, "public")
    validate(submission, data, split)
    if as_json:
        cells = [
            {**key._asdict(), "rows": len(answer.row_id)}
            for key, answer in submission.cells.items()
        ]
        click.echo(json.dumps({"file": str(file), "valid": True, "cells": cells}))
        return
    for key, answer in submission.cells.items():
        click.echo(f"{key}: {counted(len(answer.row_id), 'row')}")
    click.echo(
        f"{file} is valid: {submission.metadata.name}, {counted(len(submission.cells), 'cell')}."
    )
