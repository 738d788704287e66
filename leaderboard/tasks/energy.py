"""Ground-state energy per site."""

from builders.shadows.energy import shadow_energy
from leaderboard.kinds.metrics import RMSE, SKILL, SKILL_X
from leaderboard.kinds.regression import Regression, every_entry

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
)
