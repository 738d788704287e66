"""Where in the matrix a correlation answer errs: the error by distance between sites."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from leaderboard.kinds.metrics import Floats


@dataclass(frozen=True)
class DistanceErrors:
    """Errors of a correlation answer by distance.

    Attributes:
        distance: int64 (D,), 1 … D, in lattice steps.
        rmse: float64 (D,), over test rows and all pairs at that distance; the first value is the
            nearest-neighbour rmse.
    """

    distance: NDArray[np.int64]
    rmse: Floats

    def to_json(self) -> dict[str, Any]:
        """Two lists, errors to six digits."""
        return {
            "distance": self.distance.tolist(),
            "rmse": [float(f"{value:.6g}") for value in self.rmse],
        }


def sites_apart(size: Size) -> NDArray[np.int64]:
    """Lattice steps between two sites, int64 (N, N): |i − j| on a chain, and the sum of the steps
    along rows and columns on a lattice whose sites are numbered row by row.
    """
    row, column = np.divmod(np.arange(size.sites), size.columns or size.sites)
    steps = np.abs(row[:, None] - row) + np.abs(column[:, None] - column)
    return np.asarray(steps, dtype=np.int64)


def by_distance(squared: Floats, size: Size) -> DistanceErrors:
    """The profile of an answer.

    Args:
        squared: float64 (R, N·N), squared errors of the flattened matrices.
        size: N sites.
    """
    steps = sites_apart(size).ravel()
    total = np.bincount(steps, weights=squared.mean(axis=0))[1:]
    return DistanceErrors(np.arange(1, len(total) + 1), np.sqrt(total / np.bincount(steps)[1:]))
