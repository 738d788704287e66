"""Training rows of a config over two of their parameters."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.physics.family import Family
from leaderboard.display.palette import SERIES, Palette

HEIGHT = 430
PHASE = "phase"


def axes(family: Family, size: Size, split: Arrays) -> dict[str, np.ndarray]:
    """Name → float64 (R,): a scalar parameter itself, of a longer one its mean and its spread;
    parameters that are the same in all rows are left out.
    """
    rows = [family.unflatten(size, flat) for flat in split["parameters"]]
    found = {}
    for spec in family.parameters:
        values = np.stack([np.atleast_1d(row[spec.name]).ravel() for row in rows])
        if values.shape[1] == 1:
            found[spec.name] = values[:, 0]
        else:
            found[f"mean of {spec.name}"] = values.mean(axis=1)
            found[f"spread of {spec.name}"] = values.std(axis=1)
    return {name: values for name, values in found.items() if np.ptp(values) > 1e-12}


def colourings(family: Family, size: Size, split: Arrays) -> dict[str, np.ndarray]:
    """Name → (R,), what a point can be coloured by; empty where labels are hidden."""
    found: dict[str, np.ndarray] = {}
    if PHASE in split:
        found[PHASE] = np.array(family.label(PHASE).classes)[split[PHASE].astype(int)]
    if "energy" in split:
        found["energy per site"] = split["energy"] / size.sites
    if "renyi2_blocks" in split:
        found["S2 of half the system in bit"] = split["renyi2_blocks"][
            :, (size.sites - 1) // 2
        ].astype(np.float64)
    return found


def phase_table(row_id: np.ndarray, x: np.ndarray, y: np.ndarray, colour: np.ndarray) -> Any:
    """The points as a pyarrow Table."""
    return pa.table({"row_id": row_id, "x": x, "y": y, "colour": colour})


def scatter(points: Any, titles: tuple[str, str, str], colours: Palette) -> Any:
    """One point a row.

    Args:
        points: `table`.
        titles: of x, y and the colour.
        colours: of the theme.
    """
    kind = "N" if pa.types.is_string(points["colour"].type) else "Q"
    names = sorted(set(points["colour"].to_pylist())) if kind == "N" else []
    scale = (
        alt.Scale(domain=names, range=list(SERIES[: len(names)]))
        if names
        else alt.Scale(range=list(colours.sequential))
    )
    legend = alt.Legend(orient="top", title=titles[2], labelLimit=200)
    return (
        alt.Chart(points)
        .mark_circle(size=70, opacity=0.9)
        .encode(
            x=alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title=titles[1], scale=alt.Scale(zero=False)),
            color=alt.Color(f"colour:{kind}", scale=scale, legend=legend),
            tooltip=["row_id:Q", "x:Q", "y:Q", f"colour:{kind}"],
        )
        .properties(height=HEIGHT)
    )
