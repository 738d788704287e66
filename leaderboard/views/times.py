"""Errors against time: every entry on the states of evolutions, one cell at a time."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import streamlit as st

from builders import families
from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    interval_chart,
    picks,
    picture,
    sentences,
    session,
    words,
)
from leaderboard.display.evolution import time_title
from leaderboard.display.page import Page
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.kinds.by_time import NAME
from leaderboard.kinds.details import Content
from leaderboard.seasons.label_access import withheld

SHOWN = 6  # series at first
ABOUT = """\
Rows of a quench or of a circuit are its states at one time after the other. Which answers stay \
right as correlations spread and entropy grows? Every point is the error over the test states of \
one time; all entries of a cell had the same n·M copies of states to learn from."""
COMMANDS = """\
qslbench protocol dynamics --data DATA --out results
for file in results/dynamics/cells/*.parquet; do qslbench submit "$file" --store BOARD; done"""

PAGE = Page("Error in time", "timeline", group="Results", order=152)


def page() -> None:
    """The whole page."""
    st.title("Error in time")
    board = session.board()
    st.markdown(ABOUT)
    every = picks.cells(board)
    cells = [key for key in every if _is_of_evolutions(key)]
    if cells:
        _cell(board, picks.cell(cells))
    elif not every:
        picks.nobody()
    else:
        st.info("Nobody has answered for states of an evolution on this board yet.")
    st.header("Make such entries")
    st.code(COMMANDS, language="sh")
    st.caption(
        "The protocol trains every baseline on the same copies in all, split between few "
        "evolutions measured often and many measured seldom: choose another n and M above."
    )


def _is_of_evolutions(key: CellKey) -> bool:
    name = parse_config(key.config)[0]
    return name in families.names() and families.load(name).trajectory


def _cell(board: Board, key: CellKey) -> None:
    st.markdown(sentences.cell_sentence(key, None))
    rows = board.ranking(*key)
    labels = unique_labels([row.name for row in rows], [row.id for row in rows])
    curves: dict[str, Content] = {
        f"{row.rank}  {label}": row.details[NAME]
        for row, label in zip(rows, labels, strict=True)
        if NAME in row.details
    }
    if not curves:
        reason = withheld(board.store, board.scope()[0], shows=board.settings.show_labels)
        told = reason or "These entries were scored before errors were told by time: rescore them."
        st.info(sentences.literal(told), icon=":material/visibility_off:")
        return
    chosen = session.choose_many("Series", list(curves), "series", default=list(curves)[:SHOWN])
    if not chosen:
        st.info("Choose at least one series.")
        return
    task = tasks.load(key.task)
    table = interval_chart.points({label: curves[label] for label in chosen})
    titles = (time_title(families.load(parse_config(key.config)[0])), words.ranking_title(task))
    picture.show(interval_chart.lines(table, titles), "Errors of every entry at each time")
    st.caption(
        "Number in front: rank in the cell. Bars: 95 % intervals, from drawing the test evolutions "
        "again with replacement."
    )
    _table(curves, task.ranking.title)
    session.downloads(f"{key.file_name}_by_time", table.rename_columns([*_COLUMNS]))


_COLUMNS = ("entry", "time", "value", "low", "high")


def _table(curves: Mapping[str, Content], metric: str) -> None:
    """A line an entry, a column a time."""
    lines: list[dict[str, Any]] = [
        {"Entry": label} | {f"{t:g}": v for t, v in zip(held["time"], held["value"], strict=True)}
        for label, held in curves.items()
    ]
    st.markdown(f"**{metric} at each time**")
    config = {name: st.column_config.NumberColumn(format="%.4f") for name in list(lines[0])[1:]}
    st.dataframe(
        pa.Table.from_pylist(lines),
        hide_index=True,
        placeholder="–",
        column_config=config | {"Entry": st.column_config.TextColumn("Entry", pinned=True)},
        alt="Errors of every entry at every time",
    )


if __name__ == "__main__":
    page()
