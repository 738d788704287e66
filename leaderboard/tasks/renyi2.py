"""Rényi-2 entropy of pairs of consecutive sites, which on a lattice may be no neighbours."""

import numpy as np
from numpy.typing import NDArray

from builders.shadows.estimators import PURITY_RANGE, shadow_pair_purity, shadow_renyi2
from leaderboard.cells import Answer
from leaderboard.kinds.errors import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X
from leaderboard.kinds.laws import Law
from leaderboard.kinds.lines import constant_answers
from leaderboard.kinds.metrics import Floats
from leaderboard.kinds.regression import Averaged, Regression, every_entry
from leaderboard.kinds.truth import Truth

TOLERANCE = 1e-3
"""Labels are allowed this error (see CONTRIBUTING.md), and so is an answer made of them."""


def negative(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """A value below 0 bit, the least of two qubits."""
    return np.asarray(answer.prediction < -TOLERANCE)


def above_two_bit(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """A value above 2 bit, the most of two qubits."""
    return np.asarray(answer.prediction > 2.0 + TOLERANCE)


def _purity(entropy: Floats) -> Floats:
    return np.asarray(2.0**-entropy)


def _entropy(purity: Floats) -> Floats:
    return np.asarray(-np.log2(np.clip(purity, *PURITY_RANGE)))


TASK = Regression(
    name="renyi2",
    title="Entropy of consecutive pairs",
    label="renyi2",
    unit="bit",
    meaning="S2 = -log2 tr rho^2 of the two-site state on sites a and a+1",
    shape=lambda size: (size.sites - 1,),
    shadow=shadow_renyi2,
    mitigates=True,
    scored=every_entry,
    metrics=(RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X),
    primary="rmse",
    # The entropy of one row's shots is clipped and goes through a logarithm, which makes it biased
    # at small M; the purity under it is not.
    averaged=Averaged(shadow_pair_purity, _entropy, _purity),
    of_pairs=True,
    laws=(
        Law("negative", negative, "a negative entropy"),
        Law("above_two_bit", above_two_bit, "an entropy above 2 bit"),
    ),
    lines=constant_answers(RMSE),
)
