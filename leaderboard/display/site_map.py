"""Where the sites of a system are, as its geometry has them."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.bonds import Bonds
from leaderboard.display.palette import LINE, Palette

WIDTH = 360
_HIGHEST = 330
_AROUND = 60  # legend
_NUMBERED = 72  # sites at most that have room for their numbers
_PAD = 0.6  # of a step, around the outermost sites


def is_flat(positions: NDArray[np.float64]) -> bool:
    """Whether all sites lie on a line, where a map tells nothing of them."""
    return bool((np.ptp(positions, axis=0) == 0).any())


def sites(
    positions: NDArray[np.float64],
    colours: Palette,
    *,
    values: NDArray[Any] | None = None,
    title: str = "",
    bonds: Bonds | None = None,
    names: Sequence[str] | None = None,
    numbered: bool = True,
) -> Any:
    """A map of the sites.

    Args:
        positions: (N, 2), rows downwards.
        colours: of the theme.
        values: (N,), what sites are coloured by.
        title: of the values, with their unit.
        bonds: lines between them, as wide as they are strong.
        names: (N,), what sites are; numbered where None.
        numbered: whether these names stand beside the sites, where there is room.
    """
    columns = {"site": _names(positions, names), "x": positions[:, 0], "y": positions[:, 1]}
    tips = [alt.Tooltip("site:N")]
    colour: Any = alt.value(colours.bar)
    if values is not None:
        columns["value"] = values.astype(np.float64)
        tips.append(alt.Tooltip("value:Q", title=title, format=".4f"))
        colour = alt.Color("value:Q", title=title, scale=_scale(values, colours), legend=_legend())
    x, y = axes(positions)
    base = alt.Chart(pa.table(columns)).encode(x=x, y=y, tooltip=tips)
    is_numbered = numbered and len(positions) <= _NUMBERED
    marks = base.mark_circle(size=220 if is_numbered else 90, opacity=1).encode(color=colour)
    layers = [marks]
    if bonds is not None:
        layers.insert(0, lines(bonds, (x, y)))
    if is_numbered:  # beside the site: its colour may be as pale as any number
        layers.append(base.mark_text(fontSize=11, color=LINE, dx=13, dy=-11).encode(text="site:N"))
    return alt.layer(*layers).properties(height=_height(positions))


def _names(positions: NDArray[np.float64], names: Sequence[str] | None) -> list[str]:
    return [str(k) for k in range(len(positions))] if names is None else list(names)


def lines(bonds: Bonds, axes: Any) -> Any:
    """The bonds as lines, a layer below the sites; `axes` are those of the map."""
    size = np.abs(bonds.strength)
    data = pa.table(
        {
            "bond": list(bonds.names), "strength": bonds.strength, "size": size,
            "x": bonds.begin[:, 0], "y": bonds.begin[:, 1],
            "x2": bonds.end[:, 0], "y2": bonds.end[:, 1],
        }
    )  # fmt: skip
    tips = [alt.Tooltip("bond:N")]
    if np.ptp(bonds.strength):
        width = alt.Scale(domain=[0, float(size.max())], range=[0.5, 6])
        wide: Any = alt.StrokeWidth("size:Q", scale=width, legend=None)
        tips.append(alt.Tooltip("strength:Q", title=bonds.what, format=".4f"))
    else:
        wide = alt.value(2)
    lines = alt.Chart(data).mark_rule(color=LINE)
    return lines.encode(x=axes[0], y=axes[1], x2="x2", y2="y2", strokeWidth=wide, tooltip=tips)


def _scale(values: NDArray[Any], colours: Palette) -> Any:
    limit = float(np.abs(values).max()) or 1.0
    if values.min() >= 0:
        return alt.Scale(domain=[0.0, limit], range=list(colours.sequential))
    ends = list(np.linspace(-limit, limit, len(colours.diverging)))
    return alt.Scale(domain=ends, range=list(colours.diverging), interpolate="rgb")


def axes(positions: NDArray[np.float64]) -> tuple[Any, Any]:
    """Both axes, with the same length for a step where the page is wide enough."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    pad = _PAD * float(np.ptp(positions, axis=0).max()) / max(1.0, np.sqrt(len(positions)))
    x, y = (
        alt.Scale(domain=[float(low[k]) - pad, float(high[k]) + pad], nice=False, zero=False)
        for k in range(2)
    )
    return alt.X("x:Q", axis=None, scale=x), alt.Y("y:Q", axis=None, scale=y)


def _height(positions: NDArray[np.float64]) -> float:
    wide, high = np.ptp(positions, axis=0)
    share = 0.0 if wide == 0 else high / wide
    return _AROUND + min(_HIGHEST, max(60.0, share * WIDTH))


def _legend() -> Any:
    return alt.Legend(type="gradient", orient="top", gradientLength=200, gradientThickness=10)
