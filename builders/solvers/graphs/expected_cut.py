"""Expected cuts at any angles: the one way that baselines, labels and the scorer share."""

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.graphs.closed_form import at_depth_one
from builders.solvers.graphs.layers import Precision
from builders.solvers.graphs.light_cones import MOST_VERTICES, LightCones
from builders.solvers.graphs.states import Expected, from_states

Floats = NDArray[np.float64]


def expected_cut(
    weights: Floats,
    angles: Floats,
    *,
    gradient: bool = False,
    precision: Precision = np.float64,
) -> Expected:
    """Expected cuts, exact to rounding: the closed form at depth 1, state vectors of up to 20
    vertices beyond, light cones of up to 20 vertices in larger graphs.

    Args:
        weights: float64 (R, V, V).
        angles: float64 (R, 2p), γ_1 … γ_p, β_1 … β_p.
        gradient: whether to differentiate by the angles.
        precision: of state vectors of whole graphs; with float32 values are good to about 1e-6.

    Raises:
        RequestError: shapes that do not fit, angles that are not finite, or a graph that is too
            large at this depth.
    """
    rows, width = len(weights), angles.shape[-1]
    if angles.shape != (rows, width) or width < 2 or width % 2:
        raise RequestError(
            f"angles have shape {angles.shape}; {rows} rows of γ_1 … γ_p, β_1 … β_p are needed, an "
            "even number of values."
        )
    bad = np.flatnonzero(~np.isfinite(angles).all(axis=1))
    if len(bad):
        raise RequestError(f"angles of {len(bad)} rows are not finite, first row {bad[0]}.")
    if width == 2:
        return at_depth_one(weights, angles, gradient=gradient)
    if weights.shape[1] <= MOST_VERTICES:
        return from_states(weights, angles, gradient=gradient, precision=precision)
    return LightCones(weights, width // 2).expected(angles, gradient=gradient)
