"""⟨Z_i⟩ of every site, estimated from random-Pauli shots."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.errors import RMSE, SKILL, SKILL_X
from leaderboard.kinds.regression import Regression, every_entry


def estimate(shots: NDArray[np.uint8]) -> NDArray[Any]:
    """3 · outcome where the basis was Z, else 0: mean over shots, (…, M, N) → (…, N)."""
    sign = np.where(shots // 2 == 2, 3.0 * (1.0 - 2.0 * (shots % 2)), 0.0)
    return np.asarray(sign.mean(axis=-2))


TASK = Regression(
    name="toy_magnetization",
    title="Magnetization",
    label="magnetization",
    unit="1",
    meaning="<Z_i> at the time of the row",
    shape=lambda size: (size.sites,),
    shadow=estimate,
    scored=every_entry,
    metrics=(RMSE, SKILL, SKILL_X),
    primary="rmse",
)
