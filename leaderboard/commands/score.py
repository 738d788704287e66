"""`qslbench score`: score a file of predictions against the hidden labels."""

import json
from pathlib import Path

import click

from builders.core.examples import example
from leaderboard.ranking.export import aligned_table, number
from leaderboard.scoring.scored_file import score_file
from leaderboard.scoring.scorer import CellReport
from leaderboard.submission.submission import read_submission


@click.command(name="score", epilog=example("qslbench score ridge.parquet --private data-private"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--private", required=True, type=click.Path(path_type=Path), help="Folder of hidden labels."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Public data set folder; by default the private one's name without `-private`. "
    "Without it `skill` has no value.",
)
@click.option(
    "--split", default="test", show_default=True, help="Whose rows FILE answers: test or test_ood."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(file: Path, private: Path, data: Path | None, split: str, as_json: bool) -> None:
    """Score FILE: every metric with its 95 % interval over the test rows."""
    submission = read_submission(file)
    reports = score_file(submission, private, data, split=split)
    if as_json:
        body = {
            "name": submission.metadata.name,
            "split": split,
            "predictions_sha256": submission.predictions_sha256,
            "cells": [report.to_json() for report in reports],
        }
        click.echo(json.dumps(body))
        return
    click.echo(_text(reports))


def _text(reports: list[CellReport]) -> str:
    """A table a set of metrics, since tasks may differ in theirs."""
    heads = list(dict.fromkeys(tuple(r.report.metrics) for r in reports))
    blocks = []
    for head in heads:
        lines = [
            [str(r.key), *(number(value) for value in r.report.metrics.values())]
            for r in reports
            if tuple(r.report.metrics) == head
        ]
        blocks.append(aligned_table([["cell", *head], *lines]))
    notes = {value.note for r in reports for value in r.report.metrics.values() if value.note}
    said = [f"{report.key}: {words}" for report in reports for words in report.report.words()]
    return "\n\n".join([*blocks, *(f"- : {note}" for note in sorted(notes)), *said])
