"""What tasks ask of a family, in one place: its classes, its distances, the columns it measures."""

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.physics.family import Family


def classes(family: Family, label: str) -> tuple[str, ...]:
    """Names of the values 0, 1, … of a label that is a class.

    Raises:
        RequestError: the family has no such label.
    """
    return family.label(label).classes


def sites_apart(family: Family, size: Size) -> NDArray[np.int64] | None:
    """Steps between two sites, int64 (N, N); None where there is no such measure."""
    return family.geometry.distances(size)


def copies(family: Family) -> tuple[str, ...]:
    """Columns of the record that hold several copies a row, along their second axis."""
    return family.record.names if family.record.has_copies else ()
