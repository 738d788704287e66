"""The description of a ConvAC, and profiles of one parameter count."""

from dataclasses import replace
from typing import Any

import pytest

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.profiles import deviation, flat, wide_base, wide_tip
from builders.core.errors import RequestError

SMALL = Architecture(sites=8, features=2, widths=(3, 4, 5), window=2, outputs=6)


def test_parameters_are_those_of_a_count_by_hand() -> None:
    # Positions 8, 4, 2 with matrices 3×2, 4×3, 5×4, and 5 channels to 6 outputs.
    assert SMALL.parameters == 8 * 6 + 4 * 12 + 2 * 20 + 30
    assert replace(SMALL, shared=True).parameters == 6 + 12 + 20 + 30
    assert SMALL.positions == (8, 4, 2)
    assert SMALL.bonds == (2, 3, 4, 5)


@pytest.mark.parametrize(
    ("sites", "window", "padded", "depth"),
    [(2, 2, 2, 1), (8, 2, 8, 3), (9, 2, 16, 4), (127, 2, 128, 7), (127, 4, 256, 4), (3, 4, 4, 1)],
)
def test_sites_are_padded_to_a_power(sites: int, window: int, padded: int, depth: int) -> None:
    made = Architecture(sites, 2, (2,) * depth, window)
    assert (made.padded, made.depth) == (padded, depth)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sites": 1}, "sites is 1; it must be a whole number of at least 2"),
        ({"features": 0}, "features is 0"),
        ({"window": 1}, "window is 1"),
        ({"outputs": 0}, "outputs is 0"),
        ({"widths": (3, 0, 5)}, r"widths\[1\] is 0; it must be a whole number of at least 1"),
        ({"widths": (3, 2.5, 5)}, r"widths\[1\] is 2.5"),
        ({"widths": (3, 4)}, "2 widths .* make 3 layers. Give 3 widths"),
        ({"sites": 9}, "padded to 16, .* make 4 layers"),
        ({"widths": (3, 20_000, 20_000)}, r"23.9 GiB for .* the limit is 4 GiB"),
    ],
)
def test_what_is_none_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        replace(SMALL, **change)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("sites", "window"), [(16, 2), (127, 2), (127, 4)])
def test_profiles_have_the_parameters_of_a_flat_one(sites: int, window: int, shared: bool) -> None:
    depth = {(16, 2): 4, (127, 2): 7, (127, 4): 4}[sites, window]
    like = Architecture(sites, 6, (8,) * depth, window, shared=shared)
    assert flat(like, like.parameters) == like
    for make, order in ((wide_base, -1), (wide_tip, 1)):
        made = make(like, like.parameters)
        assert list(made.widths) == sorted(made.widths)[::order]
        assert made.widths[0] != made.widths[-1]
        # One channel more or less in a layer moves the count by some percent; several layers
        # together come nearer.
        assert abs(deviation(made, like.parameters)) < 0.01


def test_a_flat_profile_is_the_nearest_of_all_flat_ones() -> None:
    like = Architecture(16, 3, (1,) * 4, 2)
    for budget in range(100, 1200, 37):
        counts = [replace(like, widths=(r,) * 4).parameters for r in range(1, 40)]
        best = min(abs(count - budget) for count in counts)
        assert abs(flat(like, budget).parameters - budget) == best


def test_budgets_and_ratios_that_cannot_be_are_refused() -> None:
    with pytest.raises(RequestError, match="one channel a layer has 28 already"):
        flat(SMALL, 10)
    with pytest.raises(RequestError, match=r"ratio is 0\.5"):
        wide_tip(SMALL, 100, ratio=0.5)
