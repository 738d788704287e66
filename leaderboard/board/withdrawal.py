"""Taking a submission out of every ranking, for good.

It keeps its page and its place in the log, and counts against the files and told scores of its
account as before: else whoever withdraws could ask again.
"""

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.store.entries import EARLY, LATE
from leaderboard.store.records import Receipt

MAX_REASON = 300  # characters


def withdraw(board: Board, id_: str, account: str | None, reason: str = "") -> Receipt:
    """Withdraw a submission.

    Args:
        board: that it is on.
        id_: of the submission.
        account: whose it must be; None where the operator withdraws it.
        reason: for the log, one line.

    Raises:
        RequestError: no such submission of the account, one that was withdrawn already, or a reason
            that is not allowed.
    """
    if len(reason) > MAX_REASON or not reason.isprintable():
        raise RequestError(
            f"reason {reason[:50]!r}: one line of at most {MAX_REASON} characters is needed."
        )
    entry = board.store.submission(id_) if account is None else board.owned_by(id_, account)
    by = "operator" if account is None else "owner"
    body = {"id": id_, "account": entry.account, "by": by} | ({"reason": reason} if reason else {})
    with board.store.writing() as writing:
        writing.refuse_withdrawn(id_)
        ended = entry.season is not None and writing.season(entry.season).closed is not None
        writing.withdraw(id_, LATE if ended else EARLY)
        writing.log("withdrawn", body)
    return board.submission(id_)
