"""One cell: its ranking beside reference lines, and how the errors of its rows spread."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import streamlit as st

from leaderboard import tasks
from leaderboard.board.inspection import row_errors
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    cite_sections,
    links,
    picks,
    picture,
    ranking_chart,
    record_sections,
    sentences,
    session,
    spread_chart,
    words,
)
from leaderboard.display.page import Page
from leaderboard.display.standing import by_class, interval, unsigned
from leaderboard.ranking.references import references
from leaderboard.seasons.label_access import withheld
from leaderboard.store.records import Row

SHOWN = 15  # entries whose spread is drawn

PAGE = Page("A cell", "monitoring", group="Results", order=110)


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
    st.header(f"Ranked by {task.ranking.title}")
    if any(row.score.value is not None for row in rows):
        lines = references(key, rows)
        picture.show(
            ranking_chart.dots(task, rows, lines), "Ranking of the cell with 95 % intervals"
        )
        st.caption(sentences.dots_sentence(len(rows), lines))
    with st.expander("As a table"):
        _table(task.ranking.title, rows)
    _spread(board, key, rows)
    record_sections.over_time(task.ranking, rows)
    st.page_link(
        "views/cost.py",
        label="What these errors cost",
        icon=":material/savings:",
        query_params=picks.cell_query(key),
    )
    cite_sections.ranking(board, str(key), [key.config])


def _table(metric: str, rows: Sequence[Row]) -> None:
    lines = [
        {
            "#": row.place,
            "Model": links.entry(row.id, row.name),
            metric: unsigned(row.score.value, "%.4f"),
            "95 % interval": interval(row.score),
            "Class": row.metadata.entry_class,
        }
        for row in by_class(rows)
    ]
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config={
            "Model": links.column("Model"),
            metric: st.column_config.NumberColumn(format="%.4f"),
        },
        alt="Ranking of the cell",
    )


def _spread(board: Board, key: CellKey, rows: Sequence[Row]) -> None:
    season, _ = board.scope()
    reason = withheld(board.store, season, shows=board.settings.show_labels)
    if reason:
        st.header(f"Errors of single {words.row_word(key.config)}s")
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    task = tasks.load(key.task)
    losses, _ = board.store.losses(key, season)
    if not losses:
        return
    rows = by_class(rows)
    labels = ranking_chart.unique_labels([row.name for row in rows], [row.id for row in rows])
    errors = {
        f"{row.place}  {label}": row_errors(losses[row.id], key.task)
        for row, label in zip(rows[:SHOWN], labels, strict=False)
        if row.id in losses
    }
    blocks = next(iter(losses.values())).blocks
    counts = (blocks.rows, len(blocks))
    st.header(f"Errors of {words.scored_words(key.config, *counts)}")
    if not errors or all(np.isin(values, (0.0, 1.0)).all() for values in errors.values()):
        st.markdown(f"A row of this task is right or wrong; {task.ranking.title} says it all.")
        return
    part = words.scored_word(key.config, *counts)
    picture.show(
        spread_chart.boxes(errors, f"{words.error_title(task)}, of one {part}"),
        "Spread of the errors of single rows, entry by entry",
    )
    st.caption(
        f"One error a test {part}. Box: the middle half of them, with the median; line: from the "
        f"5 % to the 95 % quantile. The first {SHOWN} entries are drawn at most."
    )
    table: pa.Table = spread_chart.spread_table(errors)
    session.downloads(f"{key.file_name}_spread", table)


if __name__ == "__main__":
    page()
