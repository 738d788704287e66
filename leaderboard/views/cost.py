"""What error is reached at what cost: copies, training time, parameters, time of an answer."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    cite_sections,
    cost_chart,
    links,
    picks,
    picture,
    sentences,
    session,
)
from leaderboard.display.page import Page
from leaderboard.kinds.metrics import Metric
from leaderboard.ranking.front import Priced, best_of_each

PAGE = Page("Cost", "savings", group="Results", order=115)
ABOUT = """\
A solver may be exact and a network cheap: what counts is the error at its price. The dashed line \
is the front, the entries that nobody beats in both; solvers stand among the others."""


def page() -> None:
    """The whole page."""
    st.title("Cost against accuracy")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    st.markdown(ABOUT)
    key = picks.cell(cells)
    cost = session.choose(
        "Cost", list(cost_chart.TITLES), "cost", show=cost_chart.TITLES.__getitem__, width=365
    )
    metric = tasks.load(key.task).ranking
    is_copies = cost == cost_chart.COPIES
    every = _by_copies(board, key, metric) if is_copies else _by_rows(board, key, cost)
    if not every:
        st.info("No entry of this cell states this cost.")
        return
    _draw(every, cost, metric, key)
    cite_sections.ranking(board, f"cost and accuracy, {key}", [key.config])


def _by_copies(board: Board, key: CellKey, metric: Metric[object]) -> list[Priced]:
    """The best of each class at every n·M of the config and task."""
    kinds = {head.id: head.metadata.entry_class for head in picks.entries(board)}
    points = picks.every_point(board, key, metric.name)
    every = [
        Priced(p.id, p.name, kinds[p.id], float(p.key.n * (p.key.shots or 1)), p.value)
        for p in points
        if p.id in kinds
    ]
    return best_of_each(every, lower=metric.better == "lower")


def _by_rows(board: Board, key: CellKey, cost: str) -> list[Priced]:
    return cost_chart.priced(board.ranking(*key), cost)


def _draw(every: Sequence[Priced], cost: str, metric: Metric[object], key: CellKey) -> None:
    lower = metric.better == "lower"
    shown = cost_chart.drawn(every, lower=lower)
    title = cost_chart.TITLES[cost]
    what = f"{metric.title} of {len(shown)} entries against {title.lower()}, with the front"
    picture.show(cost_chart.chart(shown, title, metric), what)
    st.caption(_said(len(every), len(shown), cost))
    table = cost_chart.table(every, cost, metric)
    with st.expander("As a table"):
        st.dataframe(
            _linked(table),
            hide_index=True,
            placeholder="–",
            column_config={
                "name": links.column("Model"),
                cost: st.column_config.NumberColumn(title),
                metric.name: st.column_config.NumberColumn(metric.title, format="%.4f"),
            },
            alt="Entries with their cost and score",
        )
    session.downloads(f"{key.file_name}_against_{cost}", table)


def _linked(table: Any) -> Any:
    """The table with its names as links to the entries."""
    named = zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True)
    linked = table.set_column(0, "name", [[links.entry(id_, name) for id_, name in named]])
    return linked.drop_columns(["id"])


def _said(every: int, shown: int, cost: str) -> str:
    if cost == cost_chart.COPIES:
        return (
            "All n and M of this config and task: the best entry of each class at every n·M. Bars: "
            "95 % intervals."
        )
    said = "Bars: 95 % intervals. Triangles: the cost is stated of a whole file of several cells, "
    said += "and not of this one."
    if shown < every:
        said += (
            f" {sentences.count(shown)} of {sentences.count(every)} entries are drawn: the best, "
            "the front and the best solvers. The table has all."
        )
    return said


if __name__ == "__main__":
    page()
