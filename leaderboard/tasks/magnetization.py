"""Magnetization of every site."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.shadows.estimators import shadow_magnetization
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.details import Detail
from leaderboard.kinds.errors import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X
from leaderboard.kinds.laws import Law
from leaderboard.kinds.lines import Line, Values, constant_answers
from leaderboard.kinds.regression import Regression, every_entry
from leaderboard.kinds.truth import Truth

TOLERANCE = 5e-4
"""Labels are allowed this error (see CONTRIBUTING.md), and so is an answer made of them."""


def above_one(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """Some |⟨Z_i⟩| > 1."""
    return np.asarray(np.abs(answer.prediction) > 1.0 + TOLERANCE)


def by_site(answer: Answer, truth: Truth) -> dict[str, Any]:
    """`rmse` over test rows of every site, to six digits."""
    squared = (answer.prediction - truth.labels) ** 2
    rmse = np.sqrt(squared.mean(axis=0))
    return {
        "site": list(range(len(rmse))),
        "rmse": [float(f"{value:.6g}") for value in rmse],
    }


def _shadow(key: CellKey, _values: Values) -> float | None:
    """A random-Pauli estimate of ⟨Z_i⟩ has the variance (3 − ⟨Z_i⟩²)/M, between 2/M and 3/M."""
    return math.sqrt(3.0 / key.shots) if key.shots else None


TASK = Regression(
    name="magnetization",
    title="Magnetization",
    label="magnetization",
    unit="1",
    meaning="<Z_i> of every site at the time of the row",
    shape=lambda size: (size.sites,),
    shadow=shadow_magnetization,
    mitigates=True,
    scored=every_entry,
    metrics=(RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X),
    primary="rmse",
    laws=(Law("above_one", above_one, "a magnetization beyond ±1"),),
    details=(
        Detail(
            name="sites",
            title="Error by site",
            chart="profile",
            function=by_site,
            axes=("site", "RMSE"),
        ),
    ),
    lines=(
        *constant_answers(RMSE),
        Line(
            "shadow",
            lambda key: (
                f"the estimate from M = {key.shots} shots of the test row itself, at most sqrt(3/M)"
            ),
            _shadow,
        ),
    ),
)
