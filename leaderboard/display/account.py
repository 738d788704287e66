"""Sign-in on the pages: who visits, and the way in and out."""

import streamlit as st

from builders.core.errors import RequestError
from leaderboard.board.accounts import account_of_token
from leaderboard.board.service import Board
from leaderboard.display import session
from leaderboard.display.visitor import SIGN_IN_OFF, account, shown_name


def visitor(board: Board) -> str | None:
    """The account of the visitor, with buttons to sign in or out.

    Returns:
        The account; "" where nobody has to sign in; None if the visitor may not submit now.
    """
    if session.signing_in():
        return _signed_in()
    if board.settings.sign_in == "required":
        return _by_token(board)
    st.caption(SIGN_IN_OFF)
    return ""


def _by_token(board: Board) -> str | None:
    """The account of the token that the visitor types in; it is kept in the session alone."""
    text = st.text_input(
        "Token", type="password", key="token", max_chars=200, width=420,
        help="The operator of the board gives it. Limits are counted by its account.",
    ).strip()  # fmt: skip
    if not text:
        st.info("Give your token to submit.", icon=":material/key:")
        return None
    try:
        account_id = account_of_token(board, text)
    except RequestError as error:
        st.error(str(error))
        return None
    st.text(f"Submitting as {account_id}")
    return account_id


def _signed_in() -> str | None:
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        st.info("Sign in to submit. Limits are counted by account.", icon=":material/login:")
        st.button("Sign in", type="primary", on_click=st.login)
        return None
    try:
        account_id = account(claims)
    except RequestError as error:
        st.error("You are signed in, but this account cannot submit.")
        st.code(str(error), language=None, wrap_lines=True)
        account_id = None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Signed in as {shown_name(claims)} ({account_id})" if account_id else "Signed in")
        st.button("Sign out", on_click=st.logout)
    return account_id
