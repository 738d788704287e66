"""The entries of the visitor's account: which of them stands for it, and which are withdrawn."""

from collections.abc import Callable

import streamlit as st

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.board.withdrawal import MAX_REASON, withdraw
from leaderboard.display import picks
from leaderboard.display.standing import entry_link
from leaderboard.store.entries import Head
from leaderboard.store.records import utc

_DONE, _REASON = "own done", "own reason"


def own(board: Board, account: str) -> None:
    """The whole section; nothing for an account without entries.

    Args:
        board: that they are on.
        account: of the visitor, who is somebody.
    """
    heads = [head for head in picks.entries(board) if head.account == account]
    if not heads:
        return
    st.header("Your entries")
    last = max((head.chosen or 0 for head in heads), default=0)
    st.dataframe(
        [_line(head, last) for head in heads],
        hide_index=True,
        placeholder="–",
        column_config={"Entry": st.column_config.LinkColumn(display_text=r"id=(\w+)$")},
        height="content" if len(heads) <= 10 else 390,
        alt="The entries of your account",
    )
    for kind, words in st.session_state.pop(_DONE, []):
        (st.success if kind == "done" else st.error)(words)
    left = {head.id: head.name for head in heads if not head.withdrawn}
    if left:
        _act(board, account, left)


def _line(head: Head, last: int) -> dict[str, str | None]:
    is_chosen = bool(head.chosen) and head.chosen == last
    return {
        "Model": head.name,
        "Entry": entry_link(head.id),
        "Sent": utc(head.created),
        "Season": head.season,
        "State": "chosen last" if is_chosen and not head.withdrawn else head.status,
    }


def _act(board: Board, account: str, left: dict[str, str]) -> None:
    shown = {id_: f"{name}  ·  {id_}" for id_, name in left.items()}
    st.selectbox("Entry", list(left), format_func=shown.__getitem__, key="own")
    if board.scope()[1]:
        st.button(
            "Let it stand for my account",
            icon=":material/push_pin:",
            on_click=_do,
            args=(lambda: board.choose(_now("own"), account), "It stands for your account now."),
            help="In the rankings of its class and cells, in the place of the one with the "
            "best reported score. The last choice counts, also for the close.",
        )
    with st.expander("Withdraw it", icon=":material/remove_circle:"):
        st.markdown(
            "It leaves every ranking, for good. It stays in the public log, and counts as a file "
            "and with its reported scores. After the close no other entry takes its place."
        )
        st.text_input("Reason, for the log", key=_REASON, max_chars=MAX_REASON)
        st.button(
            "Withdraw for good",
            on_click=_do,
            args=(
                lambda: withdraw(board, _now("own"), account, _now(_REASON)),
                "It is withdrawn.",
            ),
        )


def _now(key: str) -> str:
    """What a box says when a button is pressed, perhaps before the page has run again."""
    return str(st.session_state[key]).strip()


def _do(act: Callable[[], object], words: str) -> None:
    try:
        act()
        st.session_state[_DONE] = [("done", words)]
    except RequestError as error:
        st.session_state[_DONE] = [("refused", str(error))]
