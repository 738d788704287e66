"""`qslbench season`: open and close seasons, and read the log of decisions."""

import json
from pathlib import Path

import click

from builders.core.errors import WorkError, counted
from builders.core.examples import example
from leaderboard.board.options import board_with, existing_board, on_board
from leaderboard.cells import CellKey
from leaderboard.seasons.ladder import MOST_TOLD
from leaderboard.seasons.official import parsed
from leaderboard.seasons.seasons import Season
from leaderboard.store import heads


@click.group(name="season")
def command() -> None:
    """Seasons of a board: a hidden test set, its committed labels, limits, a log."""


@command.command(
    name="open",
    epilog=example("qslbench season open 2027-1 --store board --data data --private data-private"),
)
@click.argument("name")
@click.option("--data", type=click.Path(path_type=Path), help="Public data set folder; remembered.")
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option("--cap", default=100, show_default=True, help="Valid files an account may submit.")
@click.option(
    "--told",
    default=MOST_TOLD,
    show_default=True,
    help="Scores an account is told of a config until the close, over all tasks and cells.",
)
@click.option(
    "--cell",
    "cells",
    multiple=True,
    metavar="CONFIG/TASK/N/M",
    help="An official cell, a track as a fifth part; may be given again. By default, of every "
    "config and task, all training rows and a quarter of them.",
)
@click.option("--keep", is_flag=True, help="Do nothing where the season is there already.")
@on_board
def open_(
    name: str,
    data: Path | None,
    private: Path | None,
    cap: int,
    told: int,
    cells: tuple[str, ...],
    keep: bool,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Open season NAME on data built with a new seed; prints the salted hash of its labels."""
    with board_with(store, data, private, folder) as board:
        known = board.season()
        if keep and known is not None and known.name == name:
            season = known
        else:
            official = [parsed(text) for text in cells]
            season = board.open_season(name, cap, told=told, cells=official)
    _say(season, as_json)


@command.command(name="close", epilog=example("qslbench season close --store board"))
@on_board
def close(store: str, folder: Path | None, as_json: bool) -> None:
    """Close the open season: score the private half, check the labels' hash, tell the salt."""
    with existing_board(store, folder) as board:
        season = board.close_season()
    _say(season, as_json)


@command.command(
    name="choose", epilog=example("qslbench season choose ID --account ada --store board")
)
@click.argument("id_", metavar="ID")
@click.option("--account", required=True, help="Whose submission it is.")
@on_board
def choose(id_: str, account: str, store: str, folder: Path | None, as_json: bool) -> None:
    """Let submission ID stand for its account, in the place of the one with the best told score."""
    with existing_board(store, folder) as board:
        receipt = board.choose(id_, account)
    if as_json:
        click.echo(json.dumps(receipt.to_json()))
    else:
        click.echo(f"{receipt.metadata.name} ({receipt.id}) stands for {account} now.")


@command.command(name="log", epilog=example("qslbench season log --store board"))
@on_board
def log(store: str, folder: Path | None, as_json: bool) -> None:
    """Print the decisions of the board, oldest first, after checking their hash chain."""
    with existing_board(store, folder) as board:
        entries = board.log()
    if as_json:
        click.echo(json.dumps(entries))
        return
    for entry in entries:
        what = {k: v for k, v in entry.items() if k not in ("number", "created", "kind", "sha256")}
        click.echo(f"{entry['number']} {entry['created']} {entry['kind']}: {json.dumps(what)}")


@command.command(
    name="head", epilog=example("qslbench season head --store board --key KEYFILE > head.json")
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Sign it with the secret key in this file, made if it is not there. Keep it elsewhere "
    "than the store.",
)
@on_board
def head(store: str, folder: Path | None, key: Path | None, as_json: bool) -> None:
    """Print the last entry of the log, for others to keep: `season check` compares it later."""
    del as_json  # it is JSON always
    with existing_board(store, folder) as board:
        board.log()
        last = board.log_head()
    click.echo(json.dumps(last.to_json() if key is None else heads.signed(last, key)))


@command.command(name="check", epilog=example("qslbench season check head.json --store board"))
@click.argument("noted", nargs=-1, type=click.Path(path_type=Path))
@click.option("--public-key", help="That must have signed the heads.")
@on_board
def check(
    noted: tuple[Path, ...],
    public_key: str | None,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Check the log's chain, that it holds the NOTED heads, and that scores are those logged."""
    known = {path: heads.read(path, public_key) for path in noted}
    with existing_board(store, folder) as board:
        board.log()
        for path, one in known.items():
            board.check_head(one, str(path))
        others = board.other_scores()
        length = board.log_length()
    if others:
        raise WorkError(
            f"the scores of {counted(len(others), 'submission')} are not those that the log speaks "
            f"of, first {others[:5]}. `qslbench rescore` computes them again."
        )
    if as_json:
        click.echo(json.dumps({"entries": length, "heads": len(known)}))
        return
    entries, seen = counted(length, "entry", "entries"), counted(len(known), "head")
    click.echo(f"{entries}, {seen}: the log and the scores fit.")


def _say(season: Season, as_json: bool) -> None:
    facts = season.to_json()
    if as_json:
        click.echo(json.dumps(facts))
        return
    for key, value in facts.items():
        if value is not None:
            click.echo(f"{key}: {_text(value)}")


def _text(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(str(CellKey(**v)) if isinstance(v, dict) else str(v) for v in value)
