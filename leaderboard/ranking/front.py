"""What error is reached at what cost: the entries that none beats in both."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.scoring.score import Value


@dataclass(frozen=True)
class Priced:
    """One entry with what it cost.

    Attributes:
        id: of the submission.
        name: of the model.
        entry_class: as stated.
        cost: 0 or more.
        score: the metric that ranks, with a value.
        is_own: whether the cost is stated of this cell, and not of its whole file.
    """

    id: str
    name: str
    entry_class: str
    cost: float
    score: Value
    is_own: bool = True


def front(priced: Sequence[Priced], *, lower: bool) -> list[Priced]:
    """The Pareto front, cheapest first: no entry costs as little or less and scores better, and of
    those that cost and score the same the first one given stands for all.

    Args:
        priced: in any order, each with a value.
        lower: whether a lower score is better.
    """
    sign = 1.0 if lower else -1.0
    best, found = float("inf"), []
    for one in sorted(priced, key=lambda p: (p.cost, sign * (p.score.value or 0.0))):
        loss = sign * (one.score.value or 0.0)
        if loss < best:
            best = loss
            found.append(one)
    return found


def best_of_each(priced: Sequence[Priced], *, lower: bool) -> list[Priced]:
    """The best entry of every class at every cost."""
    sign = 1.0 if lower else -1.0
    best: dict[tuple[str, float], Priced] = {}
    for one in sorted(priced, key=lambda p: (sign * (p.score.value or 0.0), p.id)):
        best.setdefault((one.entry_class, one.cost), one)
    return list(best.values())
