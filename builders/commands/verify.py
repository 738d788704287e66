"""`qslbench verify DIR [--rows K]`: check a data set folder, and compute some rows again."""

import json
from functools import partial
from pathlib import Path

import click

from builders.core.errors import WorkError, counted
from builders.core.examples import example


@click.command(epilog=example("qslbench verify data --rows 5"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--rows", type=int, default=0, help="Rows of each config to compute again.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Picks these rows."
)
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of the hidden labels, where it is not beside FOLDER.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(folder: Path, rows: int, seed: int, private: Path | None, as_json: bool) -> None:
    """Check hashes, schema, counts and physics of a data set folder."""
    # The solver is imported only when a row is computed.
    from builders.building.verifying import verify

    found = verify(folder, rows, private=private, seed=seed, say=partial(click.echo, err=True))
    report = found.report
    if as_json:
        click.echo(json.dumps(found.to_json() | {"rebuilt_rows_per_config": rows}))
    else:
        click.echo(
            f"{counted(report.files, 'file')}, {counted(report.rows, 'row')}, "
            f"{counted(len(report.problems), 'problem')}"
        )
    if not report.ok:
        raise WorkError(
            f"{folder} is not what its manifest says, {counted(len(report.problems), 'problem')}:\n"
            + "\n".join(f"- {problem}" for problem in report.problems)
        )
