"""Ground-state energy per site."""

import numpy as np
from numpy.typing import NDArray

from builders.shadows.energy import shadow_energy
from leaderboard.cells import Answer
from leaderboard.kinds.errors import RMSE, SKILL, SKILL_X
from leaderboard.kinds.laws import Law
from leaderboard.kinds.lines import constant_answers
from leaderboard.kinds.regression import Regression, every_entry
from leaderboard.kinds.truth import Truth

TOLERANCE = 1e-6  # relative; the solver's energies are variational and accurate to this


def below_ground_state(answer: Answer, truth: Truth) -> NDArray[np.bool_]:
    """An energy below the ground state's: by the variational principle no state has it, so that
    such a value was not computed from one.
    """
    given = answer.prediction.reshape(truth.labels.shape)
    return np.asarray(given < truth.labels - TOLERANCE * np.abs(truth.labels))


TASK = Regression(
    name="energy",
    title="Energy per site",
    label="energy",
    unit="energy unit of H",
    meaning="<H> / N of the ground state in its sector",
    shape=lambda size: (),  # noqa: ARG005
    shadow=shadow_energy,
    scored=every_entry,
    needs_hamiltonians=True,
    per_site=True,
    metrics=(RMSE, SKILL, SKILL_X),
    primary="rmse",
    laws=(
        Law(
            *("below_ground_state", below_ground_state, "an energy below the exact ground state"),
            uses_labels=True,
        ),
    ),
    lines=constant_answers(RMSE),
)
