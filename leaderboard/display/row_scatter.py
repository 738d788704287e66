"""All rows of a split over two of their parameters, coloured by a label."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.physics import parameters
from builders.physics.family import Family
from builders.physics.label import Label
from leaderboard.display import boundary
from leaderboard.display.palette import LINE, SERIES, Palette
from leaderboard.display.words import in_unit

HEIGHT = 430
MOST = 3000  # points: more are not told apart and make the page slow
CHOSEN = "chosen"
Columns = dict[str, NDArray[Any]]


def axes(family: Family, size: Size, split: Arrays) -> Columns:
    """Name → float64 (R,): a scalar parameter itself, of a longer one the mean and the spread of
    its entries; parameters that are the same in all rows are left out.
    """
    columns: Columns = {}
    for entry in parameters.layout(family.parameters, size):
        values = split["parameters"][:, entry["start"] : entry["start"] + entry["length"]]
        columns |= _reduced(entry["name"], values)
    return {name: values for name, values in columns.items() if np.ptp(values) > 1e-12}


def shades(family: Family, size: Size, split: Arrays) -> Columns:
    """Name → (R,), what a point can be coloured by; classes first, empty where labels are hidden.

    A label shows its summaries, as in the index; one without is shown itself, or by its mean.
    """
    labels = [label for label in family.labels if label.name in split and label.per == "row"]
    labels.sort(key=lambda label: not label.classes)
    return {name: values for label in labels for name, values in _of(label, size, split)}


def _of(label: Label, size: Size, split: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    values = split[label.name]
    if label.classes:
        yield label.name, np.array(label.classes)[values.astype(int)]
    for summary in label.summaries:
        yield in_unit(summary.name.replace("_", " "), summary.unit), summary.of(values, size)
    if not label.classes and not label.summaries:
        for name, reduced in _reduced(label.name, values.reshape(len(values), -1)).items():
            yield in_unit(name, label.unit), reduced


def _reduced(name: str, values: NDArray[Any]) -> Columns:
    numbers = values.astype(np.float64)
    if numbers.shape[1] == 1:
        return {name: numbers[:, 0]}
    return {f"mean of {name}": numbers.mean(axis=1), f"spread of {name}": numbers.std(axis=1)}


def is_class(values: NDArray[Any]) -> bool:
    """Whether a shade holds names, which lie on no axis."""
    return values.dtype.kind == "U"


def points(row_id: NDArray[Any], x: NDArray[Any], y: NDArray[Any], colour: NDArray[Any]) -> Any:
    """The points as a pyarrow Table."""
    return pa.table({"row_id": row_id, "x": x, "y": y, "colour": colour})


def scatter(table: Any, titles: tuple[str, str, str], colours: Palette) -> Any:
    """One point a row; every k-th where there are more than `MOST`. A click chooses a row. Classes
    have lines where they meet.

    Args:
        table: as `points`.
        titles: of x, y and the colour.
        colours: of the theme.
    """
    shown = table.take(np.arange(0, table.num_rows, -(-table.num_rows // MOST)))
    kind = "N" if pa.types.is_string(table["colour"].type) else "Q"
    names = sorted(set(table["colour"].to_pylist())) if kind == "N" else []
    scale = (
        alt.Scale(domain=names, range=[SERIES[k % len(SERIES)] for k in range(len(names))])
        if names
        else alt.Scale(range=list(colours.sequential))
    )
    # The pale end of a scale is hardly seen on the page without an edge.
    edge: dict[str, Any] = {} if names else {"stroke": LINE, "strokeWidth": 0.5}
    legend = alt.Legend(orient="top", title=titles[2], labelLimit=200, titleLimit=300)
    x = alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False))
    y = alt.Y("y:Q", title=titles[1], scale=alt.Scale(zero=False))
    marks = (
        alt.Chart(shown)
        .mark_circle(size=70, opacity=0.9, **edge)
        .encode(
            x=x,
            y=y,
            color=alt.Color(f"colour:{kind}", scale=scale, legend=legend),
            tooltip=[
                "row_id:Q",
                alt.Tooltip("x:Q", title=titles[0], format=".4f"),
                alt.Tooltip("y:Q", title=titles[1], format=".4f"),
                _tip(kind, titles[2]),
            ],
        )
        .add_params(alt.selection_point(name=CHOSEN, fields=["row_id"]))
    )
    meeting = boundary.lines(_meeting(table, kind), (x, y), colours)
    return alt.layer(*meeting, marks).properties(height=HEIGHT)


def _tip(kind: str, title: str) -> Any:
    """What a point is coloured by; numbers with fixed decimals."""
    if kind == "N":
        return alt.Tooltip("colour:N", title=title)
    return alt.Tooltip("colour:Q", title=title, format=".4f")


def _meeting(table: Any, kind: str) -> NDArray[np.float64]:
    if kind == "Q":
        return np.empty((0, 4))
    x, y, colour = (table[name].to_numpy(zero_copy_only=False) for name in ("x", "y", "colour"))
    return boundary.segments(x.astype(np.float64), y.astype(np.float64), colour.astype(str))


def chosen_row(event: Any) -> int | None:
    """The `row_id` that was clicked."""
    found = event["selection"].get(CHOSEN, []) if event else []
    return int(found[0]["row_id"]) if found else None
