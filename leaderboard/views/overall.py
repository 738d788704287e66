"""One ranking over several cells: mean skill and mean rank with their intervals."""

from collections.abc import Sequence

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import download, overall_table, picks, sentences, session
from leaderboard.display.page import Page
from leaderboard.display.rules import season_sentence
from leaderboard.ranking.aggregate import Overall

PAGE = Page("Overall", "social_leaderboard", group="", order=20)


def page() -> None:
    """The whole page."""
    st.title("Overall")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    st.markdown(
        "One ranking over many cells. **Mean skill** is the mean over the cells of 1 − loss / loss "
        "of a constant answer (the mean training estimate, or the most common class); **mean "
        "rank** is the mean place by loss. Intervals come from drawing the test rows of every "
        "config again. An entry is ranked if its file answers *all* chosen cells."
    )
    chosen = _chosen(picks.of_track(cells))
    if not chosen:
        st.info("Choose at least one config, task, n and M.")
        return
    _answer(board, chosen)
    st.caption(season_sentence(board.season(), live=board.scope()[1]))


def _chosen(cells: Sequence[CellKey]) -> list[CellKey]:
    most = overall_table.most_answered(cells)
    left, right = st.columns([3, 2])
    with left:
        configs = sorted({key.config for key in cells})
        config = session.choose_many("Configs", configs, "configs", default=most["config"])
    with right:
        names = sorted({key.task for key in cells})
        task = session.choose_many(
            "Tasks", names, "tasks", default=most["task"], show=lambda name: tasks.load(name).title
        )
    left, right = st.columns(2)
    with left:
        counts = sorted({key.n for key in cells})
        n = session.choose_many("n", counts, "ns", default=most["n"])
    with right:
        shots = sorted({key.shots for key in cells})
        m = session.choose_many("M", shots, "Ms", default=most["shots"])
    return [
        key
        for key in cells
        if key.config in config and key.task in task and key.n in n and key.shots in m
    ]


def _answer(board: Board, chosen: Sequence[CellKey]) -> None:
    entries: list[Overall] = board.overall(chosen)
    st.markdown(
        f"**{sentences.count(len(chosen))} cells**, {len(entries)} entries answer them all."
    )
    if not entries:
        st.info("No entry answers all of these cells. Choose fewer of them.")
        return
    known = {entry.id: entry.metadata for entry in picks.entries(board)}
    lines = overall_table.lines(entries, known)
    st.dataframe(
        lines,
        hide_index=True,
        column_config={
            "mean_skill": st.column_config.NumberColumn("Mean skill", format="%.3f"),
            "skill_interval": "95 % interval",
            "mean_rank": st.column_config.NumberColumn("Mean rank", format="%.2f"),
            "rank_interval": "95 % interval ",
            "name": "Model",
            "entry_class": "Class",
            "authors": "Authors",
            "id": "Entry",
        },
        alt="Entries over all chosen cells",
    )
    if any(entry.mean_skill.value is not None for entry in entries):
        st.altair_chart(overall_table.dots(entries, known))
    session.downloads("overall", download.flat(overall_table.flat_lines(entries, known)))


if __name__ == "__main__":
    page()
