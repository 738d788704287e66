"""How many cells the board has."""

import streamlit as st

from leaderboard.display import session
from leaderboard.display.page import Page

PAGE = Page("Toy", "toys", group="Results", order=190)


def page() -> None:
    """The whole page."""
    st.title("A toy")
    st.metric("cells", len(session.board().cells()))


if __name__ == "__main__":
    page()
