"""Putting a file of predictions on a board: a running one, or one in a folder."""

from pathlib import Path

from builders.core.errors import RequestError
from leaderboard.board.options import board_with, is_address
from leaderboard.store.records import Receipt
from leaderboard.web import remote


def submit(
    file: Path | str,
    store: Path | str,
    *,
    data: Path | str | None = None,
    private: Path | str | None = None,
    account: str = "",
    token: str | None = None,
    folder: Path | str | None = None,
) -> Receipt:
    """Validate and score a file, and put it on a board.

    Args:
        file: Parquet or CSV.
        store: address of a running board, such as `http://localhost:8501`, the folder of one, or
            the URL of its database.
        data: public data set folder of a board in a folder; remembered, so given once.
        private: folder of the hidden labels; `<data>-private` by default; remembered.
        account: whose it is, on a board in a folder.
        token: of an account, on a running board that asks for one.
        folder: where predictions are kept; needed with the URL of a database.

    Returns:
        What the board says: `id`, and `scores`, cell → metric → value with its interval.

    Raises:
        RequestError: the file is refused, or there is no such board.
        WorkError: a running board does not answer.

    >>> import qslbench
    >>> receipt = qslbench.submit("mine.parquet", "board", data="data")
    >>> [key.task for key in receipt.scores]
    ['correlation']
    """
    place = str(store)
    if is_address(place):
        if data or private or account or folder:
            raise RequestError(
                f"--store {place!r} is a running board, which knows its data and, by the token, "
                "the account. Leave out --data, --private, --account and --folder."
            )
        return remote.submit(place, Path(file), token)
    about = [None if path is None else Path(path) for path in (data, private, folder)]
    with board_with(place, *about) as board:
        return board.submit(file, account=account)
