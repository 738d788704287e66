"""The weight of the largest cut, ranked by a metric of which more is better."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.errors import ABSOLUTE, MAE, SKILL_X, Errors, mae
from leaderboard.kinds.metrics import Metric, complement
from leaderboard.kinds.regression import Regression, every_entry


def closeness(errors: Errors, weights: NDArray[np.float64]) -> NDArray[Any]:
    """1 − mean absolute error."""
    return np.asarray(1.0 - mae(errors, weights))


CLOSENESS = Metric(
    *("closeness", closeness, "higher", "1 - mean absolute error", "Closeness"),
    *(ABSOLUTE, complement, complement),
)

TASK = Regression(
    name="toy_cut",
    title="Largest cut",
    label="cut",
    unit="as the weights",
    meaning="weight of the largest cut",
    shape=lambda _: (),
    scored=every_entry,
    metrics=(CLOSENESS, MAE, SKILL_X),
    primary="closeness",
)
