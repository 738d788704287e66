"""One cell: its ranking beside reference lines, and how the errors of its Hamiltonians spread."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from leaderboard import tasks
from leaderboard.board.inspection import row_errors
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import picks, ranking_chart, sentences, session, spread_chart
from leaderboard.display.standing import interval
from leaderboard.ranking.references import references
from leaderboard.seasons.label_access import withheld
from leaderboard.store.records import Row

SHOWN = 15  # entries whose spread is drawn


def page() -> None:
    """The whole page."""
    st.title("A cell")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    key = picks.cell(cells)
    task = tasks.load(key.task)
    st.markdown(sentences.cell_sentence(key, None))
    rows = board.ranking(*key)
    st.subheader(f"Ranked by {sentences.metric_title(task.primary)}")
    if any(row.score.value is not None for row in rows):
        lines = references(key, rows)
        st.altair_chart(ranking_chart.dots(task, rows, lines))
        st.caption(sentences.dots_sentence(len(rows), lines))
    with st.expander("As a table"):
        _table(rows)
    st.subheader("Errors of single Hamiltonians")
    _spread(board, key, rows)


def _table(rows: Sequence[Row]) -> None:
    lines = [
        {
            "#": row.rank,
            "Model": row.name,
            sentences.metric_title(row.primary): row.score.value,
            "95 % interval": interval(row.score),
            "Class": row.metadata.entry_class,
            "Id": row.id,
        }
        for row in rows
    ]
    st.dataframe(lines, hide_index=True, alt="Ranking of the cell")


def _spread(board: Board, key: CellKey, rows: Sequence[Row]) -> None:
    season, _ = board.scope()
    reason = withheld(board.store, season)
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    task = tasks.load(key.task)
    if task.kind != "regression":
        st.markdown("A row of this task is right or wrong; the accuracy says it all.")
        return
    losses, _ = board.store.losses(key, season)
    labels = ranking_chart.unique_labels([row.name for row in rows], [row.id for row in rows])
    errors = {
        f"{row.rank}  {label}": row_errors(losses[row.id], key.task)
        for row, label in zip(rows[:SHOWN], labels, strict=False)
        if row.id in losses
    }
    st.altair_chart(spread_chart.boxes(errors, task.unit))
    st.caption(
        "One error a test Hamiltonian. Box: the middle half of them, with the median; line: from "
        f"the 5 % to the 95 % quantile. The first {SHOWN} entries are drawn at most."
    )
    table: pa.Table = spread_chart.spread_table(errors)
    session.downloads(f"{key.config}_{key.task}_spread", table)


if __name__ == "__main__":
    page()
