"""What commands that work on a board have in common: the options that name it, and opening it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from builders.core.errors import RequestError
from leaderboard.board.service import Board


def on_board(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options `--store`, `--folder` and `--json` (`as_json`)."""
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


@contextmanager
def existing_board(store: str, folder: Path | None) -> Iterator[Board]:
    """An open board that is closed when the block is left.

    Raises:
        RequestError: there is none in that folder; none is made.
    """
    if "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Give its folder with --store.")
    board = Board.open(store, folder=folder)
    try:
        yield board
    finally:
        board.close()
