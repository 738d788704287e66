"""Differences with their intervals, against the line of no difference."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.cells import CellKey
from leaderboard.display.palette import LINE, SERIES
from leaderboard.ranking.comparison import Difference

ROW_HEIGHT = 38  # two lines of text
_AROUND = 80
BREAK = " · "  # labels are drawn on two lines, broken here


def difference_table(differences: Sequence[Difference], labels: Sequence[str]) -> Any:
    """One line a difference as a pyarrow Table; labels must differ from each other."""
    labelled = list(zip(labels, differences, strict=True))
    return pa.table(
        {
            "label": [label for label, _ in labelled],
            **{name: [d.key._asdict()[name] for _, d in labelled] for name in _KEY},
            "metric": [d.metric for _, d in labelled],
            "first": [d.first for _, d in labelled],
            "second": [d.second for _, d in labelled],
            "difference": [d.difference.value for _, d in labelled],
            "low": pa.array([d.difference.low for _, d in labelled], pa.float64()),
            "high": pa.array([d.difference.high for _, d in labelled], pa.float64()),
            "p": [d.p for _, d in labelled],
            "rows": [d.rows for _, d in labelled],
        }
    )


def cell_label(key: CellKey) -> str:
    """The name of a cell on two lines."""
    return f"{key.config}{BREAK}{key.task}, n={key.n}, M={key.shots}"


def dots(shown: Any, title: str) -> Any:
    """A dot and an interval a line of `table`.

    Args:
        shown: pyarrow Table.
        title: of the horizontal axis.
    """
    labels = shown["label"].to_pylist()
    axis = alt.Axis(
        labelExpr=f"split(datum.label, '{BREAK}')",
        labelLimit=170,
        ticks=False,
        domain=False,
        grid=True,
    )
    base = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=axis),
        tooltip=[
            alt.Tooltip("label:N"),
            *(alt.Tooltip(f"{c}:Q", format=".5f") for c in ("difference", "low", "high")),
            alt.Tooltip("p:Q", format=".2g"),
        ],
    )
    zero = alt.Chart(pa.table({"x": [0.0]})).mark_rule(color=LINE, strokeDash=[5, 4])
    bars = base.mark_rule(strokeWidth=2.5, color=SERIES[0]).encode(
        x=alt.X("low:Q", title=title), x2="high:Q"
    )
    points = base.mark_point(size=90, filled=True, opacity=1, color=SERIES[0]).encode(
        x=alt.X("difference:Q", title=title)
    )
    return alt.layer(zero.encode(x="x:Q"), bars, points).properties(
        height=ROW_HEIGHT * len(labels) + _AROUND
    )


_KEY = ("config", "task", "n", "shots", "track")
