"""Which qubits of a device a circuit runs on: each of its couplings on a gate of the device.

Sites are placed one after the other, each next to one that is placed, on free qubits whose gates to
all placed neighbours are calibrated. Of the placements tried the one with the least sum of readout
errors and errors of two-qubit gates is taken. Cheap qubits are tried first, and what already costs
more than the best placement is left: most circuits of few qubits are searched to the end, and
others until `_TRIES` steps were made, always the same ones.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError

_TRIES = 100_000
FAULTY = 0.5
"""A gate with an error from here on is none: devices say 1 of those that could not be measured."""


def embedded(
    device: str,
    errors: Mapping[int, float],
    gates: Mapping[tuple[int, int], float],
    edges: NDArray[np.int64],
    sites: int,
) -> tuple[int, ...]:
    """The qubits of sites 0 … N − 1.

    Args:
        device: its name.
        errors: qubit → readout error, of qubits that can be used.
        gates: pair of qubits, low first → error of the two-qubit gate.
        edges: int64 (E, 2), couplings of the circuit.
        sites: N.

    Raises:
        RequestError: no placement was found.
    """
    usable = {
        pair: error
        for pair, error in gates.items()
        if error < FAULTY and pair[0] in errors and pair[1] in errors
    }
    near: dict[int, list[int]] = {q: [] for q in errors}
    for a, b in sorted(usable):
        near[a].append(b)
        near[b].append(a)
    order, before = _order(edges, sites)
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    # Depth first, with the cheapest candidates on top: (cost so far, qubits in `order`).
    stack: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for _ in range(_TRIES):
        if not stack:
            break
        cost, placed = stack.pop()
        if cost >= best[0]:
            continue
        if len(placed) == sites:
            best = (cost, placed)
            continue
        neighbours = [placed[k] for k in before[len(placed)]]
        free = near[neighbours[0]] if neighbours else sorted(errors)
        found = []
        for q in free:
            pairs = [(min(q, other), max(q, other)) for other in neighbours]
            if q not in placed and all(pair in usable for pair in pairs):
                more = errors[q] + sum(usable[pair] for pair in pairs)
                found.append((cost + more, (*placed, q)))
        stack += sorted(found, reverse=True)
    if not best[1]:
        raise RequestError(
            f"{device} has no {sites} qubits whose gates are calibrated and coupled as the "
            "circuit's are. Give a smaller size, or another device."
        )
    at = dict(zip(order, best[1], strict=True))
    return tuple(at[site] for site in range(sites))


def _order(edges: NDArray[np.int64], sites: int) -> tuple[list[int], list[Sequence[int]]]:
    """Sites from 0 along couplings, and of each the places in this order of earlier neighbours."""
    near: list[set[int]] = [set() for _ in range(sites)]
    for a, b in edges.tolist():
        near[a].add(b)
        near[b].add(a)
    order: list[int] = []
    while len(order) < sites:
        reached = set().union(*(near[site] for site in order)) - set(order)
        order.append(min(reached or set(range(sites)) - set(order)))
    place = {site: k for k, site in enumerate(order)}
    before = [[place[o] for o in sorted(near[s]) if place[o] < k] for k, s in enumerate(order)]
    return order, [sorted(places) for places in before]
