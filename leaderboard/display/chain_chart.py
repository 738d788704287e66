"""Charts over one axis: bars, an exact line with estimates beside it, a distribution."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import Palette

HEIGHT = 300
BINS = 30
EXACT = "exact"


def bars(values: NDArray[Any], name: str, where: str, colours: Palette) -> Any:
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


def beside(
    exact: NDArray[Any] | None,
    estimate: NDArray[Any] | None,
    titles: tuple[str, str, str],
    colours: Palette,
) -> Any:
    """Exact values as a line, the estimates as points.

    Args:
        exact: (L,), or None where hidden.
        estimate: (L,), or None where there is none; not both None.
        titles: of the horizontal axis, of the vertical axis, and of the estimate in the legend.
        colours: of the theme.
    """
    where, name, estimated = titles
    series = {EXACT: exact, estimated: estimate}
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
        x=_positions(length, where),
        y=alt.Y("value:Q", title=name, axis=alt.Axis(tickCount=5)),
        color=alt.Color(
            "series:N",
            title=None,
            scale=alt.Scale(domain=list(series), range=[colours.bar, colours.second]),
            legend=alt.Legend(orient="top", labelLimit=300, values=list(held)),
        ),
        tooltip=[
            alt.Tooltip("i:O", title=where),
            alt.Tooltip("value:Q", title=name, format=".4f"),
            alt.Tooltip("series:N", title="what"),
        ],
    )
    layers = []
    if exact is not None:
        line = base.transform_filter(alt.datum.series == EXACT)
        layers.append(line.mark_line(strokeWidth=2))
    if estimate is not None:
        points = base.transform_filter(alt.datum.series != EXACT)
        layers.append(points.mark_point(filled=True, opacity=1, size=36))
    return alt.layer(*layers).properties(height=HEIGHT)


def histogram(values: NDArray[Any], name: str, colours: Palette) -> Any:
    """How often values lie where.

    Args:
        values: of any shape.
        name: title of the horizontal axis.
        colours: of the theme.
    """
    counts, edges = np.histogram(values.astype(np.float64).ravel(), bins=BINS)
    data = pa.table({"from": edges[:-1], "to": edges[1:], "count": counts})
    return (
        alt.Chart(data)
        .mark_bar(color=colours.bar)
        .encode(
            x=alt.X("from:Q", title=name, scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("count:Q", title="rows", axis=alt.Axis(tickCount=5)),
            tooltip=["from:Q", "to:Q", "count:Q"],
        )
        .properties(height=HEIGHT)
    )


def _positions(length: int, where: str) -> Any:
    step = max(1, 2 ** int(np.ceil(np.log2(length / 16))))
    axis = alt.Axis(values=list(range(0, length, step)), labelAngle=0, ticks=False)
    return alt.X("i:O", title=where, axis=axis)
