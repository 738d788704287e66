"""Heat maps of matrices over pairs of sites."""

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
_BAND = alt.RelativeBandSize(band=1.06)  # cells overlap a little, or the page shines through


def correlation_map(
    matrix: NDArray[np.floating], limit: float, colours: Palette, height: int = HEIGHT
) -> Any:
    """A correlation matrix; its diagonal is 1 by definition and drawn without a colour of its own.

    Args:
        matrix: (N, N).
        limit: absolute value at both ends of the colour scale; entries past it take its colour.
        colours: of the theme.
        height: in pixels, with legend and axes.
    """
    n = len(matrix)
    off = np.where(np.eye(n, dtype=bool), np.nan, matrix)
    scale = alt.Scale(
        domain=list(np.linspace(-limit, limit, len(colours.diverging))),
        range=list(colours.diverging),
        clamp=True,
        interpolate="rgb",
    )
    diagonal = pa.table({"i": np.arange(n), "j": np.arange(n)})
    marks = alt.Chart(diagonal).mark_rect(color=colours.muted)
    marks = marks.encode(x=alt.X("j:O", **_sites("j", n)), y=alt.Y("i:O", **_sites("i", n)))
    return alt.layer(_cells(off, "C_ij", scale), marks).properties(height=height)


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
    axis = alt.Axis(values=_labelled(1, longest + 1), ticks=False, domain=False)
    data = pa.table({"i": i, "j": j, "distance": j - i, "value": values})
    return (
        alt.Chart(data)
        .mark_rect(width=_BAND, height=_BAND)
        .encode(
            x=alt.X("i:O", **_sites("i", len(matrix))),
            y=alt.Y("distance:O", title="distance j − i", axis=axis, scale=distances),
            color=alt.Color("value:Q", title=name, scale=scale, legend=_legend()),
            tooltip=["i:O", "j:O", alt.Tooltip("value:Q", title=name, format=".4f")],
        )
        .properties(height=min(HEIGHT, _AROUND + _DISTANCE_HEIGHT * longest))
    )


def _cells(matrix: NDArray[np.floating], name: str, scale: Any) -> Any:
    n = len(matrix)
    i, j = np.nonzero(np.isfinite(matrix))
    data = pa.table({"i": i, "j": j, "value": matrix[i, j].astype(np.float64)})
    return (
        alt.Chart(data)
        .mark_rect(width=_BAND, height=_BAND)
        .encode(
            x=alt.X("j:O", **_sites("j", n)),
            y=alt.Y("i:O", **_sites("i", n)),
            color=alt.Color("value:Q", title=name, scale=scale, legend=_legend()),
            tooltip=["i:O", "j:O", alt.Tooltip("value:Q", title=name, format=".3f")],
        )
    )


def _sites(name: str, n: int) -> dict[str, Any]:
    """Title, axis and scale of sites 0 to n − 1, without gaps between them."""
    axis = alt.Axis(values=_labelled(0, n), labelAngle=0, ticks=False, domain=False)
    scale = alt.Scale(domain=list(range(n)), paddingInner=0, paddingOuter=0)
    return {"title": f"site {name}", "axis": axis, "scale": scale}


def _labelled(first: int, stop: int) -> list[int]:
    """About eight of the numbers from `first`, a power of two apart."""
    step = max(1, 2 ** int(np.ceil(np.log2((stop - first) / 8))))
    return list(range(first, stop, step))


def _legend() -> Any:
    return alt.Legend(
        type="gradient",
        orient="top",
        gradientLength=220,
        gradientThickness=10,
        titleOrient="left",
    )
