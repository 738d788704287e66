"""One ranking of models over several cells: mean skill and mean rank with coverage."""

from collections.abc import Sequence

import streamlit as st

from builders.core.errors import counted
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    cite_sections,
    download,
    links,
    overall_table,
    picks,
    picture,
    published,
    sentences,
    session,
)
from leaderboard.display.page import Page
from leaderboard.display.rules import season_sentence
from leaderboard.ranking.models import Standing

PAGE = Page("Overall", "social_leaderboard", group="", order=20)
ABOUT = """\
One ranking of models over many cells; a model is a name, its authors and a version, in any number \
of files. **Mean skill** is the mean over the cells of 1 − loss / loss of a constant answer (the \
mean training estimate, or the most common class); **mean rank** is the mean place by loss among \
all models. A cell that a model does **not answer** counts as skill 0, the constant answer, and as \
the last place; it is counted and marked below. Ranks are within a class, learned models first; \
those share one whose paired difference from its first has 0 in its 95 % interval. Solvers learn \
nothing and are drawn as reference lines. Controls, transfers and exact labels of measured data \
stand on their own pages and are never ranked here."""


def page() -> None:
    """The whole page."""
    st.title("Overall")
    board = session.board()
    cells = board.curated()
    if not cells:
        picks.nobody()
        return
    st.markdown(ABOUT)
    chosen = _chosen(cells)
    if not chosen:
        st.info("Choose at least one config and task.")
        return
    _answer(board, chosen)
    st.caption(season_sentence(board.season(), live=board.scope()[1]))


def _chosen(cells: Sequence[CellKey]) -> list[CellKey]:
    """Some of the curated cells."""
    left, right = st.columns([3, 2])
    with left:
        every = sorted({key.config for key in cells})
        configs = session.choose_many("Configs", every, "configs", default=every)
    with right:
        names = sorted({key.task for key in cells})
        named = session.choose_many(
            "Tasks", names, "tasks", default=names, show=lambda name: tasks.load(name).title
        )
    return [key for key in cells if key.config in configs and key.task in named]


def _answer(board: Board, chosen: Sequence[CellKey]) -> None:
    found: list[Standing] = board.models(chosen)
    held = sum(board.held_back(key) for key in chosen)
    partial = sum(len(one.answered) < len(chosen) for one in found)
    st.markdown(
        f"**{sentences.count(len(chosen))} cells**, {sentences.count(len(found))} models, "
        f"{sentences.count(partial)} of them without an answer to some cell. "
        f"{sentences.held_back(held)}"
    )
    if not found:
        st.info("No model answers any of these cells yet.")
        return
    number = st.column_config.NumberColumn
    st.dataframe(
        overall_table.lines(found, chosen),
        hide_index=True,
        placeholder="–",
        column_config={
            "rank": number("#", help="Within the class", width=50),
            "name": links.column("Model"),
            "entry_class": "Class",
            "cells": st.column_config.TextColumn("Cells", help="Answered of those ranked over"),
            "mean_skill": number("Mean skill", format="%.3f"),
            "skill_interval": "95 % interval",
            "mean_rank": number("Mean rank", format="%.2f"),
            "version": "Version",
            "authors": "Authors",
        },
        height="content" if len(found) <= 20 else 740,
        alt="Models over all chosen cells, class by class",
    )
    if any(one.mean_skill.value is not None for one in found):
        picture.show(overall_table.dots(found), "Mean skill of every model with its 95 % interval")
    with st.expander("Cell by cell"):
        st.dataframe(
            overall_table.by_cell(found, chosen),
            hide_index=True,
            placeholder="–",
            column_config={"Model": links.column("Model", pinned=True)},
            alt="Skill of every model in every cell, and which answers are missing",
        )
    published.table(chosen)
    cite_sections.ranking(
        board,
        f"models over {counted(len(chosen), 'cell')}",
        sorted({key.config for key in chosen}),
    )
    session.downloads("overall", download.flat(overall_table.flat_lines(found, chosen)))


if __name__ == "__main__":
    page()
