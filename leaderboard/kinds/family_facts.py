"""What tasks ask of a family, in one place: its classes, its distances, the columns it measures."""

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.physics.family import Family


def classes(family: Family, label: str) -> tuple[str, ...]:  # noqa: ARG001
    """Names of the values 0, 1, … of a label that is a class."""
    return family.phases


def sites_apart(family: Family, size: Size) -> NDArray[np.int64] | None:  # noqa: ARG001
    """Steps between two sites, int64 (N, N); None where there is no such measure.

    |i − j| on a chain, and the sum of the steps along rows and columns on a lattice whose sites
    are numbered row by row.
    """
    row, column = np.divmod(np.arange(size.sites), size.columns or size.sites)
    steps = np.abs(row[:, None] - row) + np.abs(column[:, None] - column)
    return np.asarray(steps, dtype=np.int64)


def copies(family: Family) -> tuple[str, ...]:  # noqa: ARG001
    """Columns of the record that hold several copies a row, along their second axis."""
    return ("shots",)
