"""Putting a file of predictions on a board: a running one, or one in a folder."""

from pathlib import Path

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.store.records import Receipt
from leaderboard.web import remote


def submit(
    file: Path | str,
    to: Path | str,
    *,
    data: Path | str | None = None,
    private: Path | str | None = None,
    account: str = "",
    token: str | None = None,
) -> Receipt:
    """Validate and score a file, and put it on a board.

    Args:
        file: Parquet or CSV.
        to: address of a running board, such as `http://localhost:8501`, or the folder of one.
        data: public data set folder of a board in a folder; remembered, so given once.
        private: folder of the hidden labels; `<data>-private` by default; remembered.
        account: whose it is, on a board in a folder.
        token: of an account, on a running board that asks for one.

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
    if "://" in str(to):
        if data or private or account:
            raise RequestError(
                f"--to {str(to)!r} is a running board, which knows its data and, by the token, the "
                "account. Leave out --data, --private and --account."
            )
        return remote.submit(str(to), Path(file), token)
    if data is None and not Path(to).is_dir():
        raise RequestError(
            f"no board at {to}. Name the data it scores with, --data and --private, to make one."
        )
    board = Board.open(to, data, private)
    try:
        return board.submit(file, account=account)
    finally:
        board.close()
