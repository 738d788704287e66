"""Two entries on the same Hamiltonians: which is better, where, and by how much."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.board.inspection import row_errors
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    difference_chart,
    picks,
    profile_chart,
    scatter_chart,
    sentences,
    session,
)
from leaderboard.display.standing import interval
from leaderboard.ranking.comparison import Difference
from leaderboard.store.records import Row


def page() -> None:
    """The whole page."""
    st.title("Compare two entries")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    key = picks.cell(cells)
    rows = board.ranking(*key)
    if len(rows) < 2:
        st.info("This cell has one entry. It takes two to compare.")
        return
    left, right = st.columns(2)
    with left:
        first = picks.entry("First entry", rows, "a")
    with right:
        second = picks.entry("Second entry", rows, "b", default=1)
    if first.id == second.id:
        st.info("Choose two different entries.")
        return
    try:
        found = picks.compared(board, first.id, second.id, key.track)
    except RequestError as error:
        st.info("They cannot be compared Hamiltonian by Hamiltonian now.")
        st.code(str(error), language=None, wrap_lines=True)
        _live_scores(first, second)
        return
    _verdict(next(d for d in found if d.key == key), len(found))
    _rows(board, key, first, second)
    _profiles(key, first, second)
    _cells(found)


def _live_scores(*rows: Row) -> None:
    """What an open season shows of both."""
    metric = sentences.metric_title(rows[0].primary)
    lines = [
        {"#": row.rank, "Model": row.name, metric: row.score.value}
        | {"95 % interval": interval(row.score)}
        for row in rows
    ]
    st.dataframe(lines, hide_index=True, alt="Live scores of both entries")


def _verdict(d: Difference, cells: int) -> None:
    """The difference in this cell, in numbers and words."""
    metric = sentences.metric_title(d.metric)
    with st.container(horizontal=True, gap="medium"):
        st.metric(f"{metric}, first", f"{d.first:.4f}", width="content")
        st.metric(f"{metric}, second", f"{d.second:.4f}", width="content")
        st.metric("Difference", f"{d.difference.value:+.5f}", width="content")
    st.markdown(sentences.difference_sentence(d, cells))


def _rows(board: Board, key: CellKey, first: Row, second: Row) -> None:
    if tasks.load(key.task).kind != "regression":
        return
    st.subheader("Hamiltonian by Hamiltonian")
    losses, _ = board.store.losses(key, board.scope()[0])
    one, other = (row_errors(losses[row.id], key.task) for row in (first, second))
    numbers = np.arange(len(one))
    titles = ("RMSE of the first entry", "RMSE of the second entry")
    with st.container(width=scatter_chart.WIDTH):
        st.altair_chart(scatter_chart.errors(numbers, one, other, titles))
    better = int((one < other).sum())
    st.caption(
        f"One point a test Hamiltonian. Above the dashes the first entry is better: {better} of "
        f"{len(one)} times."
    )


def _profiles(key: CellKey, first: Row, second: Row) -> None:
    for detail in tasks.load(key.task).details:
        if detail.chart != "profile":
            continue
        series = {
            f"{label} entry": list(row.details[detail.name].values())[1]
            for label, row in (("first", first), ("second", second))
            if detail.name in row.details
        }
        if len(series) == 2:
            st.subheader(detail.title)
            st.altair_chart(profile_chart.lines(series, *detail.axes, log=True))


def _cells(found: Sequence[Difference]) -> None:
    st.subheader("Cell by cell")
    table = difference_chart.difference_table(
        found, [difference_chart.cell_label(d.key) for d in found]
    )
    for metric in sorted({d.metric for d in found}):
        part = difference_chart.of_metric(table, metric)
        st.altair_chart(
            difference_chart.dots(part, f"{sentences.metric_title(metric)}, first − second")
        )
    st.dataframe(
        table.drop_columns(["label"]),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.4f" if name == "p" else "%.5f")
            for name in ("first", "second", "difference", "low", "high", "p")
        },
        alt="Differences in every cell that both entries answer",
    )
    st.caption(
        "Intervals: paired bootstrap over the Hamiltonians, 95 %. p: sign flips of the paired "
        f"differences, adjusted for {len(found)} cells (Holm)."
    )
    session.downloads("comparison", table)


if __name__ == "__main__":
    page()
