"""Laws that every right answer obeys: rows that break them are counted, never refused.

A prediction may break a bound and still be close; one that breaks many was not made by anything
that knows the state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.truth import Truth


@dataclass(frozen=True)
class Law:
    """One law.

    Attributes:
        name: key of its count in a report.
        broken: (aligned answer, truth) → bool (R, …), where it is broken.
        meaning: what such a row has, in words that follow "3 test rows have".
        is_usual: most answers break it somewhere, so that a table need not say so.
        uses_labels: whether the count depends on hidden labels: it is not shown in an open season.
    """

    name: str
    broken: Callable[[Answer, Truth], NDArray[np.bool_]]
    meaning: str
    is_usual: bool = False
    uses_labels: bool = False


def violations(laws: Sequence[Law], answer: Answer, truth: Truth) -> dict[str, int]:
    """Law → number of rows that break it."""
    counts = {}
    for law in laws:
        broken = law.broken(answer, truth)
        counts[law.name] = int(broken.reshape(len(broken), -1).any(axis=1).sum())
    return counts
