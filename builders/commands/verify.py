"""`qslbench verify DIR [--rows K]`: check a data set folder, and compute some rows again."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from builders.core.errors import WorkError, counted
from builders.core.examples import example
from builders.dataset import manifest
from builders.folders.loading import read_texts
from builders.folders.remade import remade_texts
from builders.folders.verify import Rebuild, Verification, verify_folder, verify_rows


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
    if private is not None:
        manifest.check_visibility(manifest.read(private), private, "private")
    report = verify_folder(folder, private)
    left: list[str] = []
    compared: list[str] = []
    if rows and report.ok:
        report, left, compared = _rebuild(report, rows, seed, private)
    if as_json:
        more = {"rebuilt_rows_per_config": rows, "not_rebuilt": left, "compared": compared}
        click.echo(json.dumps(report.to_json() | more))
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


def _rebuild(
    report: Verification, rows: int, seed: int, private: Path | None
) -> tuple[Verification, list[str], list[str]]:
    """The report with what rows computed again add, the configs that cannot be computed, and what
    was compared beside rows, in words.
    """
    # The solver is imported only when a row is computed.
    from builders.building.blocks import rebuild_rows
    from builders.building.importing import rebuilder

    problems, left, compared = report.problems, [], []
    folder_manifest = manifest.read(report.folder)
    for config, entry in folder_manifest.configs.items():
        texts = read_texts(report.folder, folder_manifest, config) or None
        rebuild: Rebuild | None = partial(rebuild_rows, solver=entry.solver, texts=texts)
        if entry.imported is not None:
            rebuild = rebuilder(report.folder, folder_manifest, config)
        if rebuild is None:
            click.echo(f"{config}: imported, its rows cannot be computed again here", err=True)
            left.append(config)
            continue
        click.echo(f"{config}: computing {counted(rows, 'row')} again", err=True)
        more = verify_rows(report.folder, config, rows, rebuild, seed=seed, private=private)
        wrong, said = remade_texts(report.folder, config)
        for line in said:
            click.echo(line, err=True)
        compared += said
        problems += (*more.problems, *wrong)
    return replace(report, problems=problems), left, compared
