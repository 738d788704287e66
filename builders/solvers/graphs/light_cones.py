"""Expected cuts of sparse graphs edge by edge, from the part of the graph that an edge sees.

At depth p the value of an edge depends on the vertices within p steps of it, and on no edge that
joins two of those p steps away: such phases commute with all that the edge sees of the last
vertices. A 3-regular graph has at most 6 of them at depth 1 and 14 at depth 2, whatever its size.
Cones that are numbered alike, such as all that are trees, are evaluated once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.graphs.states import Expected, from_states

Floats = NDArray[np.float64]

MOST_VERTICES = 20
"""Of a cone, and of a whole graph: 2^19 amplitudes, .2 s a state at depth 3."""


@dataclass(frozen=True, eq=False)
class Cones:
    """The distinct cones of some graphs that have the same number of vertices.

    Attributes:
        weights: float64 (K, n, n); the edge joins the vertices 0 and 1.
        graph: int64 (K,), whose they are.
        count: float64 (K,), how many edges of the graph see such a cone.
    """

    weights: Floats
    graph: NDArray[np.int64]
    count: Floats

    def expected(self, angles: Floats, *, gradient: bool) -> tuple[Floats, Floats | None]:
        """Their shares of the expected cut and of its gradient, (K,) and (K, 2p), of angles of
        every graph (R, 2p).
        """
        measured = np.zeros_like(self.weights)
        measured[:, 0, 1] = measured[:, 1, 0] = self.weights[:, 0, 1]
        found = from_states(self.weights, angles[self.graph], measured, gradient=gradient)
        slopes = None if found.gradient is None else self.count[:, None] * found.gradient
        return self.count * found.value, slopes


class LightCones:
    """The cones of graphs at one depth.

    Args:
        weights: float64 (R, V, V).
        depth: p.

    Raises:
        RequestError: a cone of more than 20 vertices.
    """

    def __init__(self, weights: Floats, depth: int) -> None:
        self._graphs = len(weights)
        seen: dict[int, dict[tuple[int, bytes], int]] = {}
        for row, graph in enumerate(weights):
            for edge in np.argwhere(np.triu(graph)):
                cone = _cone(graph, edge, depth)
                key = row, cone.tobytes()
                alike = seen.setdefault(len(cone), {})
                alike[key] = alike.get(key, 0) + 1
        self._cones = [_stack(size, alike) for size, alike in sorted(seen.items())]

    def expected(self, angles: Floats, *, gradient: bool = False) -> Expected:
        """Expected cuts at angles (R, 2p)."""
        value, slopes = np.zeros(self._graphs), np.zeros_like(angles)
        for cones in self._cones:
            shares, by_angle = cones.expected(angles, gradient=gradient)
            np.add.at(value, cones.graph, shares)
            if by_angle is not None:
                np.add.at(slopes, cones.graph, by_angle)
        return Expected(value, slopes if gradient else None)


def _stack(size: int, alike: dict[tuple[int, bytes], int]) -> Cones:
    weights = np.frombuffer(b"".join(cone for _, cone in alike)).reshape(-1, size, size)
    graph = np.array([row for row, _ in alike], dtype=np.int64)
    return Cones(weights, graph, np.array(list(alike.values()), dtype=np.float64))


def _cone(weights: Floats, edge: NDArray[np.int64], depth: int) -> Floats:
    """What an edge sees, float64 (n, n), vertices in the order in which a search meets them.

    Raises:
        RequestError: more than 20 vertices.
    """
    order = [int(v) for v in edge]
    steps = {order[0]: 0, order[1]: 0}
    for vertex in order:  # grows while it runs
        if steps[vertex] == depth:
            break
        for other in np.flatnonzero(weights[vertex]).tolist():
            if other not in steps:
                steps[other] = steps[vertex] + 1
                order.append(other)
    if len(order) > MOST_VERTICES:
        raise RequestError(
            f"the edge between vertices {edge[0]} and {edge[1]} sees {len(order)} vertices at "
            f"depth {depth}, and at most {MOST_VERTICES} can be evaluated. Ask for a smaller "
            f"depth, or a graph of up to {MOST_VERTICES} vertices; depth 1 has a closed form at "
            "any size."
        )
    cone = weights[np.ix_(order, order)].copy()
    rim = np.array([steps[v] for v in order]) == depth
    cone[np.ix_(rim, rim)] = 0.0
    return cone
