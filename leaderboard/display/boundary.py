"""Where classes meet in a plane, as rows of known class show it."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import Palette

NEAREST = 5
"""Rows whose most common class a place has: one alone would draw islands around single rows."""
_STEPS = 60
_ROWS = 1500  # of which a place looks for its nearest
Floats = NDArray[np.float64]


def segments(x: Floats, y: Floats, classes: NDArray[np.str_]) -> Floats:
    """The lines between places of different class, float64 (S, 4): x, y of both ends.

    A place has the class of most of the `NEAREST` rows around it; distances are in units of the
    range of each axis.

    Args:
        x: float64 (R,), parameter of the rows.
        y: float64 (R,), another one.
        classes: (R,), of the rows.
    """
    names, kind = np.unique(classes, return_inverse=True)
    if len(names) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.empty((0, 4))
    every = -(-len(x) // _ROWS)
    edges = [np.linspace(values.min(), values.max(), _STEPS + 1) for values in (x, y)]
    place = _classes(x[::every], y[::every], kind[::every], edges)
    across, up = edges
    right = np.argwhere(place[1:] != place[:-1])  # neighbours in x meet in an upright line
    above = np.argwhere(place[:, 1:] != place[:, :-1])
    a, b = right.T
    c, d = above.T
    upright = np.stack([across[a + 1], up[b], across[a + 1], up[b + 1]], axis=1)
    level = np.stack([across[c], up[d + 1], across[c + 1], up[d + 1]], axis=1)
    return np.concatenate([upright, level])


def lines(between: Floats, axes: tuple[Any, Any], colours: Palette) -> list[Any]:
    """The lines as a layer of a chart; none where there are none.

    Args:
        between: float64 (S, 4), as `segments`.
        axes: x and y of the chart.
        colours: of the theme.
    """
    if not len(between):
        return []
    data = pa.table(dict(zip(("x", "y", "x2", "y2"), between.T, strict=True)))
    rules = alt.Chart(data).mark_rule(color=colours.ink, opacity=0.6, strokeWidth=1.5)
    return [rules.encode(x=axes[0], y=axes[1], x2="x2", y2="y2")]


def _classes(
    x: Floats, y: Floats, kind: NDArray[np.int64], edges: list[Floats]
) -> NDArray[np.int64]:
    """Number of the class of each cell of the grid, (`_STEPS`, `_STEPS`)."""
    middle = [(edge[1:] + edge[:-1]) / 2 for edge in edges]
    scaled = [(m[:, None] - v) / np.ptp(v) for m, v in zip(middle, (x, y), strict=True)]
    near = min(NEAREST, len(x))
    place = np.empty((_STEPS, _STEPS), dtype=np.int64)
    for i, column in enumerate(scaled[0]):
        apart = column**2 + scaled[1] ** 2  # (steps of y, rows)
        nearest = kind[np.argpartition(apart, near - 1, axis=1)[:, :near]]
        counts = np.stack([(nearest == k).sum(axis=1) for k in range(kind.max() + 1)])
        place[i] = counts.argmax(axis=0)
    return place
