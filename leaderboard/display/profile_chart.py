"""Lines over a distance, a place or a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from leaderboard.display.palette import SERIES
from leaderboard.display.scales import is_wide

HEIGHT = 320


def profile_table(at: ArrayLike, series: Mapping[str, ArrayLike]) -> Any:
    """Series (D,) over places (D,) as a pyarrow Table with the columns series, at, value."""
    places = np.asarray(at, dtype=np.float64)
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in series.items()}
    return pa.table(
        {
            "series": [name for name, values in arrays.items() for _ in values],
            "at": np.concatenate([places[: len(values)] for values in arrays.values()]),
            "value": np.concatenate(list(arrays.values())),
        }
    )


def lines(
    at: ArrayLike,
    series: Mapping[str, ArrayLike],
    titles: tuple[str, str],
    *,
    by_ratio: bool = False,
) -> Any:
    """One line with points a series.

    Args:
        at: (D,), where the values lie.
        series: label → values (D,).
        titles: of both axes.
        by_ratio: a logarithmic vertical axis where all values are above 0 and far apart.
    """
    data = profile_table(at, series)
    x_title, y_title = titles
    is_log = by_ratio and is_wide(data["value"].to_pylist())
    scale = alt.Scale(type="log" if is_log else "linear", zero=False, nice=False)
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
