"""The rules of the board."""

import streamlit as st

from leaderboard import tasks
from leaderboard.display import formula, rules, sentences, session
from leaderboard.display.page import Page
from leaderboard.display.visitor import SIGN_IN_OFF

PAGE = Page("About", "menu_book", group="Rules", order=210)


def page() -> None:
    """The whole page."""
    st.title("About")
    board = session.board()
    st.markdown(
        "Machine learning on quantum systems, measured: everybody predicts the same hidden labels "
        "from the same data, and from the same number of copies where states are measured. Files "
        "are scored and code is never run, and what a test cannot separate shares a rank."
    )
    season = board.season()
    st.markdown(rules.season_sentence(season, live=board.scope()[1]))
    if season is not None:
        st.json(season.to_json(), expanded=False)
    for title, text in (
        ("What everybody gets", rules.RESOURCES),
        ("Tracks", rules.TRACKS),
        ("Entry classes", rules.CLASSES),
        ("Intervals, ties, ranks", rules.TIES),
        ("Seasons and the Ladder", rules.SEASONS),
        ("Accounts", rules.ACCOUNTS),
        ("Flags", rules.FLAGS),
        ("When true values are shown", rules.LABELS),
    ):
        st.header(title)
        st.markdown(text)
    st.header("Metrics")
    names = tasks.names()
    for tab, name in zip(st.tabs([tasks.load(n).title for n in names]), names, strict=True):
        with tab:
            task = tasks.load(name)
            unit = "" if task.unit == "1" else f", in units of {task.unit}"
            st.markdown(f"{formula.markdown(task.meaning)}{unit}")
            st.markdown(sentences.metrics_list(task))
    st.header("How to submit")
    st.markdown("On the page *Submit*, or from a terminal:")
    st.code(rules.COMMANDS, language="sh")
    st.markdown(rules.API)
    if not session.signing_in():
        st.caption(SIGN_IN_OFF)


if __name__ == "__main__":
    page()
