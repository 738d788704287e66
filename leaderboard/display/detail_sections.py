"""What a report tells beside the metrics, each detail by the chart that it declares."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from leaderboard.display import (
    interval_chart,
    matrix_chart,
    picture,
    profile_chart,
)
from leaderboard.display.palette import Palette
from leaderboard.kinds.details import Content, Detail
from leaderboard.kinds.task import Task


def details(task: Task, shown: Mapping[str, Any], colours: Palette) -> None:
    """Every detail that a report of the task holds.

    Args:
        task: of the cell.
        shown: as in `Row.details`.
        colours: of the theme.
    """
    for detail in task.every_detail:
        if detail.name not in shown:
            continue
        st.markdown(f"**{detail.title}**")
        if detail.chart == "table":
            st.dataframe(
                dict(shown[detail.name]), hide_index=True, placeholder="–", alt=detail.title
            )
        else:
            picture.show(_chart(detail, shown[detail.name], colours), detail.title)


def profiles(task: Task, by_entry: Mapping[str, Mapping[str, Any]]) -> None:
    """The profiles and curves of several entries, each in one picture; those that not all have are
    left out.

    Args:
        task: of the cell.
        by_entry: label of the entry → as in `Row.details`.
    """
    for detail in task.every_detail:
        if not all(detail.name in held for held in by_entry.values()):
            continue
        if detail.chart == "curve":
            st.header(detail.title)
            curves = {label: held[detail.name] for label, held in by_entry.items()}
            picture.show(
                interval_chart.lines(interval_chart.points(curves), detail.axes),
                f"{detail.title} of several entries",
            )
        if detail.chart != "profile":
            continue
        series: dict[str, Any] = {}
        for label, held in by_entry.items():
            at, *curves = held[detail.name].values()
            names = list(held[detail.name])[1:]
            several = len(names) > 1
            series |= {f"{label}, {n}" if several else label: v
                       for n, v in zip(names, curves, strict=True)}  # fmt: skip
        st.header(detail.title)
        picture.show(
            profile_chart.lines(at, series, detail.axes, by_ratio=True),
            f"{detail.title} of several entries",
        )


def _chart(detail: Detail, content: Content, colours: Palette) -> Any:
    if detail.chart == "profile":
        (_, at), *series = content.items()
        return profile_chart.lines(at, dict(series), detail.axes, by_ratio=True)
    if detail.chart == "curve":
        return interval_chart.lines(interval_chart.points({"": content}), detail.axes)
    ((name, values),) = content.items()
    matrix = np.asarray(values, dtype=np.float64)
    limit = float(np.abs(matrix).max()) or 1.0
    names = (detail.axes[1], detail.axes[0])
    return matrix_chart.plane_map(matrix, names, name, limit, colours)
