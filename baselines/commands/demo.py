"""`qslbench demo`: from nothing to a ranking, on real data."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from builders.core import extras
from builders.core.examples import example
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.ranking.export import aligned_table, ranking_json
from leaderboard.store.records import Row

PORT = 8501


@click.command(epilog=example("qslbench demo --open"))
@click.option("--out", "home", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--workers", type=int, help="Processes; default one a processor.")
@click.option("--open", "show", is_flag=True, help="Start the board at the end.")
@click.option("--port", type=int, default=PORT, show_default=True, help="Port of the board.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(
    ctx: click.Context, home: Path, workers: int | None, show: bool, port: int, as_json: bool
) -> None:
    """Build small data sets, run five baselines, submit and rank them.

    Everything is kept in the folder `demo`; what is there already is not done again.
    """
    extras.need("baselines", *(["app"] if show else []))
    from baselines.running.demo import Folders, run_demo

    started = time.perf_counter()
    folders = Folders(home)
    board = run_demo(folders, workers)
    try:
        rankings = {key: board.ranking(*key) for key in board.cells()}
    finally:
        board.close()
    start = (
        f"qslbench board --data {folders.data} --private {folders.private} --store {folders.store}"
    )
    if as_json:
        documents = [ranking_json(key, rows) for key, rows in rankings.items()]
        click.echo(json.dumps({"rankings": documents, "board": start}))
    else:
        for task in tasks.names():
            for config in sorted({key.config for key in rankings}):
                if overview := _overview(config, task, rankings):
                    click.echo(overview)
        click.echo(f"{time.perf_counter() - started:.0f} s. Everything is in {home}/.")
        click.echo(f"The board: {start} --port {port}, then http://localhost:{port}")
    if show:
        from leaderboard.commands.board import command as board_command

        place = {"data": folders.data, "private": folders.private, "store": str(folders.store)}
        ctx.invoke(board_command, port=port, open_browser=True, **place)


def _overview(config: str, task: str, rankings: Mapping[CellKey, Sequence[Row]]) -> str:
    """One line a submission: the primary metric at every n, interval and gain at the largest."""
    keys = sorted(key for key in rankings if (key.config, key.task) == (config, task))
    if not keys:
        return ""
    metric, gain = tasks.load(task).primary, tasks.load(task).upward
    scores = {key: {row.id: row.score.value for row in rankings[key]} for key in keys}
    head = ["rank", "baseline", *(f"n={key.n}" for key in keys), "95 % interval", gain]
    lines = [
        [
            str(row.rank),
            row.name,
            *(_short(scores[key].get(row.id)) for key in keys),
            f"{_short(row.score.low)} - {_short(row.score.high)}",
            _short(row.metrics[gain].value),
        ]
        for row in rankings[keys[-1]]
    ]
    return f"{config}, {task}, M={keys[-1].shots}, {metric}\n{aligned_table([head, *lines])}\n"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
