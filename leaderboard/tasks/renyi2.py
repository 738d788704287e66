"""Rényi-2 entropy of neighbouring pairs of sites."""

import numpy as np

from builders.shadows.estimators import PURITY_RANGE, shadow_pair_purity, shadow_renyi2
from leaderboard.kinds.metrics import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X, Floats
from leaderboard.kinds.regression import Averaged, Regression, every_entry


def _purity(entropy: Floats) -> Floats:
    return np.asarray(2.0**-entropy)


def _entropy(purity: Floats) -> Floats:
    return np.asarray(-np.log2(np.clip(purity, *PURITY_RANGE)))


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
    # The entropy of one row's shots is clipped and goes through a logarithm, which makes it biased
    # at small M; the purity under it is not.
    averaged=Averaged(shadow_pair_purity, _entropy, _purity),
    of_pairs=True,
)
