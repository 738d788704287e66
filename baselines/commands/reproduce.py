"""`qslbench reproduce [TABLE]`: published tables, theirs and ours."""

import json
from pathlib import Path

import click

from builders.core.examples import example


@click.command(
    epilog=example("qslbench reproduce correlations --config heisenberg_1d_n048 --method Ridge")
)
@click.argument("table", required=False)
@click.option("--config", "configs", multiple=True, help="Only this config. Repeat it.")
@click.option("--method", "methods", multiple=True, help="Only this method. Repeat it.")
@click.option("--seeds", default=1, show_default=True, help="Model seeds 0, 1, … of each line.")
@click.option("--workers", type=int, help="Processes; default one a processor.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reproduced"), show_default=True,
    help="Folder of the data and of all results; what is there is not done again.",
)  # fmt: skip
@click.option("--record", type=click.Path(path_type=Path), help="Put ours into this JSON file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    table: str | None,
    configs: tuple[str, ...],
    methods: tuple[str, ...],
    seeds: int,
    workers: int | None,
    out: Path,
    record: Path | None,
    as_json: bool,
) -> None:
    """Make a published TABLE again and print theirs beside ours; without TABLE, list them.

    Data are built with a fixed seed: they are another draw from the distribution of the paper. A
    number that is further than 5 % from what the project has on record ends the command with
    status 1.
    """
    from baselines import tables
    from baselines.running import reproduce as run
    from builders.core.errors import WorkError
    from leaderboard.ranking.export import aligned_table

    if table is None:
        lines = [["table", "lines", "source", "configs"]]
        for name in tables.names():
            found = tables.load(name)
            lines.append([name, str(len(found.published)), found.source, ", ".join(found.configs)])
        click.echo(aligned_table(lines))
        return
    seconds = run.recorded_seconds(table, configs, methods)
    if seconds is not None:
        click.echo(f"On record the models took {seconds:.0f} CPU s, data aside.", err=True)
    found_lines = run.reproduce(
        table, out, configs=configs, methods=methods, seeds=seeds, workers=workers
    )
    if record is not None:
        run.write_record(record, found_lines)
    if as_json:
        body = [
            {
                **line.point.key._asdict(), "method": line.point.method,
                "metric": line.point.metric, "source": line.point.source,
                "published": line.point.value, "baseline": line.baseline, "value": line.value,
                "low": line.low, "high": line.high, "seeds": line.seeds,
                "recorded": line.recorded,
            }
            for line in found_lines
        ]  # fmt: skip
        click.echo(json.dumps({"table": table, "lines": body}))
    else:
        head = ["config", "method", "n", "M", "metric", "published", "here", "95 %", "%", "record"]
        shown = [
            [
                line.point.key.config, line.point.method, str(line.point.key.n),
                str(line.point.key.shots), line.point.metric, f"{line.point.value:.4f}",
                f"{line.value:.4f}", f"{line.low:.4f} - {line.high:.4f}",
                f"{100.0 * (line.value / line.point.value - 1.0):+.1f}",
                "-" if line.recorded is None else f"{line.recorded:.4f}",
            ]
            for line in found_lines
        ]  # fmt: skip
        click.echo(aligned_table([head, *shown]))
    differing = [line for line in found_lines if line.differs]
    if differing:
        named = ", ".join(f"{x.point.key.config} {x.point.method}" for x in differing)
        raise WorkError(f"{len(differing)} lines differ from the record by more than 5 %: {named}.")
