"""Maximum cuts with a proof: all cuts are tried, or HiGHS closes the gap.

Of equal cuts the one with the smallest number is kept, see `builders.solvers.graphs.cuts`, where
all are tried; HiGHS gives one of them, always the same from one version.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
from builders.solvers.graphs.cuts import cut_of, quadratic, sides_of, spins

Floats = NDArray[np.float64]

MOST_TRIED = 24
"""Vertices up to which all cuts are tried: .1 s."""
_BLOCK = 12
"""Vertices whose assignments are tried at a time, against all of the others."""
_SECONDS = 600.0
_LONGEST, _LONGEST_DENSE, _SPARSE = 11, 3, 4
"""Edges of the odd cycles that HiGHS is told of: up to degree 4, and beyond, where cycles are many.
Without them its bound on sparse graphs is all edges; with them 60 vertices take .5 s."""


@dataclass(frozen=True, eq=False)
class MaximumCuts:
    """The largest cuts of R graphs.

    Attributes:
        value: float64 (R,).
        sides: uint8 (R, V), 0 or 1, the last vertex on side 0.
    """

    value: Floats
    sides: NDArray[np.uint8]


def maximum_cuts(weights: Floats) -> MaximumCuts:
    """Of graphs (R, V, V).

    Raises:
        WorkError: HiGHS did not prove a cut of a larger graph to be the largest.
    """
    way = by_trial if weights.shape[1] <= MOST_TRIED else by_programming
    sides = np.stack([way(graph) for graph in weights])
    return MaximumCuts(cut_of(weights, sides.astype(np.bool_)), sides)


def by_trial(weights: Floats) -> NDArray[np.uint8]:
    """The first of the largest cuts, uint8 (V,); all 2^(V−1) are tried, a block at a time."""
    free = len(weights) - 1
    ahead = max(0, free - _BLOCK)
    first, last = spins(ahead), np.hstack([spins(free - ahead), np.ones((2 ** (free - ahead), 1))])
    head, cross = weights[:ahead, :ahead], weights[:ahead, ahead:]
    inner = quadratic(head[None], first)[0]
    outer = quadratic(weights[None, ahead:, ahead:], last)[0]
    # Values that are equal but for rounding count as equal: the first is kept.
    slack = 1e-12 * max(1.0, float(np.abs(weights).sum()))
    best, number = np.inf, 0
    for start in range(0, len(first), 256):
        part = slice(start, start + 256)
        against = inner[part, None] + outer + (first[part] @ cross) @ last.T
        lowest = float(against.min())
        if lowest < best - slack:
            at = int(np.argmax(against.ravel() <= lowest + slack))
            best, number = lowest, start * len(last) + at
    return np.asarray(sides_of(np.array([number]), free + 1)[0])


def by_programming(weights: Floats) -> NDArray[np.uint8]:
    """A largest cut, uint8 (V,), by HiGHS: a binary a vertex, and a variable an edge that is 1 if
    its ends lie apart. Short odd cycles are cut one edge short, which its own bound does not know.

    Raises:
        RequestError: scipy is not installed.
        WorkError: not proven in ten minutes.
    """
    try:
        from scipy.optimize import Bounds, LinearConstraint, milp
    except ImportError:
        raise RequestError(
            f"largest cuts of more than {MOST_TRIED} vertices are proven by HiGHS, which comes "
            "with scipy. Install it: pip install 'qslbench[graphs]'."
        ) from None

    vertices = len(weights)
    u, v = np.nonzero(np.triu(weights))
    value = weights[u, v]
    rows, least, most = _apart(u, v, vertices)
    cycles = _short_cycles(weights, u, v)
    matrix = np.vstack([rows, np.hstack([np.zeros((len(cycles), vertices)), cycles])])
    top = np.concatenate([most, cycles.sum(axis=1) - 1.0])
    bottom = np.concatenate([least, np.full(len(cycles), -np.inf)])
    whole = np.concatenate([np.ones(vertices), np.zeros(len(value))])
    upper = np.ones(vertices + len(value))
    upper[vertices - 1] = 0.0  # the last vertex stays on side 0
    found = milp(
        np.concatenate([np.zeros(vertices), -value]),
        constraints=LinearConstraint(matrix, bottom, top),
        integrality=whole,
        bounds=Bounds(np.zeros(len(upper)), upper),
        options={"time_limit": _SECONDS, "mip_rel_gap": 1e-9},
    )
    if found.status != 0:
        raise WorkError(
            f"HiGHS did not prove a largest cut of a graph of {vertices} vertices and {len(value)} "
            f"edges in {_SECONDS:.0f} s ({found.message}). Ask for a smaller or sparser graph."
        )
    return np.asarray(np.rint(found.x[:vertices])).astype(np.uint8)


def _apart(
    u: NDArray[np.int64], v: NDArray[np.int64], vertices: int
) -> tuple[Floats, Floats, Floats]:
    """The rows y ≤ x_u + x_v, y ≤ 2 − x_u − x_v, y ≥ ±(x_u − x_v) as bottom ≤ A (x, y) ≤ top."""
    edges = np.arange(len(u))
    ends = np.zeros((2, len(u), vertices))
    ends[0, edges, u] = ends[1, edges, v] = 1.0
    one = np.eye(len(u))
    added, less = ends[0] + ends[1], ends[0] - ends[1]
    rows = np.vstack([
        np.hstack([added, -one]), np.hstack([added, one]),
        np.hstack([less, -one]), np.hstack([less, one]),
    ])  # fmt: skip
    zero, inf = np.zeros(len(u)), np.full(len(u), np.inf)
    return (
        rows,
        np.concatenate([zero, -inf, -inf, zero]),
        np.concatenate([inf, zero + 2.0, zero, inf]),
    )


def _short_cycles(weights: Floats, u: NDArray[np.int64], v: NDArray[np.int64]) -> Floats:
    """Odd cycles, 1 at their edges, float64 (K, E): no cut has all edges of one."""
    edge = {frozenset(pair): k for k, pair in enumerate(zip(u.tolist(), v.tolist(), strict=True))}
    near = [np.flatnonzero(row).tolist() for row in weights]
    longest = _LONGEST if max(map(len, near)) <= _SPARSE else _LONGEST_DENSE
    found = {cycle for start in range(len(weights)) for cycle in _cycles(near, [start], longest)}
    rows = np.zeros((len(found), len(u)))
    for k, cycle in enumerate(sorted(found)):
        for pair in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            rows[k, edge[frozenset(pair)]] = 1.0
    return rows


def _cycles(near: list[list[int]], path: list[int], longest: int) -> Iterator[tuple[int, ...]]:
    """Odd cycles that go on from a path, whose first vertex is their smallest, each once."""
    if len(path) % 2 and len(path) > 2 and path[0] in near[path[-1]] and path[1] < path[-1]:
        yield tuple(path)
    if len(path) < longest:
        for other in near[path[-1]]:
            if other > path[0] and other not in path:
                yield from _cycles(near, [*path, other], longest)
