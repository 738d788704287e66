"""One entry: what was stated, what it cost, and where it errs."""

from typing import Any

import streamlit as st

from builders.core.errors import RequestError, WorkError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    answer_sections,
    cite_sections,
    detail_sections,
    entry_tables,
    flags,
    picks,
    sentences,
    session,
)
from leaderboard.display.page import Page
from leaderboard.display.palette import palette
from leaderboard.seasons.label_access import withheld

PAGE = Page("An entry", "description", group="Results", order=130)


def page() -> None:
    """The whole page."""
    st.title("An entry")
    board = session.board()
    known = {entry.id: entry.metadata for entry in picks.entries(board)}
    if not known:
        picks.nobody()
        return
    labels = {id_: f"{metadata.name}  ·  {id_}" for id_, metadata in known.items()}
    id_ = session.choose("Entry", list(known), "id", show=labels.__getitem__)
    row = picks.submission(board, id_)
    if row.withdrawn:
        st.warning("This entry was withdrawn. It is in no ranking.", icon=":material/block:")
    _about(board, row)
    keys = sorted(row.results)
    st.subheader("Cells")
    _ledger(row)
    cite_sections.entry(board, row)
    key = picks.cell(keys)
    st.subheader("Where it errs")
    _details(board, row, key)


def _about(board: Board, row: Any) -> None:
    """Everything that was stated, as plain text."""
    st.dataframe(
        entry_tables.about(row), hide_index=True, alt="What was stated about the entry",
        column_config={"what": st.column_config.TextColumn("What", width=190),
                       "stated": st.column_config.TextColumn("As stated", width=700)},
    )  # fmt: skip
    code = entry_tables.web_address(row)
    if code:
        st.link_button("Code", code, icon=":material/open_in_new:")
    same = [other for other in board.store.same_predictions(row.predictions_sha256)
            if other != row.id]  # fmt: skip
    for what, ids in (
        ("The very same predictions", same),
        ("Nearly the same answers, earlier", entry_tables.near(row)),
    ):
        if ids:
            st.warning(f"{what}: {', '.join(ids)}.", icon=":material/content_copy:")
    with st.expander("Its entries in the decision log"):
        st.dataframe(picks.logged(board, row.id), hide_index=True, placeholder="–")


def _ledger(row: Any) -> None:
    lines = entry_tables.cells(row)
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config={
            "value": st.column_config.NumberColumn("Score", format="%.4f"),
            "interval": "95 % interval",
            "allowed": st.column_config.NumberColumn("Copies allowed", format="localized"),
            "stated": st.column_config.NumberColumn("stated", format="localized"),
            "test_copies": st.column_config.NumberColumn("of test states", format="localized"),
            "floor": st.column_config.NumberColumn("Floor", format="%.4f"),
        },
        alt="Scores and resources of the entry in each of its cells",
        height="content" if len(lines) <= 12 else 460,
    )
    st.caption(
        "Copies allowed: n·M. What was not stated counts as that. Copies of test states are not "
        "part of it and are told beside it. Floor: the error that sampling leaves to a method "
        "that only learns."
    )
    session.downloads(f"entry_{row.id}", entry_tables.cells_table(row))


def _details(board: Board, row: Any, key: CellKey) -> None:
    details = entry_tables.details(row, key)
    task = tasks.load(key.task)
    for flag in flags.flags(task, details):
        st.markdown(f"**{flag.short}**: {sentences.literal(flag.meaning)}")
    detail_sections.details(task, details, palette(session.theme()))
    reason = withheld(board.store, row.season, shows=board.settings.show_labels)
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    try:
        shown = picks.inspected(board, row.id, key)
    except (RequestError, WorkError) as error:
        st.info("True values cannot be shown.", icon=":material/visibility_off:")
        st.code(str(error), language=None, wrap_lines=True)
        return
    answer_sections.answers(task, key, shown, entry_tables.row_errors(row, key))


if __name__ == "__main__":
    page()
