"""What a model is trained on where the label's own estimate from shots is biased."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.shadows import PURITY_RANGE, shadow_pair_purity
from leaderboard.regression import Regression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """An unbiased estimate from shots, and the way from its mean to the label.

    Attributes:
        estimate: uint8 (R, M, N) → float64 (R, L).
        to_label: the model's answer (R, L) → label (R, L).
    """

    estimate: Callable[[NDArray[np.uint8]], Floats]
    to_label: Callable[[Floats], Floats]

    @staticmethod
    def of(task: Regression) -> "Target":
        """Purities for pair entropies, else the label itself.

        The entropy of one row's shots is clipped and goes through a logarithm, which makes it
        biased at small M; the purity under it is not, so that is what is averaged over rows.
        """
        if task.label == "renyi2":
            return Target(shadow_pair_purity, _entropy)
        return Target(task.estimate, lambda values: values)


def _entropy(purity: Floats) -> Floats:
    return np.asarray(-np.log2(np.clip(purity, *PURITY_RANGE)))
