"""Numbers that others published for cells of the board, marked as what they are."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display import words


def lines(cells: Sequence[CellKey]) -> list[dict[str, Any]]:
    """One line a published number of one of the cells."""
    return [
        {
            "Method": f"{point.method} (published)",
            "Config": point.key.config,
            "n": point.key.n,
            "M": point.key.shots,
            "Metric": words.metric_title(point.key.task, point.metric),
            "Value": point.value,
            "Source": point.source,
        }
        for task in sorted({key.task for key in cells})
        for point in tasks.load(task).published
        if point.key in cells
    ]


def table(cells: Sequence[CellKey]) -> None:
    """The numbers beside a ranking; nothing where there are none."""
    found = lines(cells)
    if not found:
        return
    st.markdown("**Published by others**, on another draw of the same distribution: not ranked")
    st.dataframe(
        found,
        hide_index=True,
        placeholder="–",
        column_config={"Value": st.column_config.NumberColumn(format="%.4f")},
        alt="Published numbers for the same cells",
    )
