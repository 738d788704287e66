"""The minimal cut of a ConvAC's tensor network: how much entanglement its widths can carry.

The matrix of A with the sites of I as rows and the others as columns has at most the rank
Π of the bond dimensions between the two sides, the legs of one copy tensor counted once, for every
way of putting the matrices of the network on either side. The least of these products is the
min-cut; its log₂ bounds the entanglement entropy in bits. Levine, Yakira, Cohen, Shashua, ICLR 2018
(arXiv 1704.01552). A padded site holds a constant vector, which is on neither side.

Two ways to it: dynamic programming on the tree, in whole numbers; and a maximal flow, whose
capacities are log₂ of the bonds in whole multiples of 2⁻⁴⁰, so that nothing is rounded in it.

For a lower bound the paper rounds all bonds down to powers of a number p: the rank is at least the
min-cut of these, for every p, but for weights of measure zero. Random networks whose positions
have matrices of their own reach the min-cut itself; with shared ones the rank can be below both
(`baselines.tensor_networks.rank`).
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.partition import canonical_blocks, checked_part, scales
from builders.core.errors import RequestError

# A cut of n bonds is found exactly if no other is within n · 2⁻⁴¹ of its log₂.
_UNIT = 2**40


def min_cut(architecture: Architecture, part: Iterable[int]) -> int:
    """The min-cut between the sites of `part` and the others, by dynamic programming.

    Raises:
        RequestError: the sites make no partition.
    """
    chosen = checked_part(architecture.sites, part)
    return _on_the_tree(architecture.bonds, architecture, chosen)


def power_cut(architecture: Architecture, part: Iterable[int]) -> int:
    """The largest, over p ≥ 2, of the min-cuts of bonds rounded down to powers of p.

    A lower bound of the rank for almost all weights that are not shared.

    Raises:
        RequestError: the sites make no partition.
    """
    chosen = checked_part(architecture.sites, part)
    bases = range(2, max(2, *architecture.bonds) + 1)
    rounded = {tuple(_power_below(bond, p) for bond in architecture.bonds) for p in bases}
    return max(_on_the_tree(bonds, architecture, chosen) for bonds in rounded)


def max_flow_cut(architecture: Architecture, part: Iterable[int]) -> int:
    """The min-cut by maximal flow: the product of the bonds in the cut that the flow fills.

    Raises:
        RequestError: the sites make no partition, or networkx is not installed.
    """
    chosen = checked_part(architecture.sites, part)
    try:
        import networkx as nx
    except ImportError as error:
        raise RequestError(
            "a maximal flow needs networkx: pip install 'qslbench[baselines]'."
        ) from error
    graph = nx.DiGraph()
    bond_of: dict[tuple[object, object], int] = {}

    def join(a: object, b: object, bond: int) -> None:
        graph.add_edge(a, b, capacity=round(math.log2(bond) * _UNIT))
        bond_of[a, b] = bond

    for i in range(architecture.sites):
        matrix = (0, i)
        if i in chosen:
            join("I", matrix, architecture.features)
        else:
            join(matrix, "J", architecture.features)
    for layer, (width, count) in enumerate(
        zip(architecture.widths, architecture.positions, strict=True)
    ):
        for position in range(count):
            copy = (layer, position // architecture.window)
            into, out = ("in", *copy), ("out", *copy)
            join(into, out, width)
            for end in ((layer, position), (layer + 1, copy[1])):
                graph.add_edge(end, into)
                graph.add_edge(out, end)
    _, (near, _) = nx.minimum_cut(graph, "I", "J")
    return math.prod(bond for (a, b), bond in bond_of.items() if a in near and b not in near)


def canonical_cuts(architecture: Architecture) -> tuple[tuple[int, ...], ...]:
    """The min-cuts of the canonical partitions: scale → one for every block."""
    sites, window = architecture.sites, architecture.window
    return tuple(
        tuple(min_cut(architecture, block) for block in canonical_blocks(sites, window, scale))
        for scale in scales(sites, window)
    )


def contiguous_cuts(architecture: Architecture) -> tuple[int, ...]:
    """The min-cuts between the first k sites and the others, k = 1 … N−1."""
    return tuple(min_cut(architecture, range(k)) for k in range(1, architecture.sites))


def alternating_cut(architecture: Architecture, scale: int) -> int:
    """The closed form for blocks of w = window to the power `scale`, every other one in I.

    Scale 0, odd against even: min(M^{w/2}, r_0)^{N/w}. Scale l ≥ 1: [min(r_l, f^{w/2})]^{N/w^{l+1}}
    with f = min(r_{l−1}, r_{l−2}^w, … r_0^{w^{l−1}}, M^{w^l}), for even w and no padding.

    Raises:
        RequestError: an odd window, padded sites, or a scale that is none.
    """
    window, sites = architecture.window, architecture.sites
    if window % 2 or sites != architecture.padded or scale not in scales(sites, window):
        raise RequestError(
            f"the closed form is for even windows, sites that are a power of the window, and "
            f"scales below the depth; {window=}, {sites=}, depth {architecture.depth}, {scale=}. "
            "`min_cut` takes any partition."
        )
    below = min(bond ** (window**depth) for depth, bond in enumerate(architecture.bonds[scale::-1]))
    least = min(architecture.widths[scale], below ** (window // 2))
    return int(least ** (sites // window ** (scale + 1)))


def rounded_down(architecture: Architecture, p: int) -> Architecture:
    """The network with its bonds rounded down to powers of `p`.

    Raises:
        RequestError: p is below 2.
    """
    if p < 2:
        raise RequestError(f"{p=}; powers of a whole number of at least 2 are meant.")
    features, *widths = (_power_below(bond, p) for bond in architecture.bonds)
    return replace(architecture, features=features, widths=tuple(widths))


def _on_the_tree(bonds: tuple[int, ...], shape: Architecture, chosen: frozenset[int]) -> int:
    """Least product of cut bonds, with every matrix of a layer on the side of I or of J."""
    features, *widths = bonds
    leaf = {True: (1, features), False: (features, 1)}
    costs = [leaf[i in chosen] for i in range(shape.sites)]
    costs += [(1, 1)] * (shape.padded - shape.sites)
    for width in widths:
        costs = [
            _joined(costs[a : a + shape.window], width) for a in range(0, len(costs), shape.window)
        ]
    ((side_i, side_j),) = costs
    return min(side_i, side_j)


def _joined(children: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """Costs of a copy tensor and what is below, its upper leg on the side of I or of J."""
    cut = width * math.prod(min(costs) for costs in children)
    side_i, side_j = (math.prod(side) for side in zip(*children, strict=True))
    return min(side_i, cut), min(side_j, cut)


def _power_below(number: int, p: int) -> int:
    power = 1
    while power * p <= number:
        power *= p
    return power
