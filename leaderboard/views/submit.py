"""Submitting in three steps: the data of a cell, a file to begin with, the upload and its score."""

import streamlit as st

from leaderboard.board.service import Board
from leaderboard.display import (
    metadata_form,
    own_sections,
    sentences,
    session,
    start_sections,
    upload_sections,
)
from leaderboard.display.account import visitor
from leaderboard.display.page import Page
from leaderboard.submission.metadata import Metadata

FORMAT = """\
One Parquet or CSV file holds the answers, in the columns `config`, `task`, `n`, `shots`, \
`row_id` and `prediction`, and in `track` where it is not the usual one: one line for every test \
row of a cell, with `prediction` a list of numbers (a matrix row by row; in CSV the text \
`[0.1, 0.2, …]`), where a class is asked for its name as text, where a bit is asked for the bit or \
the probability of 1. Texts, bits and numbers go in files of their own. `n` and `shots` say how \
many training rows the model learnt from and how many shots of each; `shots` is 0 where nothing is \
measured. A file may hold many cells.

The metadata are JSON inside the Parquet file under the key `qslbench`, a `.json` file uploaded \
beside it, or what step 2 says. Needed are `name`, `authors`, `entry_class` and `uses_test_shots`; \
further keys are welcome. Scores are computed here from the predictions and from nothing else.
"""

PAGE = Page("Submit", "upload_file", group="", order=30)


def page() -> None:
    """The whole page."""
    st.title("Submit")
    board = session.board()
    if None in (board.settings.data, board.settings.private):
        st.info("This board knows no data to score with, so that it takes no submissions.")
        return
    about = _begin(board)
    st.header("3 · Upload, check, submit")
    account = visitor(board)
    season = board.season()
    is_closed = season is not None and season.closed is not None
    session.may_upload(account is not None and not is_closed)
    if season is not None and is_closed:
        st.info(
            f"Season {sentences.literal(season.name)} is closed, and files are taken again when "
            "the next one opens.",
            icon=":material/event_busy:",
        )
    elif account is not None:
        upload_sections.upload(board, account, about)
    if upload_sections.OUTCOME in st.session_state:
        upload_sections.answer(board, st.session_state[upload_sections.OUTCOME])
    with st.expander("The form of the file"):
        st.markdown(FORMAT)
    if account:
        own_sections.own(board, account)


def _begin(board: Board) -> Metadata | None:
    """The first two steps; the metadata that the second asks for, once they are complete."""
    cells = start_sections.offered(board)
    if not cells:
        st.info("The data of this board have no training rows, and so no cell to begin with.")
        return metadata_form.metadata()
    st.header("1 · Choose a cell and get its data")
    if board.scope()[1]:
        st.caption(f"An open season takes its {len(cells)} official cells alone; these are they.")
    key = start_sections.data(board, cells)
    st.header("2 · Say who you are, and take a file to begin with")
    about = metadata_form.metadata()
    start_sections.template(board, key, about)
    return about


if __name__ == "__main__":
    page()
