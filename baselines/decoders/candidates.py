"""Likely sets of faults of both classes for each shot: an ensemble of correlated matchings.

One matching gives one set for the observable flipped and one for it not flipped. Matchings whose
weights are drawn anew nearby give others, and each set is weighed by the whole error model, in
which faults of several edges count as what they are (Shutty, Newman and Villalonga,
arXiv 2401.12434).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from baselines.decoders.fault_graph import FaultGraph, Floats
from baselines.decoders.matching import Matching, Packed

CHUNK = 8192
SPREAD = 1.0
"""Of the logarithms of the probabilities from member to member; the first has the true ones."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """What the ensemble says of R shots.

    Attributes:
        single: float64 (R,), ln of the odds of a flip by the first member.
        likeliest: float64 (R,), by the likeliest set of either class.
        summed: float64 (R,), by the sum over different sets of either class.
        votes: float64 (R,), share of the members for a flip.
    """

    single: Floats
    likeliest: Floats
    summed: Floats
    votes: Floats


class Ensemble:
    """Correlated matchings with the observable given.

    Args:
        graph: the faults.
        members: matchings.
        seed: of their weights.
    """

    def __init__(self, graph: FaultGraph, members: int, seed: int) -> None:
        self._graph = graph
        models: list[Any] = [graph.model(named=True)]
        for k in range(1, members):
            rng = np.random.default_rng([seed, k])
            models.append(graph.model(named=True, spread=SPREAD, rng=rng))
        self._members = [Matching(model, correlated=True) for model in models]
        # Two sets of edges are the same where this sum over their edges is.
        self._mark = np.random.default_rng(0).standard_normal(len(graph.edges))

    def weigh(self, events: Packed) -> Weighed:
        """Weigh both classes for packed events, uint8 (R, ⌈D/8⌉)."""
        unique, back = np.unique(events, axis=0, return_inverse=True)
        parts = [self._part(unique[k : k + CHUNK]) for k in range(0, len(unique), CHUNK)]
        costs, marks = (np.concatenate(x, axis=2) for x in zip(*parts, strict=True))
        odds = costs[:, 0] - costs[:, 1]
        best = costs.min(axis=0)
        order = np.argsort(marks, axis=0)
        marks, costs = (np.take_along_axis(x, order, axis=0) for x in (marks, costs))
        again = np.zeros(marks.shape, dtype=np.bool_)
        again[1:] = np.abs(np.diff(marks, axis=0)) < 1e-9
        total = np.where(again, 0.0, np.exp(best - costs)).sum(axis=0)
        summed = np.log(total[1] / total[0]) + best[0] - best[1]
        found = Weighed(odds[0], best[0] - best[1], summed, (odds > 0).mean(axis=0))
        at = back.reshape(-1)
        return Weighed(found.single[at], found.likeliest[at], found.summed[at], found.votes[at])

    def _part(self, events: Packed) -> tuple[Floats, Floats]:
        """Costs and marks, float64 (members, 2, R), of the sets without and with a flip."""
        costs, marks = [], []
        both = [self._graph.forced(events, flipped=flipped) for flipped in (False, True)]
        for member in self._members:
            edges = [member.flips(forced).T for forced in both]
            costs.append([self._graph.costs(chosen) for chosen in edges])
            marks.append([self._mark @ chosen for chosen in edges])
        return np.array(costs), np.array(marks)
