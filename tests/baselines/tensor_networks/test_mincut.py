"""Min-cuts: two algorithms, closed forms, every assignment, and what is refused."""

import itertools
import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings

from baselines.tensor_networks import mincut
from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.partition import (
    alternating_blocks,
    canonical_blocks,
    checked_part,
    scales,
)
from builders.core.errors import RequestError
from tests.baselines.tensor_networks.networks import networks

TREE = Architecture(sites=8, features=2, widths=(2, 4, 16), window=2)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(networks(most=16, widest=9))
def test_dynamic_programming_and_maximal_flow_agree(
    network: tuple[Architecture, list[int]],
) -> None:
    shape, part = network
    cut = mincut.min_cut(shape, part)
    assert mincut.max_flow_cut(shape, part) == cut
    others = [i for i in range(shape.sites) if i not in part]
    assert mincut.min_cut(shape, others) == cut
    assert mincut.power_cut(shape, part) <= cut <= shape.features ** min(len(part), len(others))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(networks(most=4, widest=9))
def test_no_assignment_of_the_matrices_cuts_less(network: tuple[Architecture, list[int]]) -> None:
    shape, part = network
    assert mincut.min_cut(shape, part) == _least_of_all(shape, part)


def _least_of_all(shape: Architecture, part: Iterable[int]) -> int:
    """The min-cut by trying every assignment; the vector behind the last layer is a matrix too."""
    matrices = [(layer, i) for layer, n in enumerate(shape.positions) for i in range(n)]
    matrices.append((shape.depth, 0))
    chosen, best = set(part), math.inf
    for sides in itertools.product((False, True), repeat=len(matrices)):
        side = dict(zip(matrices, sides, strict=True))
        cost = math.prod(shape.features for i in range(shape.sites) if side[0, i] != (i in chosen))
        for layer, width in enumerate(shape.widths):
            for upper in range(shape.positions[layer] // shape.window):
                below = range(upper * shape.window, (upper + 1) * shape.window)
                ends = {side[layer, i] for i in below} | {side[layer + 1, upper]}
                cost *= width if len(ends) == 2 else 1
        best = min(best, cost)
    return int(best)


@pytest.mark.parametrize(("sites", "window"), [(8, 2), (32, 2), (16, 4), (64, 4)])
def test_alternating_blocks_have_the_closed_form(sites: int, window: int) -> None:
    depth = len(scales(sites, window))
    for seed in range(6):
        widths = tuple(1 + (7 * seed + 11 * layer**2) % 23 for layer in range(depth))
        shape = Architecture(sites, 1 + seed % 4, widths, window)
        for scale in scales(sites, window):
            part = alternating_blocks(sites, window**scale)
            assert mincut.alternating_cut(shape, scale) == mincut.min_cut(shape, part)


def test_cuts_worked_out_by_hand() -> None:
    # Halves of r = (2, 4, 16): r_2 = 16, r_1 = 4, r_0² = 4, M⁴ = 16.
    assert mincut.min_cut(TREE, range(4)) == 4
    # Odd against even: min(M, r_0)⁴.
    assert mincut.min_cut(TREE, range(0, 8, 2)) == 16
    # A site against the others: M or r_0; pairs: r_0 or r_1; halves as above.
    assert mincut.canonical_cuts(TREE) == ((2,) * 8, (2,) * 4, (4,) * 2)
    # The copy tensor of a pair has three legs, and is cut once.
    assert mincut.min_cut(Architecture(4, 9, (3, 100), 2), [0]) == 3


def test_padding_is_on_neither_side() -> None:
    # Sites 0 … 4 of 8: the last half holds site 4 and constants, so r_0 or r_1 or r_2 or M cuts it.
    shape = Architecture(sites=5, features=7, widths=(6, 5, 4), window=2)
    assert mincut.min_cut(shape, range(4)) == 4
    assert mincut.canonical_cuts(shape)[2] == (4, 4)


def test_powers_bound_from_below() -> None:
    shape = Architecture(sites=8, features=3, widths=(5, 6, 7), window=2)
    assert mincut.rounded_down(shape, 2).bonds == (2, 4, 4, 4)
    assert mincut.rounded_down(shape, 3).bonds == (3, 3, 3, 3)
    assert mincut.min_cut(shape, range(4)) == 6
    # p = 2 gives 4, p = 3 gives 3, and larger ones round M, and so M⁴, down to 1.
    assert mincut.power_cut(shape, range(4)) == 4
    with pytest.raises(RequestError, match="p=1"):
        mincut.rounded_down(shape, 1)


def test_many_sites_neither_overflow_nor_round() -> None:
    shape = Architecture(sites=128, features=6, widths=(7,) * 7, window=2)
    assert mincut.min_cut(shape, range(0, 128, 2)) == 6**64
    assert mincut.max_flow_cut(shape, range(0, 128, 2)) == 6**64


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ([], "0 of 8 sites are no partition"),
        (range(8), "8 of 8 sites are no partition"),
        ([8], "8 is no site: sites are whole numbers from 0 to 7"),
        ([-1], "-1 is no site"),
        ([1, 1], "names a site twice"),
    ],
)
def test_what_is_no_partition_is_refused(part: Iterable[int], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        checked_part(8, part)
    with pytest.raises(RequestError, match=said):
        mincut.max_flow_cut(TREE, part)


def test_scales_and_closed_forms_that_are_none_are_refused() -> None:
    assert canonical_blocks(7, 2, 2) == (range(4), range(4, 7))
    with pytest.raises(RequestError, match="scale 3, but 8 sites"):
        canonical_blocks(8, 2, 3)
    with pytest.raises(RequestError, match="`min_cut` takes any partition"):
        mincut.alternating_cut(Architecture(7, 2, (2, 2, 2), 2), 0)
