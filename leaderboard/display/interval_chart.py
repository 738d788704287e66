"""Values with 95 % intervals: lines over a number such as time, or points over names."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.display.palette import SERIES
from leaderboard.display.scales import errors_scale, is_wide
from leaderboard.kinds.details import Content

HEIGHT = 380
COLUMNS = ("series", "at", "value", "low", "high")


def points(curves: Mapping[str, Content]) -> pa.Table:
    """`COLUMNS` of details that are curves, by the label of their entry."""
    lines = [
        (label, *numbers)
        for label, held in curves.items()
        for numbers in zip(*held.values(), strict=True)
    ]
    return pa.table(dict(zip(COLUMNS, zip(*lines, strict=True), strict=True)))


def lines(
    data: pa.Table,
    titles: tuple[str, str],
    names: Sequence[str] | None = None,
    series: Sequence[str] | None = None,
) -> Any:
    """A line with points and intervals for each series; over names, points side by side.

    Args:
        data: `COLUMNS`, one point at least; `low` and `high` may be null.
        titles: of both axes.
        names: where x is a name, all of them in their order.
        series: the series in the order of their colours, by default that of the data.
    """
    x_title, y_title = titles
    known = [v for name in COLUMNS[2:] for v in data[name].to_pylist() if v is not None]
    log = " (logarithmic axis)" if is_wide(known) else ""
    y = alt.Y("value:Q", title=y_title + log, scale=errors_scale(known), axis=alt.Axis(tickCount=6))
    series = list(dict.fromkeys(data["series"].to_pylist())) if series is None else list(series)
    base = alt.Chart(data).encode(
        color=_colours(series), tooltip=_tips(x_title, y_title, is_number=names is None)
    )
    if names is None:
        scale = alt.Scale(nice=False, padding=12)
        ticks = alt.Axis(values=sorted(set(data["at"].to_pylist())), labelOverlap=True)
        base = base.encode(x=alt.X("at:Q", title=x_title, scale=scale, axis=ticks))
    else:
        axis = alt.Axis(labelAngle=-20, labelLimit=220, labelOverlap=False, grid=True)
        base = base.encode(
            x=alt.X("at:N", title=x_title, sort=list(names), axis=axis),
            xOffset=alt.XOffset("series:N", sort=series),
        )
    layers = []
    if data["low"].null_count < data.num_rows:
        bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2)
        layers.append(bars.encode(y=alt.Y("low:Q"), y2="high:Q"))
    if names is None:
        layers.insert(0, base.mark_line(strokeWidth=2).encode(y=y))
    layers.append(base.mark_point(size=50, filled=True, opacity=1).encode(y=y))
    return alt.layer(*layers).properties(height=HEIGHT + 22 * len(series) // 2)


def _colours(series: Sequence[str]) -> Any:
    scale = alt.Scale(domain=series, range=[SERIES[k % len(SERIES)] for k in range(len(series))])
    legend = alt.Legend(orient="bottom", columns=2, title=None, labelLimit=130)
    return alt.Color("series:N", scale=scale, legend=legend if len(series) > 1 else None)


def _tips(x_title: str, y_title: str, *, is_number: bool) -> list[Any]:
    numbers = {"value": y_title, "low": "95 % from", "high": "to"}
    at = alt.Tooltip("at:Q", title=x_title) if is_number else alt.Tooltip("at:N", title=x_title)
    return [
        alt.Tooltip("series:N"),
        at,
        *(alt.Tooltip(f"{name}:Q", format=".4f", title=words) for name, words in numbers.items()),
    ]
