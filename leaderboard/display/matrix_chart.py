"""Heat maps of matrices over pairs of sites, and of arrays over two axes."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import Palette

HEIGHT = 530  # with legend and axes: square at the width below
WIDTH = 480
_AROUND = 120  # legend, axis and its title
_DISTANCE_HEIGHT = 22
_SHORT = 12  # characters
_OVERLAP = 1 / 1200  # of a cell, for each of a line: less than a pixel, or the page shines through


def square_map(
    matrix: NDArray[Any],
    name: str,
    title: str,
    limit: float,
    colours: Palette,
    *,
    height: int = HEIGHT,
    signed: bool = True,
) -> Any:
    """A matrix over one axis twice, with the scale of what is off the diagonal.

    A diagonal that is one number everywhere, as by definition, is drawn without a colour of its
    own.

    Args:
        matrix: (N, N).
        name: of both axes.
        title: of the values, with their unit.
        limit: absolute value at both ends of the colour scale; entries past it take its colour.
        colours: of the theme.
        height: in pixels, with legend and axes.
        signed: whether the scale has zero in its middle, or begins with it.
    """
    n = len(matrix)
    is_constant = np.ptp(np.diag(matrix)) == 0
    shown = np.where(np.eye(n, dtype=bool) & is_constant, np.nan, matrix)
    scale = colour_scale(limit, colours, signed=signed)
    x, y = axis(f"{name} j", n), axis(f"{name} i", n)
    cells = _cells(shown, (x, y), title, scale)
    if not is_constant:
        return cells.properties(height=height)
    diagonal = pa.table({"i": np.arange(n), "j": np.arange(n)})
    marks = alt.Chart(diagonal).mark_rect(color=colours.muted)
    marks = marks.encode(x=alt.X("j:O", **x), y=alt.Y("i:O", **y))
    return alt.layer(cells, marks).properties(height=height)


def plane_map(
    values: NDArray[Any],
    names: tuple[str, str],
    title: str,
    limit: float,
    colours: Palette,
    *,
    height: int = HEIGHT,
) -> Any:
    """An array over two different axes.

    Args:
        values: (L, K); the first axis goes down.
        names: of the axes.
        title: of the values, with their unit.
        limit: absolute value at the ends of the colour scale.
        colours: of the theme.
        height: in pixels, with legend and axes.
    """
    lines, columns = values.shape
    scale = colour_scale(limit, colours, signed=bool(values.min() < 0))
    x, y = axis(names[1], columns), axis(names[0], lines)
    return _cells(values, (x, y), title, scale).properties(height=height)


def coupling_map(matrix: NDArray[np.floating], name: str, colours: Palette) -> Any:
    """A symmetric matrix of couplings by left site and distance; pairs without one are left out.

    Couplings are mostly short, so that the square matrix would be an empty page with a diagonal.

    Args:
        matrix: (N, N), at least one entry other than 0.
        name: of the parameter.
        colours: of the theme.
    """
    i, j = np.nonzero(np.triu(matrix, 1))
    values = matrix[i, j].astype(np.float64)
    limit = float(np.abs(values).max())
    if values.min() < 0:
        scale = alt.Scale(domain=[-limit, 0, limit], range=list(colours.diverging[::2]))
    else:
        scale = alt.Scale(domain=[0, limit], range=list(colours.sequential))
    longest = int((j - i).max())
    distances = alt.Scale(domain=list(range(1, longest + 1)), paddingInner=0, paddingOuter=0)
    steps = alt.Axis(values=labelled(1, longest + 1), ticks=False, domain=False)
    data = pa.table({"i": i, "j": j, "distance": j - i, "value": values})
    return (
        alt.Chart(data)
        .mark_rect(width=_band(len(matrix)), height=_band(longest))
        .encode(
            x=alt.X("i:O", **axis("site i", len(matrix))),
            y=alt.Y("distance:O", title="distance j − i", axis=steps, scale=distances),
            color=alt.Color("value:Q", title=name, scale=scale, legend=legend(name)),
            tooltip=["i:O", "j:O", alt.Tooltip("value:Q", title=name, format=".4f")],
        )
        .properties(height=min(HEIGHT, _AROUND + _DISTANCE_HEIGHT * longest))
    )


def _cells(
    matrix: NDArray[Any], axes: tuple[dict[str, Any], dict[str, Any]], title: str, scale: Any
) -> Any:
    """Every finite entry, by its place; `axes` are x and y."""
    i, j = np.nonzero(np.isfinite(matrix))
    data = pa.table({"i": i, "j": j, "value": matrix[i, j].astype(np.float64)})
    x, y = axes
    return (
        alt.Chart(data)
        .mark_rect(width=_band(matrix.shape[1]), height=_band(len(matrix)))
        .encode(
            x=alt.X("j:O", **x),
            y=alt.Y("i:O", **y),
            color=alt.Color("value:Q", title=title, scale=scale, legend=legend(title)),
            tooltip=[
                alt.Tooltip("i:O", title=y["title"]),
                alt.Tooltip("j:O", title=x["title"]),
                alt.Tooltip("value:Q", title=title, format=".3f"),
            ],
        )
    )


def _band(cells: int) -> Any:
    """How wide one of so many cells is drawn."""
    return alt.RelativeBandSize(band=1.0 + overlap(cells))


def overlap(cells: int) -> float:
    """By how much of itself one of so many cells in a line is drawn over its neighbours."""
    return cells * _OVERLAP


def colour_scale(limit: float, colours: Palette, *, signed: bool) -> Any:
    """A scale with zero in its middle, or from zero; values past the limit take its colour."""
    if not signed:
        return alt.Scale(domain=[0.0, limit], range=list(colours.sequential), clamp=True)
    ends = list(np.linspace(-limit, limit, len(colours.diverging)))
    return alt.Scale(domain=ends, range=list(colours.diverging), clamp=True, interpolate="rgb")


def axis(title: str, length: int) -> dict[str, Any]:
    """Title, axis and scale of 0 to length − 1, without gaps between them."""
    ticks = alt.Axis(values=labelled(0, length), labelAngle=0, ticks=False, domain=False)
    scale = alt.Scale(domain=list(range(length)), paddingInner=0, paddingOuter=0)
    return {"title": title, "axis": ticks, "scale": scale}


def labelled(first: int, stop: int) -> list[int]:
    """About eight of the numbers from `first`, a power of two apart."""
    step = max(1, 2 ** int(np.ceil(np.log2((stop - first) / 8))))
    return list(range(first, stop, step))


def legend(title: str) -> Any:
    """A gradient above the chart."""
    return alt.Legend(
        type="gradient",
        orient="top",
        gradientLength=220,
        gradientThickness=10,
        # A longer title leaves no room beside it on a telephone.
        titleOrient="left" if len(title) <= _SHORT else "top",
    )
