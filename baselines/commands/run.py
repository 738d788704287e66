"""`qslbench run BASELINE`: fit a baseline to a cell and write its predictions."""

import json
from pathlib import Path

import click

import baselines
from builders.core.errors import RequestError
from builders.core.examples import example
from builders.dataset import manifest
from builders.dataset.config import Config


@click.command(
    epilog=example(
        "qslbench run ridge --data data --config tfim_1d_n048 --task correlation \\",
        "    --n 100 --shots 64 --out ridge.parquet",
    )
)
@click.argument("baseline")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Data set folder.")
@click.option("--config", required=True, help="Such as tfim_1d_n048.")
@click.option("--task", required=True, help="Such as correlation.")
@click.option("--n", "n", type=int, required=True, help="Training rows, the first ones.")
@click.option(
    "--shots",
    type=int,
    help="Shots a row, the first ones; needed where a row holds several, and there alone.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the model.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Of the model. Repeat it."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Parquet file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    baseline: str,
    data: Path,
    config: str,
    task: str,
    n: int,
    shots: int | None,
    seed: int,
    settings: tuple[str, ...],
    out: Path,
    as_json: bool,
) -> None:
    """Run BASELINE, a name or the file of a model of yours such as ./my_model.py, on one cell, and
    write its predictions for the test rows to --out.

    `--set depth=8` sets a keyword of the model's constructor: `qslbench list baselines --json`
    says which ones there are.
    """
    baseline = baselines.named(baseline)
    if seed < 0:
        raise RequestError(f"--seed {seed}: give 0 or more.")
    if out.suffix != ".parquet":
        raise RequestError(f"--out {out}: give a file whose name ends in .parquet.")
    if shots is None:
        record = Config.parse(config).family.record
        if record.has_copies:
            raise RequestError(f"--shots is missing: rows of {config} hold many. Say how many.")
        shots = record.default_shots
    manifest.check_visibility(manifest.read(data), data, "public")
    from baselines.running.run import run

    metadata = run(baseline, data, config, task, n, shots, seed=seed, settings=settings, out=out)
    if as_json:
        click.echo(json.dumps({"out": str(out), "metadata": metadata.model_dump(mode="json")}))
        return
    latency = 1e6 * (metadata.row_seconds or 0.0)
    click.echo(
        f"{metadata.name}: {metadata.parameters} parameters, {metadata.train_seconds:.2f} s, "
        f"{latency:.3g} µs a test row on one core"
    )
    click.echo(f"predictions -> {out}")
