"""Rényi-2 entropy of neighbouring pairs of sites."""

from builders.shadows.estimators import shadow_renyi2
from leaderboard.kinds.metrics import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X
from leaderboard.kinds.regression import Regression, every_entry

TASK = Regression(
    name="renyi2",
    title="Entropy of neighbouring pairs",
    label="renyi2",
    unit="bit",
    meaning="S2 = -log2 tr rho^2 of the two-site state on sites a and a+1",
    shape=lambda size: (size.sites - 1,),
    shadow=shadow_renyi2,
    scored=every_entry,
    metrics=(RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X),
    primary="rmse",
)
