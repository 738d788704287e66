"""Lines over a distance or a cut: errors by distance, entropies by cut."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from leaderboard.display.palette import SERIES

HEIGHT = 320


def profile_table(series: Mapping[str, ArrayLike], first: int = 1) -> Any:
    """Series (D,) as a pyarrow Table with the columns series, at, value; `at` from `first`."""
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in series.items()}
    return pa.table(
        {
            "series": [name for name, values in arrays.items() for _ in values],
            "at": [first + k for values in arrays.values() for k in range(len(values))],
            "value": np.concatenate(list(arrays.values())),
        }
    )


def lines(series: Mapping[str, ArrayLike], x_title: str, y_title: str, *, log: bool = False) -> Any:
    """One line with points a series.

    Args:
        series: label → values (D,) at 1 … D.
        x_title: of the horizontal axis.
        y_title: of the vertical axis.
        log: a logarithmic vertical axis, if all values are above 0.
    """
    data = profile_table(series)
    positive = min(data["value"].to_pylist()) > 0
    scale = alt.Scale(type="log" if log and positive else "linear", zero=False, nice=False)
    return (
        alt.Chart(data)
        .mark_line(point=alt.OverlayMarkDef(size=28, filled=True), strokeWidth=2)
        .encode(
            x=alt.X(
                "at:Q", title=x_title, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=False)
            ),
            y=alt.Y("value:Q", title=y_title, scale=scale, axis=alt.Axis(tickCount=5)),
            color=_colours(list(series)),
            tooltip=[
                alt.Tooltip("series:N"),
                alt.Tooltip("at:Q", title=x_title),
                alt.Tooltip("value:Q", title=y_title, format=".4f"),
            ],
        )
        .properties(height=HEIGHT)
    )


def _colours(names: Sequence[str]) -> Any:
    scale = alt.Scale(
        domain=list(names), range=[SERIES[k % len(SERIES)] for k in range(len(names))]
    )
    legend = alt.Legend(orient="top", title=None, labelLimit=300) if len(names) > 1 else None
    return alt.Color("series:N", scale=scale, legend=legend)
