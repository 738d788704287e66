"""The phase diagram of an entry, with a way to every row."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.dataset.config import Config
from leaderboard import tasks
from leaderboard.board.inspection import Inspection
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    boundary,
    links,
    phase_chart,
    picture,
    row_scatter,
    sentences,
    session,
)
from leaderboard.display.palette import Palette

TEST, TRAIN = "test", "train"
_LISTED = 200  # wrong rows of the table


def section(board: Board, key: CellKey, shown: Inspection, colours: Palette) -> None:
    """Right and wrong rows over two parameters; nothing where rows differ in no two of them.

    Args:
        board: with the public data.
        key: a cell of a task of classes.
        shown: right and predicted classes, which may be shown.
        colours: of the theme.
    """
    folder = board.settings.data
    if folder is None:
        return
    config = Config.parse(key.config)
    try:
        arrays = session.split_arrays(folder, key.config, TEST)
    except RequestError:
        return
    axes = row_scatter.axes(config.family, config.size, arrays)
    if len(axes) < 2:
        return
    st.markdown("**Phase diagram**")
    left, right = st.columns(2)
    with left:
        x = session.choose("Horizontal", list(axes), "px")
    with right:
        y = session.choose("Vertical", list(axes), "py", default=1)
    at = _places(arrays["row_id"], shown.row_id)
    places = (axes[x][at], axes[y][at])
    table = phase_chart.points(at, places, shown.truth, shown.predicted)
    meeting = _boundary(folder, key, (x, y))
    chart = phase_chart.diagram(table, meeting, (x, y), colours)
    wrong = int((shown.truth != shown.predicted).sum())
    what = f"Phase diagram with {wrong} wrong of {len(at)} test rows"
    event = picture.show(chart, what, on_select="rerun", key=f"diagram {key} {x} {y}")
    st.caption(
        f"One mark a test row, coloured by its true phase; crosses are wrong: "
        f"{sentences.count(wrong)} of {sentences.count(len(at))}. Lines: where most of the "
        f"{boundary.NEAREST} nearest training rows, whose phases are public, change theirs. "
        "A click opens the row."
    )
    row = phase_chart.chosen_row(event)
    if row is not None:
        st.switch_page("views/data.py", query_params=_query(key, row))
    _wrong(key, at, shown)


def _query(key: CellKey, row: int) -> dict[str, str]:
    return {"config": key.config, "split": TEST, "row": str(row)}


def _places(every: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where rows stand in their split, counted from 0."""
    order = np.argsort(every, kind="stable")
    return np.asarray(order[np.searchsorted(every[order], wanted)], dtype=np.int64)


def _boundary(folder: Path, key: CellKey, names: tuple[str, str]) -> NDArray[np.float64]:
    """From the training rows, whose labels are public."""
    config, label = Config.parse(key.config), tasks.load(key.task).label
    try:
        arrays = session.split_arrays(folder, key.config, TRAIN)
    except RequestError:
        return np.empty((0, 4))
    axes = row_scatter.axes(config.family, config.size, arrays)
    if label not in arrays or any(name not in axes for name in names):
        return np.empty((0, 4))
    classes = np.array(config.family.label(label).classes)[arrays[label].astype(int)]
    return boundary.segments(axes[names[0]], axes[names[1]], classes)


def _wrong(key: CellKey, at: NDArray[np.int64], shown: Inspection) -> None:
    """The wrong rows as a table of links: the way of those who have no mouse."""
    wrong = np.flatnonzero(shown.truth != shown.predicted)[:_LISTED]
    if not len(wrong):
        return
    lines = [
        {
            "row": links.data_row(_query(key, int(at[k])), f"row {at[k]}"),
            "true": str(shown.truth[k]),
            "predicted": str(shown.predicted[k]),
        }
        for k in wrong
    ]
    with st.expander(f"Wrong rows ({len(lines)})"):
        st.dataframe(
            lines,
            hide_index=True,
            column_config={"row": links.column("Row"), "true": "True", "predicted": "Predicted"},
            alt="Test rows with a wrong answer",
        )
