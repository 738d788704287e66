"""How a label of one row is drawn: by its axes, whatever it is called."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.physics.label import Axis
from leaderboard.display import chain_chart, matrix_chart
from leaderboard.display.palette import Palette

SIDE_BY_SIDE = 2
"""Axes from which every array has a picture of its own."""


def is_square(axes: tuple[Axis, ...]) -> bool:
    """Whether both axes count the same, so that the label is a matrix with a diagonal."""
    return len(axes) == SIDE_BY_SIDE and axes[0].name == axes[1].name


def largest(values: NDArray[Any], axes: tuple[Axis, ...]) -> float:
    """Largest absolute value, of a square label off the diagonal; 1 if all are 0."""
    off = values[~np.eye(len(values), dtype=bool)] if is_square(axes) else values
    return float(np.abs(off).max()) or 1.0


def line(
    exact: NDArray[Any] | None,
    estimate: NDArray[Any] | None,
    axis: Axis,
    titles: tuple[str, str],
    colours: Palette,
) -> Any:
    """A label over one axis, exact values and estimates in one picture.

    Args:
        exact: (L,), or None.
        estimate: (L,), or None; not both.
        axis: the one axis.
        titles: of the values, with their unit, and of the estimate.
        colours: of the theme.
    """
    return chain_chart.beside(exact, estimate, (axis.name, *titles), colours)


def picture(
    values: NDArray[Any],
    axes: tuple[Axis, ...],
    title: str,
    limit: float,
    colours: Palette,
    height: int = matrix_chart.HEIGHT,
) -> Any:
    """One array over two axes as a map, over more as the distribution of its entries.

    Args:
        values: (L, K, …).
        axes: two or more.
        title: of the values, with their unit.
        limit: absolute value at the ends of the colour scale; entries past it take its colour.
        colours: of the theme.
        height: in pixels, with legend and axes.
    """
    if is_square(axes):
        return matrix_chart.square_map(values, axes[0].name, title, limit, colours, height=height)
    if len(axes) == SIDE_BY_SIDE:
        names = (axes[0].name, axes[1].name)
        return matrix_chart.plane_map(values, names, title, limit, colours, height=height)
    return chain_chart.histogram(values, title, colours)
