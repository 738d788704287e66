"""What commands that work on a board have in common: the options that name it, and opening it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from builders.core.errors import RequestError
from leaderboard.board.service import Board

_DATABASES = ("sqlite", "postgresql")
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d{1,5}(/.*)?")


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
            "--store",
            default="board",
            show_default=True,
            help="Folder of the board, or a database URL.",
        ),
    ):
        function = option(function)
    return function


def is_address(store: str) -> bool:
    """Whether a store is the web address of a running board, and no folder nor database.

    Raises:
        RequestError: an address without its scheme.
    """
    if _HOST_AND_PORT.fullmatch(store) and not Path(store).exists():
        raise RequestError(
            f"--store {store!r} has no scheme. Write http://{store} for a running board, or give "
            "the folder of a board."
        )
    return "://" in store and re.split(r"[:+]", store)[0] not in _DATABASES


@contextmanager
def existing_board(store: str, folder: Path | None) -> Iterator[Board]:
    """An open board that is closed when the block is left.

    Raises:
        RequestError: there is none in that folder; none is made.
    """
    if is_address(store):
        raise RequestError(
            f"--store {store!r} is the address of a running board. Give its folder or its database "
            "URL, on the machine that serves it."
        )
    if "://" not in store and not Path(store).is_dir():
        raise RequestError(f"no board at {store}. Give its folder with --store.")
    board = Board.open(store, folder=folder)
    try:
        yield board
    finally:
        board.close()


@contextmanager
def board_with(
    store: str, data: Path | None, private: Path | None, folder: Path | None
) -> Iterator[Board]:
    """An open board, made where data are named; closed when the block is left.

    Raises:
        RequestError: there is none, and no data to make one with.
    """
    if data is None and "://" not in store and not Path(store).is_dir():
        raise RequestError(
            f"no board at {store}. Give its folder with --store, or name the data that a new one "
            "scores with, --data and --private."
        )
    board = Board.open(store, data, private, folder=folder)
    try:
        yield board
    finally:
        board.close()
