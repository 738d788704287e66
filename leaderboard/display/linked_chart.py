"""Pictures of one row under each other, linked: what the mouse points at is marked in all."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display import matrix_chart, site_map
from leaderboard.display.bonds import Bonds
from leaderboard.display.palette import Palette

WIDTH = 290  # fits on a telephone with its axis
_LINE = 120  # height of a picture over the sites
_BAR = 0.7  # of the distance between two sites
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """Values along a chain.

    Attributes:
        title: of the values.
        values: float64 (N,) of sites, or (N−1,) of pairs (i, i+1), drawn between them.
        signed: bars from 0; else points on a line.
    """

    title: str
    values: Floats
    signed: bool


def chain(lines: list[Line], matrix: Floats, title: str, colours: Palette) -> Any:
    """Pictures along the sites of a chain, and under them a matrix over pairs of sites.

    Args:
        lines: on top, at least one.
        matrix: float64 (N, N).
        title: of its values.
        colours: of the theme.
    """
    sites = len(matrix)
    x = _places(sites, None)
    felt = _felt(len(lines) + 1)
    pictures = [_line(line, x, sites, (felt, k), colours) for k, line in enumerate(lines)]
    return _under([*pictures, _matrix(matrix, title, felt, colours)])


def lattice(
    positions: Floats, bonds: Bonds | None, matrix: Floats, title: str, colours: Palette
) -> Any:
    """A map of the sites, and under it a matrix over pairs of them; as `chain`."""
    felt = _felt(2)
    x, y = site_map.axes(positions)
    data = pa.table({"i": np.arange(len(positions)), "x": positions[:, 0], "y": positions[:, 1]})
    base = alt.Chart(data).encode(x=x, y=y, tooltip=[alt.Tooltip("i:O", title="site")])
    dots = base.mark_circle(size=190, opacity=1, color=colours.bar).add_params(felt[0])
    marked = base.mark_circle(aria=False, size=330, opacity=1, color=colours.second)
    layers = [dots, _filtered(marked, felt)]
    if bonds is not None:
        layers.insert(0, site_map.lines(bonds, (x, y)))
    wide, high = np.ptp(positions, axis=0)
    chart = alt.layer(*layers).properties(
        width=WIDTH, height=float(np.clip(WIDTH * (high + 1) / (wide + 1), 90, WIDTH))
    )
    return _under([chart, _matrix(matrix, title, felt, colours)])


def _felt(count: int) -> list[Any]:
    """A selection for every picture: the site that the mouse is at, the column `i`.

    One for all of them would need names of views, which Altair changes.
    """
    return [
        alt.selection_point(
            name=f"pointed{k}", fields=["i"], on="pointerover", clear="pointerout", empty=False
        )
        for k in range(count)
    ]


def _filtered(chart: Any, felt: list[Any]) -> Any:
    """Only the site that the mouse is at, in whichever picture."""
    return chart.transform_filter({"or": [{"param": p.name, "empty": False} for p in felt]})


def _under(charts: list[Any]) -> Any:
    return alt.vconcat(*charts, spacing=12).resolve_scale(color="independent", x="independent")


def _places(sites: int, title: str | None) -> Any:
    scale = alt.Scale(domain=[-0.5, sites - 0.5], nice=False, zero=False)
    ticks = alt.Axis(values=matrix_chart.labelled(0, sites), format="d", grid=False)
    return alt.X("left:Q", title=title, scale=scale, axis=ticks)


def _line(line: Line, x: Any, sites: int, own: tuple[list[Any], int], colours: Palette) -> Any:
    """Values of sites or pairs, and behind them what the mouse is at; `own` are all selections and
    the number of that of this picture.
    """
    felt, number = own
    i = np.arange(len(line.values))
    middle = i + (sites - len(i)) / 2
    places = [f"{k}" if len(i) == sites else f"({k}, {k + 1})" for k in i]
    data = pa.table(
        {
            "i": i, "place": places, "value": line.values.astype(np.float64),
            "left": middle - 0.5, "right": middle + 0.5, "middle": middle,
            "from": middle - _BAR / 2, "to": middle + _BAR / 2,
            "zero": np.zeros(len(i)),
        }
    )  # fmt: skip
    base = alt.Chart(data)
    y = alt.Y("value:Q", title=line.title, axis=alt.Axis(tickCount=4), scale=alt.Scale(zero=True))
    scale = x.to_dict()["scale"]
    at = alt.X("from:Q", scale=alt.Scale(**scale), title=None)
    if line.signed:
        marks = base.mark_rect(color=colours.bar).encode(at, y, alt.X2("to"), alt.Y2("zero"))
    else:
        middle_x = alt.X("middle:Q", scale=alt.Scale(**scale), title=None)
        marks = base.mark_line(point=True, color=colours.bar).encode(middle_x, y)
    behind = base.mark_rect(aria=False, opacity=0.25, color=colours.second)
    behind = _filtered(behind.encode(x, alt.X2("right")), felt)
    tips = [
        alt.Tooltip("place:N", title="site" if len(i) == sites else "pair"),
        alt.Tooltip("value:Q", title=line.title, format=".4f"),
    ]
    feeling = base.mark_rect(opacity=0).encode(x, alt.X2("right"), tooltip=tips)
    layers = alt.layer(behind, marks, feeling.add_params(felt[number]))
    return layers.properties(width=WIDTH, height=_LINE)


def _matrix(matrix: Floats, title: str, felt: list[Any], colours: Palette) -> Any:
    """The matrix without its diagonal, with the line and the column of the site."""
    sites = len(matrix)
    j, i = np.nonzero(~np.eye(sites, dtype=bool))
    values = matrix[j, i].astype(np.float64)
    limit = float(np.abs(values).max()) or 1.0
    data = pa.table({"i": i, "j": j, "value": values})
    band = alt.RelativeBandSize(band=1.0 + matrix_chart.overlap(sites))
    axes = {"x": alt.X("i:O", **matrix_chart.axis("site j", sites)),
            "y": alt.Y("j:O", **matrix_chart.axis("site i", sites))}  # fmt: skip
    cells = (
        alt.Chart(data)
        .mark_rect(width=band, height=band)
        .encode(
            **axes,
            color=alt.Color(
                "value:Q",
                title=title,
                scale=matrix_chart.colour_scale(limit, colours, signed=True),
                legend=matrix_chart.legend(title),
            ),
            tooltip=["j:O", "i:O", alt.Tooltip("value:Q", title=title, format=".4f")],
        )
        .add_params(felt[-1])
    )
    every = _filtered(alt.Chart(pa.table({"i": np.arange(sites)})), felt)
    frame = every.mark_rect(aria=False, filled=False, stroke=colours.ink, strokeWidth=1.5)
    column = frame.encode(x=axes["x"])
    row = frame.encode(y=alt.Y("i:O", **matrix_chart.axis("site i", sites)))
    return alt.layer(cells, column, row).properties(width=WIDTH, height=WIDTH)
