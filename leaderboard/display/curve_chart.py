"""Error curves: a metric against n, M or N, ours with intervals, published ones beside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import pyarrow as pa

from builders.core.names import parse_config
from leaderboard.cells import CellKey
from leaderboard.display.palette import SERIES
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.display.scales import errors_scale, is_wide
from leaderboard.display.words import row_word, size_meaning, size_symbol
from leaderboard.kinds.published import Published
from leaderboard.ranking.curves import CurvePoint

Axis = Literal["n", "M", "N"]
AXES: tuple[Axis, ...] = ("n", "M", "N")
HEIGHT = 430
SHOWN = 6  # series at first


def axis_titles(config: str) -> dict[Axis, str]:
    """What each axis counts, for the family of a config."""
    word, size = row_word(config), f"{size_meaning(config)}, {size_symbol(config)}"
    return {"n": f"training {word}s n", "M": f"copies of each {word} M", "N": size}


@dataclass(frozen=True)
class Curve:
    """One line: x → value, with ends of the 95 % interval where there is one.

    Attributes:
        label: in the legend.
        published: whether it stands in a paper.
        points: (x, value, low, high), sorted by x.
    """

    label: str
    published: bool
    points: tuple[tuple[int, float, float | None, float | None], ...]


def position(key: CellKey, axis: Axis) -> int:
    """Where a cell lies on an axis."""
    return {"n": key.n, "M": key.shots, "N": parse_config(key.config)[1].sites}[axis]


def ours(points: Sequence[CurvePoint], axis: Axis, better: str) -> list[Curve]:
    """One curve a model name, the best of its entries at every x; best curve first.

    Entries of one name are often seeds or cells of one model in files of their own.
    """
    held: dict[str, dict[int, CurvePoint]] = {}
    sign = 1.0 if better == "lower" else -1.0
    for point in sorted(points, key=lambda p: (sign * (p.value.value or 0.0), p.id)):
        held.setdefault(point.name, {}).setdefault(position(point.key, axis), point)
    labels = unique_labels(list(held), list(held))
    return [
        Curve(
            label,
            False,
            tuple(
                (x, float(p.value.value or 0.0), p.value.low, p.value.high)
                for x, p in sorted(line.items())
            ),
        )
        for label, line in zip(labels, held.values(), strict=True)
    ]


def theirs(points: Iterable[Published], axis: Axis) -> list[Curve]:
    """One curve a published method."""
    held: dict[str, dict[int, float]] = {}
    for point in points:
        held.setdefault(point.method, {})[position(point.key, axis)] = point.value
    return [
        Curve(
            f"{name} (published)", True, tuple((x, v, None, None) for x, v in sorted(line.items()))
        )
        for name, line in held.items()
    ]


def curve_table(curves: Sequence[Curve], axis: Axis, metric: str) -> Any:
    """All points as a pyarrow Table: series, published, x, value and interval."""
    lines = [(curve, *point) for curve in curves for point in curve.points]
    return pa.table(
        {
            "series": [line[0].label for line in lines],
            "published": [line[0].published for line in lines],
            axis: [line[1] for line in lines],
            metric: [line[2] for line in lines],
            "low": pa.array([line[3] for line in lines], pa.float64()),
            "high": pa.array([line[4] for line in lines], pa.float64()),
        }
    )


def lines(curves: Sequence[Curve], axis: Axis, titles: tuple[str, str]) -> Any:
    """The chart: filled circles and full lines are ours, hollow squares and dashes published.

    Args:
        curves: at least one point.
        axis: what x is.
        titles: of both axes.
    """
    x_title, title = titles
    data = curve_table(curves, axis, "value").append_column(
        "kind", [["published" if c.published else "ours" for c in curves for _ in c.points]]
    )
    values = [v for c in curves for _, *known in c.points for v in known if v is not None]
    log = " (logarithmic axis)" if is_wide(values) else ""
    y = alt.Y("value:Q", title=title + log, scale=errors_scale(values), axis=alt.Axis(tickCount=6))
    base = alt.Chart(data).encode(
        x=_x(curves, axis, x_title), color=_colours(curves), tooltip=_tips(axis, title)
    )
    bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2)
    kind = alt.Scale(domain=["ours", "published"], range=["circle", "square"])
    dashes = alt.Scale(domain=["ours", "published"], range=[[1, 0], [5, 4]])
    drawn = base.mark_line(strokeWidth=2).encode(
        y=y, strokeDash=alt.StrokeDash("kind:N", scale=dashes, legend=None)
    )
    marks = base.mark_point(size=70, filled=True, opacity=1).encode(
        y=y, shape=alt.Shape("kind:N", scale=kind, legend=None)
    )
    layers = [drawn, bars.encode(y=alt.Y("low:Q"), y2="high:Q"), marks]
    if data["low"].null_count == data.num_rows:
        del layers[1]
    return alt.layer(*layers).properties(height=HEIGHT + 22 * len(curves) // 2)


def _x(curves: Sequence[Curve], axis: Axis, title: str) -> Any:
    ticks = sorted({x for curve in curves for x, *_ in curve.points})
    scale = alt.Scale(type="log", base=2, nice=False, padding=24)
    return alt.X(f"{axis}:Q", title=title, scale=scale, axis=alt.Axis(values=ticks, format="d"))


def _colours(curves: Sequence[Curve]) -> Any:
    labels = [curve.label for curve in curves]
    # A published method next to ours gets a colour of its own: they are different data.
    scale = alt.Scale(domain=labels, range=[SERIES[k % len(SERIES)] for k in range(len(labels))])
    legend = alt.Legend(orient="bottom", columns=2, title=None, labelLimit=130)
    return alt.Color("series:N", scale=scale, legend=legend)


def _tips(axis: Axis, title: str) -> list[Any]:
    numbers = {"value": title, "low": "95 % from", "high": "to"}
    return [
        alt.Tooltip("series:N"),
        alt.Tooltip(f"{axis}:Q"),
        *(alt.Tooltip(f"{name}:Q", format=".4f", title=words) for name, words in numbers.items()),
    ]
