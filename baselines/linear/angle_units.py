"""Angles in units of the fixed ones, in which graphs of all degrees and weights are alike."""

import numpy as np
from numpy.typing import NDArray

from builders.solvers.graphs.fixed_angles import fixed_angles

Floats = NDArray[np.float64]


def to_units(weights: Floats, angles: Floats) -> Floats:
    """Angles (R, 2p) of graphs (R, V, V) over the fixed ones."""
    return np.asarray(angles / fixed_angles(weights, angles.shape[1] // 2))


def of_units(weights: Floats, values: Floats) -> Floats:
    """The inverse."""
    return np.asarray(values * fixed_angles(weights, values.shape[1] // 2))
