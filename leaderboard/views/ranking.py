"""The board: the ranking of one cell, as a table and a dot plot."""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    cite_sections,
    columns,
    download,
    flags,
    links,
    picks,
    picture,
    published,
    ranking_chart,
    sentences,
    session,
)
from leaderboard.display.page import Page
from leaderboard.display.rules import season_sentence
from leaderboard.display.several import MOST
from leaderboard.display.standing import by_class, standing_table
from leaderboard.kinds.task import Task
from leaderboard.ranking.references import references
from leaderboard.store.records import Row
from leaderboard.submission.metadata import EntryClass

PAGE = Page("Board", "leaderboard", group="", order=10)


def page() -> None:
    """The whole page."""
    st.title("Board")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    key = picks.cell(cells)
    task = tasks.load(key.task)
    every = board.ranking(*key)
    rows, shown = _filtered(task, every)
    st.markdown(sentences.cell_sentence(key, _test_rows(board, key.config)))
    season, live = board.season(), board.scope()[1]
    if live:
        st.info(season_sentence(season, live=live), icon=":material/hourglass_top:")
    if not rows:
        st.info("No entry of this cell is of the chosen classes.")
        return
    _table(rows, shown, key)
    held = sentences.held_back(board.held_back(key))
    st.caption(f"{sentences.resolvable_sentence(task, every)} {held}")
    with st.container(horizontal=True, vertical_alignment="center"):
        session.downloads(key.file_name, download.flat([row.to_flat() for row in rows]))
    published.table([key])
    _plot(task, key, rows, live=live)
    _flags(task, rows)
    cite_sections.ranking(board, str(key), [key.config])
    with st.expander("What the metrics mean"):
        st.markdown(sentences.metrics_list(task))
    if not live:
        st.caption(season_sentence(season, live=live))


def _filtered(task: Task, rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """The rows of the chosen classes, and the names of the chosen columns."""
    every = columns.board_columns(task)
    offered = [name for name in every if name not in columns.ALWAYS]
    left, right = st.columns([2, 5])
    with left:
        classes = list(get_args(EntryClass))
        kinds = session.choose_many("Entry classes", classes, "class", default=classes)
    with right:
        names = session.choose_many(
            "Columns",
            offered,
            "columns",
            default=columns.shown_first(task, rows),
            show=lambda name: every[name].title,
        )
    return by_class([row for row in rows if row.metadata.entry_class in kinds]), names


def _test_rows(board: Board, config: str) -> int | None:
    folder = board.settings.data
    if folder is None:
        return None
    entry = session.found_manifest(folder).configs.get(config)
    return None if entry is None else entry.rows.get("test")


def _table(rows: Sequence[Row], names: Sequence[str], key: CellKey) -> None:
    every = columns.board_columns(tasks.load(key.task))
    wanted = {name: every[name] for name in (*columns.ALWAYS, *names)}
    event = st.dataframe(
        standing_table(rows, wanted),
        hide_index=True,
        placeholder="–",
        column_config={name: _kind(name, column) for name, column in wanted.items()},
        height="content" if len(rows) <= 20 else 740,
        alt="Ranking of the submissions to this cell",
        on_select="rerun",
        selection_mode="multi-row",
        key=f"ranking-{key}",
    )
    _links(key, [rows[at] for at in event["selection"]["rows"] if at < len(rows)])


def _kind(name: str, column: columns.TableColumn) -> Any:
    kinds = st.column_config
    about: dict[str, Any] = {
        "help": column.meaning,
        "width": column.width,
        "pinned": name in ("rank", "name"),
    }
    if column.kind == "number":
        return kinds.NumberColumn(column.title, format=column.format, **about)
    if column.kind == "count":
        return kinds.NumberColumn(column.title, format="localized", **about)
    if column.kind == "check":
        return kinds.CheckboxColumn(column.title, **about)
    if column.kind == "link":
        return kinds.LinkColumn(column.title, validate=r"^https?://", **about)
    if column.kind == "entry":
        return links.column(column.title, **about)
    return kinds.TextColumn(column.title, **about)


def _links(key: CellKey, chosen: Sequence[Row]) -> None:
    """Where the selected rows lead to."""
    with st.container(horizontal=True):
        st.page_link(
            "views/cell.py",
            label="This cell in detail",
            icon=":material/monitoring:",
            query_params=picks.cell_query(key),
        )
        if not chosen:
            st.caption(f"A name leads to its entry. Tick 2 to {MOST} rows to compare them.")
        for row in chosen[:2]:
            st.page_link(
                "views/entry.py",
                label=f"Open {row.id}",
                icon=":material/description:",
                query_params=picks.cell_query(key, id=row.id),
            )
        if len(chosen) > 1:
            compared = [row.id for row in chosen[:MOST]]
            st.page_link(
                "views/compare.py",
                label=f"Compare the {len(compared)}",
                icon=":material/compare_arrows:",
                query_params=[*picks.cell_query(key).items(), *(("m", id_) for id_ in compared)],
            )


def _plot(task: Task, key: CellKey, rows: Sequence[Row], *, live: bool) -> None:
    st.header(f"{task.title}: {task.ranking.title}")
    st.markdown(sentences.metric_sentence(task, live=live))
    if any(row.score.value is not None for row in rows):
        lines = references(key, rows)
        picture.show(
            ranking_chart.dots(task, rows, lines), "Ranking of the cell with 95 % intervals"
        )
        st.caption(sentences.dots_sentence(len(rows), lines))


def _flags(task: Task, rows: Sequence[Row]) -> None:
    flagged = [(row, flag) for row in rows for flag in flags.flags(task, row.details)]
    if not flagged:
        return
    with st.expander(f"Flags ({len(flagged)})", icon=":material/flag:"):
        st.dataframe(
            [
                {
                    "Model": links.entry(row.id, row.name),
                    "Flag": flag.short,
                    "What it says": flag.meaning,
                }
                for row, flag in flagged
            ],
            hide_index=True,
            placeholder="–",
            column_config={"Model": links.column("Model")},
            alt="Flags of the entries of this cell and what they say",
        )
        st.caption("A flag is shown and explained; nothing is refused for it.")


if __name__ == "__main__":
    page()
