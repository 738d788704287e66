"""Errors against n, M or N: the board's entries, and published ones beside them."""

from collections.abc import Sequence

import streamlit as st

from builders import families
from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    cite_sections,
    curve_chart,
    curve_choice,
    picks,
    picture,
    session,
    words,
)
from leaderboard.display.page import Page
from leaderboard.kinds.metrics import Better

PAGE = Page("Curves", "show_chart", group="Results", order=120)


def page() -> None:
    """The whole page."""
    st.title("Curves")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    axis, key, metric = _chosen(cells)
    wanted = curve_choice.along(axis, key)
    configs = sorted({cell.config for cell in cells if wanted(cell)})
    points = picks.points(board, configs, metric, key, axis)
    better = curve_choice.better(key.task, metric)
    every = curve_chart.ours(points, axis, better)
    published = tasks.load(key.task).published
    theirs = [p for p in published if p.metric == metric and wanted(p.key)]
    every += curve_chart.theirs(theirs, axis)
    _draw(every, axis, key, metric, better)
    _say(board, sorted({p.source for p in theirs}))
    cite_sections.ranking(board, f"curves of {key.task}", configs)


def _chosen(cells: list[CellKey]) -> tuple[curve_chart.Axis, CellKey, str]:
    """What x is, the cell that says what is held fixed, and the metric."""
    left, right = st.columns([1, 1])
    with left:
        against = st.container()
    with right:
        place = st.container()
    key = picks.cell(cells)
    titles = curve_chart.axis_titles(key.config)
    with against:
        axis = session.choose("Against", curve_chart.AXES, "x", show=titles.__getitem__)
    task = tasks.load(key.task)
    names = [metric.name for metric in task.metrics]
    theirs = {point.metric for point in task.published}
    with place:
        metric = session.choose(
            "Metric",
            names,
            "metric",
            default=next((k for k, name in enumerate(names) if name in theirs), 0),
            show=lambda name: words.metric_title(key.task, name),
        )
    family = parse_config(key.config)[0]
    title = families.load(family).title if family in families.names() else family
    st.markdown(f"{title}: {curve_choice.fixed(axis, key)}.")
    return axis, key, metric


def _draw(
    every: list[curve_chart.Curve],
    axis: curve_chart.Axis,
    key: CellKey,
    metric: str,
    better: Better,
) -> None:
    by_label = {curve.label: curve for curve in every}
    labels = session.choose_many(
        "Series", list(by_label), "series", default=curve_choice.first(every, better)
    )
    shown = [by_label[label] for label in labels]
    if not shown:
        st.info("Choose at least one series.")
        return
    titles = (curve_chart.axis_titles(key.config)[axis], words.metric_title(key.task, metric))
    picture.show(
        curve_chart.lines(shown, axis, titles), f"Curves of {titles[1]} against {titles[0]}"
    )
    table = curve_chart.curve_table(shown, axis, metric)
    session.downloads(f"{key.config}_{key.task}_{metric}_against_{axis}", table)


def _say(board: Board, sources: Sequence[str]) -> None:
    said = (
        "Full lines and circles: entries of this board with their 95 % intervals, the best of each "
        "model name at every point."
    )
    if sources:
        said += (
            f" Dashes and squares: published in {'; '.join(sources)}, on another draw of the same "
            "distribution, without intervals."
        )
    if board.scope()[1]:
        said += " A season is open: values are on the grid of live scores."
    st.caption(said)


if __name__ == "__main__":
    page()
