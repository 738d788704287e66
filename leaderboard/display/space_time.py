"""A label of all states of one evolution: places along x, time upwards, and the light cone."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from builders.physics.label import SITE, Axis
from leaderboard.display import label_chart, matrix_chart
from leaderboard.display.evolution import Times
from leaderboard.display.palette import Palette

HEIGHT = 470  # with legend and axes


@dataclass(frozen=True)
class Space:
    """What of a label is drawn along x.

    Attributes:
        axis: what is counted there, L of it.
        centre: of a label over pairs of sites, the site whose line is drawn, by absolute value;
            None where the label has one axis.
    """

    axis: Axis
    centre: int | None = None

    @staticmethod
    def of(axes: tuple[Axis, ...], length: int) -> "Space | None":
        """That of a label whose first axis counts `length`; None of one without such a picture."""
        if len(axes) == 1:
            return Space(axes[0])
        return Space(axes[0], (length - 1) // 2) if label_chart.is_square(axes) else None

    @property
    def signed(self) -> bool:
        """Whether zero is the middle of the colours: of what sites have, spins up or down, and not
        of entropies or absolute values.
        """
        return self.counts_sites and self.centre is None

    @property
    def counts_sites(self) -> bool:
        """Whether x counts sites, which a velocity is told in."""
        return self.axis.name == SITE.name

    def values(self, label: NDArray[Any]) -> NDArray[np.float64]:
        """Float64 (T, L) of the label of T states, (T, L) or (T, L, L).

        A centre with itself is NaN: it is one by definition.
        """
        if self.centre is None:
            return label.astype(np.float64)
        line = np.abs(label[:, self.centre].astype(np.float64))
        line[:, self.centre] = np.nan
        return line

    def title(self, name: str) -> str:
        """Of the values, whose label is called that."""
        return name if self.centre is None else f"|{name}| with site {self.centre}"

    def reach(self, velocity: float) -> float:
        """How far the light cone opens in a unit of time, on either side.

        A signal of a site goes v t. Two sites are correlated by what left a place between them for
        both, so that they are 2 v t apart at most (Calabrese, Cardy, PRL 96, 136801 (2006)).
        """
        return velocity if self.centre is None else 2.0 * velocity

    def sentence(self, velocity: float | None) -> str:
        """What the lines mean, and the site that others are compared with; Markdown."""
        said = "" if self.centre is None else f"Grey: site {self.centre} with itself. "
        if velocity is None:
            return said
        if self.centre is None:
            return (
                f"Dashes: the light cone |i − c| = v t of the middle c, v = {velocity:.3g} sites a "
                "unit of time at most: what happens there is not felt outside."
            )
        return (
            f"{said}Dashes: |i − {self.centre}| = 2 v t, v = {velocity:.3g} sites a unit of time "
            "at most. What left a place between two sites for both of them correlates them; the "
            "values outside are those of independent sites."
        )


def limit(values: NDArray[np.float64]) -> float:
    """Largest absolute value; 1 if all are 0."""
    return float(np.nanmax(np.abs(values))) or 1.0


def cone(space: Space, length: int, reach: float, end: float) -> list[dict[str, float]]:
    """Points of the two rays from t = 0 at the middle, or at the centre, to the time `end`.

    Args:
        space: what is drawn along x.
        length: L.
        reach: see `Space.reach`.
        end: the last time of the picture.
    """
    at = (length - 1) / 2 if space.centre is None else float(space.centre)
    return [
        {"ray": sign, "x": at + sign * reach * t, "time": t}
        for sign in (-1.0, 1.0)
        for t in (0.0, end)
    ]


def picture(
    values: NDArray[np.float64],
    space: Space,
    along: Times,
    title: str,
    largest: float,
    colours: Palette,
    *,
    reach: float | None = None,
) -> Any:
    """The chart.

    Args:
        values: (T, L), as `Space.values` gives them.
        space: what is drawn along x.
        along: the times.
        title: of the values, with their unit.
        largest: absolute value at the ends of the colour scale; values past it take its colour.
        colours: of the theme.
        reach: of the light cone; None draws none.
    """
    states, length = values.shape
    scale = matrix_chart.colour_scale(largest, colours, signed=space.signed)
    x, y = _axes(space, length, along)
    cells = _cells(values, along)
    base = alt.Chart(cells.filter(pc.is_valid(cells["value"])))
    layers = [
        base.mark_rect().encode(
            *(x, y, alt.X2("right"), alt.Y2("top")),
            color=alt.Color("value:Q", title=title, scale=scale, legend=matrix_chart.legend(title)),
            tooltip=[
                alt.Tooltip("place:O", title=space.axis.name),
                alt.Tooltip("time:Q", title=along.title, format=".4~g"),
                alt.Tooltip("value:Q", title=title, format=".3f"),
            ],
        )
    ]
    if space.centre is not None:
        itself = alt.Chart(cells.filter(pc.is_null(cells["value"])))
        layers.append(
            itself.mark_rect(color=colours.muted).encode(x, y, alt.X2("right"), alt.Y2("top"))
        )
    if reach is not None:
        layers += _rays(cone(space, length, reach, along.edges[states]), (x, y), colours)
    return alt.layer(*layers).properties(height=HEIGHT)


def _cells(values: NDArray[np.float64], along: Times) -> pa.Table:
    """One line an entry: where its rectangle begins and ends."""
    states, length = values.shape
    edges = np.array(along.edges)
    # Less than a pixel on either side, or the page shines through.
    wide, high = matrix_chart.overlap(length), matrix_chart.overlap(states) * np.diff(edges)
    t, i = (index.ravel() for index in np.indices(values.shape))
    return pa.table(
        {
            "place": i, "time": np.array(along.at)[t],
            "left": i - 0.5 - wide / 2, "right": i + 0.5 + wide / 2,
            "bottom": edges[t] - high[t] / 2, "top": edges[t + 1] + high[t] / 2,
            "value": pa.array(values.ravel(), from_pandas=True),
        }
    )  # fmt: skip


def _axes(space: Space, length: int, along: Times) -> tuple[Any, Any]:
    """Time begins at 0, where the cone has its tip, or with the first state."""
    ticks = alt.Axis(values=matrix_chart.labelled(0, length), format="d", grid=False)
    across = alt.Scale(domain=[-0.5, length - 0.5], nice=False, zero=False)
    begin = min(0.0, along.edges[0]) if along.at[0] >= 0 else along.edges[0]
    upwards = alt.Scale(domain=[begin, along.edges[-1]], nice=False, zero=False)
    return (
        alt.X("left:Q", title=space.axis.name, axis=ticks, scale=across),
        alt.Y("bottom:Q", title=along.title, axis=alt.Axis(tickCount=6, grid=False), scale=upwards),
    )


def _rays(points: list[dict[str, float]], axes: tuple[Any, Any], colours: Palette) -> list[Any]:
    """Dashes over a line of the page's colour, so that they read on every shade."""
    x, y = axes
    across, upwards = (axis.to_dict()["scale"] for axis in axes)
    base = alt.Chart(pa.Table.from_pylist(points)).encode(
        x=alt.X("x:Q", title=x.to_dict()["title"], scale=alt.Scale(**across)),
        y=alt.Y("time:Q", title=y.to_dict()["title"], scale=alt.Scale(**upwards)),
        detail="ray:N",
    )
    under = base.mark_line(clip=True, strokeWidth=4, opacity=0.55, color=colours.paper)
    over = base.mark_line(clip=True, strokeWidth=2, strokeDash=[6, 4], color=colours.ink)
    return [under, over]
