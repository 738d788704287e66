"""`qslbench protocol NAME`: a whole grid of baselines × cells × seeds."""

import json
from pathlib import Path

import click

import baselines
from builders.core.errors import WorkError, counted
from builders.core.examples import example


@click.command(
    epilog=example("qslbench protocol gspe --data data --private data-private --out results")
)
@click.argument("name")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Data set folder.")
@click.option("--private", type=click.Path(path_type=Path), help="Hidden labels: adds scores.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True)
@click.option("--baseline", "models", multiple=True, help="Only these; all by default. Repeat it.")
@click.option("--config", "configs", multiple=True, help="Only these configs. Repeat it.")
@click.option("--task", "tasks", multiple=True, help="Only these tasks. Repeat it.")
@click.option("--n", "rows", type=int, multiple=True, help="Only so many rows. Repeat it.")
@click.option("--shots", type=int, multiple=True, help="Only so many shots a row. Repeat it.")
@click.option(
    "--tokens",
    type=click.Choice(["measured", "random", "inputs"]),
    multiple=True,
    help="Only with such tokens in place of outcomes. Repeat it.",
)
@click.option("--seeds", default=1, show_default=True, help="Model seeds 0, 1, … of each cell.")
@click.option("--workers", type=int, help="Processes; default one a processor.")
@click.option("--scheduler", help="tcp://host:port of a Dask scheduler; it sees the same files.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    name: str,
    data: Path,
    private: Path | None,
    out: Path,
    models: tuple[str, ...],
    configs: tuple[str, ...],
    tasks: tuple[str, ...],
    rows: tuple[int, ...],
    shots: tuple[int, ...],
    tokens: tuple[str, ...],
    seeds: int,
    workers: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Run protocol NAME: every baseline in every cell that the data have.

    Each job writes a submission and a record into OUT/NAME/cells; what is there already is not
    done again, so that a run that was killed goes on. The summary is OUT/NAME/summary.md.
    """
    from baselines.running.protocol_run import plan, run_plan
    from baselines.running.protocol_scores import score_plan
    from baselines.running.protocol_summary import summarise

    wanted = plan(
        name,
        data,
        out,
        models=tuple(map(baselines.named, models)) or None,
        configs=configs or None,
        tasks=tasks or None,
        rows=rows or None,
        shots=shots or None,
        tokens=tokens or None,
        seeds=seeds,
    )
    try:
        count = run_plan(wanted, workers=workers, scheduler=scheduler)
    except KeyboardInterrupt:
        raise WorkError("stopped. Finished jobs are kept: the same command goes on.") from None
    if private is not None:
        score_plan(wanted, private, workers=workers, scheduler=scheduler)
    records = summarise(wanted)
    if as_json:
        click.echo(json.dumps({"protocol": name, "new": count, "jobs": records}))
        return
    refused = sum("refused" in record for record in records)
    click.echo(f"{name}: {counted(len(records), 'job')}, {count} of them new, {refused} refused")
    click.echo(f"summary -> {wanted.folder.home / 'summary.md'}")
