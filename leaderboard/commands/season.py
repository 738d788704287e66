"""`qslbench season`: open and close seasons, and read the log of decisions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from builders.errors import RequestError
from leaderboard.seasons import Season
from leaderboard.service import Board


@click.group(name="season")
def command() -> None:
    """Seasons of a board: a hidden test set, its committed labels, limits, a log."""


def _on_board(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which board."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option(
            "--folder",
            type=click.Path(path_type=Path),
            help="Where predictions are kept; needed with a database URL.",
        ),
        click.option(
            "--store", default="board", show_default=True, help="Folder, or a database URL."
        ),
    ):
        function = option(function)
    return function


@command.command(name="open")
@click.argument("name")
@click.option("--data", type=click.Path(path_type=Path), help="Public data set folder; remembered.")
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Folder of hidden labels; `<data>-private` by default; remembered.",
)
@click.option("--cap", default=100, show_default=True, help="Valid files an account may submit.")
@_on_board
def open_(
    name: str,
    data: Path | None,
    private: Path | None,
    cap: int,
    store: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Open season NAME on data built with a new seed; prints the salted hash of its labels."""
    if data is None and "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Name its data with --data to make one.")
    board = Board.open(store, data, private, folder=folder)
    try:
        season = board.open_season(name, cap)
    finally:
        board.close()
    _say(season, as_json)


@command.command(name="close")
@_on_board
def close(store: str, folder: Path | None, as_json: bool) -> None:
    """Close the open season: score the private half, check the labels' hash, tell the salt."""
    board = _existing(store, folder)
    try:
        season = board.close_season()
    finally:
        board.close()
    _say(season, as_json)


@command.command(name="log")
@_on_board
def log(store: str, folder: Path | None, as_json: bool) -> None:
    """Print the decisions of the board, oldest first, after checking their hash chain."""
    board = _existing(store, folder)
    try:
        entries = board.log()
    finally:
        board.close()
    if as_json:
        click.echo(json.dumps(entries))
        return
    for entry in entries:
        what = {k: v for k, v in entry.items() if k not in ("number", "created", "kind", "sha256")}
        click.echo(f"{entry['number']} {entry['created']} {entry['kind']}: {json.dumps(what)}")


def _existing(store: str, folder: Path | None) -> Board:
    if "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Give its folder with --store.")
    return Board.open(store, folder=folder)


def _say(season: Season, as_json: bool) -> None:
    facts = season.to_json()
    if as_json:
        click.echo(json.dumps(facts))
        return
    for key, value in facts.items():
        if value is not None:
            click.echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
