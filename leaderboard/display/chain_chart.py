"""Charts of one number a bond or a site: couplings and pair entropies."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import Palette

HEIGHT = 300


def bars(values: NDArray[np.floating], name: str, where: str, colours: Palette) -> Any:
    """One bar a bond or a site.

    Args:
        values: (L,).
        name: title of the vertical axis.
        where: title of the horizontal axis, such as `bond (i, i+1)`.
        colours: of the theme.
    """
    data = pa.table({"i": np.arange(len(values)), "value": values.astype(np.float64)})
    return (
        alt.Chart(data)
        .mark_bar(color=colours.bar)
        .encode(
            x=_positions(len(values), where),
            y=alt.Y("value:Q", title=name, axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip("i:O", title=where),
                alt.Tooltip("value:Q", title=name, format=".4f"),
            ],
        )
        .properties(height=HEIGHT)
    )


def entropies(
    exact: NDArray[np.floating] | None,
    estimate: NDArray[np.floating] | None,
    estimate_title: str,
    colours: Palette,
) -> Any:
    """Pair entropies: the exact values as a line, the estimates as points.

    Args:
        exact: (N − 1,) in bit, or None where hidden.
        estimate: (N − 1,) in bit, or None where there are too few shots; not both None.
        estimate_title: in the legend.
        colours: of the theme.
    """
    series = {"exact": exact, estimate_title: estimate}
    held = {title: values for title, values in series.items() if values is not None}
    length = len(next(iter(held.values())))
    data = pa.table(
        {
            "i": np.tile(np.arange(length), len(held)),
            "value": np.concatenate(list(held.values())).astype(np.float64),
            "series": np.repeat(list(held), length).tolist(),
        }
    )
    base = alt.Chart(data).encode(
        x=_positions(length, "pair (a, a+1)"),
        y=alt.Y("value:Q", title="S2 in bit", axis=alt.Axis(tickCount=5)),
        color=alt.Color(
            "series:N",
            title=None,
            scale=alt.Scale(domain=list(series), range=[colours.bar, colours.second]),
            legend=alt.Legend(orient="top", labelLimit=300, values=list(held)),
        ),
        tooltip=[
            alt.Tooltip("i:O", title="a"),
            alt.Tooltip("value:Q", title="S2 in bit", format=".4f"),
            alt.Tooltip("series:N", title="what"),
        ],
    )
    line = base.transform_filter(alt.datum.series == "exact").mark_line(strokeWidth=2)
    points = base.mark_point(filled=True, opacity=1, size=36)
    return alt.layer(line, points).properties(height=HEIGHT)


def _positions(length: int, where: str) -> Any:
    step = max(1, 2 ** int(np.ceil(np.log2(length / 16))))
    axis = alt.Axis(values=list(range(0, length, step)), labelAngle=0, ticks=False)
    return alt.X("i:O", title=where, axis=axis)
