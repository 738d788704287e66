"""Spin correlations of all pairs of sites."""

import math

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.shadows.estimators import shadow_correlation
from leaderboard.kinds.metrics import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X
from leaderboard.kinds.regression import Regression


def off_diagonal(length: int) -> NDArray[np.bool_]:
    """Bool (length,): the entries with i ≠ j of an (N, N) matrix flattened row by row.

    Raises:
        RequestError: the length is not a square.
    """
    sites = math.isqrt(length)
    if sites * sites != length:
        raise RequestError(
            f"a row of {length} values is not a flattened (N, N) matrix. Give N·N values a row."
        )
    return ~np.eye(sites, dtype=np.bool_).ravel()


TASK = Regression(
    name="correlation",
    title="Correlation matrix",
    label="correlation",
    unit="1",
    meaning="C_ij = (<X_i X_j> + <Y_i Y_j> + <Z_i Z_j>) / 3, with C_ii = 1",
    shape=lambda size: (size.sites, size.sites),
    shadow=shadow_correlation,
    scored=off_diagonal,
    of_pairs=True,
    metrics=(RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X),
    primary="rmse",
)
