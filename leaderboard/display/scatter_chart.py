"""Scatter plots: true against predicted values, and one entry's errors against another's."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import LINE, SERIES
from leaderboard.display.words import in_unit
from leaderboard.kinds.metrics import Floats

SIDE = 460
WIDTH = 560  # in which the plot is about square
MOST = 3000  # points: more are not told apart and make the page slow


def true_predicted(truth: Floats, predicted: Floats, scored: NDArray[np.bool_], unit: str) -> Any:
    """Predicted against true values with the line on which both are the same.

    Args:
        truth: float64 (R, L).
        predicted: float64 (R, L).
        scored: bool (L,), the entries that are scored.
        unit: of the label, "1" where there is none.
    """
    x, y = truth[:, scored].ravel(), predicted[:, scored].ravel()
    every = -(-len(x) // MOST)  # every k-th value, so that the picture is always the same
    data = pa.table({"true": x[::every], "predicted": y[::every]})
    return _square(
        data, "true", "predicted", in_unit("true value", unit), in_unit("predicted value", unit)
    )


def errors(row_id: NDArray[Any], one: Floats, other: Floats, titles: tuple[str, str]) -> Any:
    """The errors of two entries on the same rows; below the line the second is better.

    Args:
        row_id: int64 (R,).
        one: float64 (R,), on the horizontal axis.
        other: float64 (R,).
        titles: of the axes.
    """
    data = pa.table({"row_id": row_id, "first": one, "second": other})
    return _square(data, "first", "second", *titles)


def ranked(row_id: NDArray[Any], by_label: Mapping[str, Floats], titles: tuple[str, str]) -> Any:
    """Errors of the test rows, those of the first series in rising order.

    Args:
        row_id: int64 (R,).
        by_label: label → float64 (R,).
        titles: of the axes.
    """
    order = np.argsort(next(iter(by_label.values())), kind="stable")
    data = pa.table(
        {
            "place": np.tile(np.arange(1, len(order) + 1), len(by_label)),
            "row_id": np.tile(row_id[order], len(by_label)),
            "error": np.concatenate([values[order] for values in by_label.values()]),
            "series": np.repeat(list(by_label), len(order)).tolist(),
        }
    )
    colours = alt.Scale(domain=list(by_label), range=[SERIES[0], LINE][: len(by_label)])
    return (
        alt.Chart(data)
        .mark_circle(size=30, opacity=0.9)
        .encode(
            x=alt.X("place:Q", title=titles[0], axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("error:Q", title=titles[1], scale=alt.Scale(zero=False)),
            color=alt.Color("series:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
            tooltip=["series:N", "row_id:Q", alt.Tooltip("error:Q", format=".4f")],
        )
        .properties(height=SIDE)
    )


def confusion(truth: NDArray[np.str_], predicted: NDArray[np.str_]) -> Any:
    """Counts of rows by true and predicted class, as a pyarrow Table; every pair of classes that
    occur, with 0 where no row has it.
    """
    classes, places = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    true, given = np.split(places, 2)
    counts = np.bincount(true * len(classes) + given, minlength=len(classes) ** 2)
    return pa.table(
        {
            "true": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "rows": counts,
        }
    )


def confusion_map(counts: Any, titles: tuple[str, str]) -> Any:
    """The table of `confusion` as a map with numbers.

    Args:
        counts: pyarrow Table.
        titles: of the vertical axis, which is `true`, and of the horizontal one.
    """
    base = alt.Chart(counts).encode(
        x=alt.X("predicted:N", title=titles[1], axis=alt.Axis(labelAngle=0, labelFlush=False)),
        y=alt.Y("true:N", title=titles[0]),
    )
    shade = alt.Color("rows:Q", scale=alt.Scale(range=["#dbe7e9", "#0b6e74"]), legend=None)
    middle = max(counts["rows"].to_pylist()) / 2
    ink = alt.condition(alt.datum.rows > middle, alt.value("#ffffff"), alt.value("#1b2029"))
    text = base.mark_text(fontSize=15).encode(text="rows:Q", color=ink)
    return alt.layer(base.mark_rect().encode(color=shade), text).properties(height=260)


def _square(data: Any, x: str, y: str, x_title: str, y_title: str) -> Any:
    held = np.concatenate([data[x].to_numpy(), data[y].to_numpy()])
    low, high = float(held.min()), float(held.max())
    pad = 0.03 * (high - low) or 0.5
    scale = alt.Scale(domain=[low - pad, high + pad], nice=False, zero=False)
    ends = pa.table({x: [low - pad, high + pad], y: [low - pad, high + pad]})
    axes = {
        "x": alt.X(f"{x}:Q", title=x_title, scale=scale, axis=alt.Axis(tickCount=6)),
        "y": alt.Y(f"{y}:Q", title=y_title, scale=scale, axis=alt.Axis(tickCount=6)),
    }
    line = alt.Chart(ends).mark_line(color=LINE, strokeDash=[5, 4]).encode(**axes)
    tips = [
        alt.Tooltip(f"{name}:Q", format="d" if name == "row_id" else ".4f")
        for name in data.column_names
    ]
    marks = alt.Chart(data).mark_circle(size=26, opacity=0.55, color=SERIES[0])
    return alt.layer(line, marks.encode(**axes, tooltip=tips)).properties(height=SIDE)
