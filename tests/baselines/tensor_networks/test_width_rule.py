"""Widths from invented entanglement profiles."""

import math
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.width_rule import deficits, proposed_widths
from builders.core.errors import RequestError

LIKE = Architecture(sites=16, features=4, widths=(1,) * 4, window=2)


def best_of_all(bits: list[float], budget: int, most: int) -> float:
    """The least largest deficit of all widths up to `most` that the budget pays for.

    Parameters and cuts are written out: 16, 8, 4 and 2 positions, M = 4.
    """
    best = math.inf
    for a, b, c, d in product(range(1, most + 1), repeat=4):
        if 16 * 4 * a + 8 * a * b + 4 * b * c + 2 * c * d + d <= budget:
            cuts = (min(a, 4), min(b, a, 16), min(c, b, a**2), min(d, c, b**2, a**4))
            best = min(best, max(s - math.log2(cut) for s, cut in zip(bits, cuts, strict=True)))
    return best


@pytest.mark.parametrize(
    "bits",
    [[1.0, 1.0, 1.0, 1.0], [1.5, 0.5, 0.2, 0.1], [0.2, 1.0, 1.8, 2.5], [1.0, 2.0, 1.0, 0.0]],
)
@pytest.mark.parametrize("budget", [220, 500])
def test_no_widths_of_the_budget_have_a_smaller_deficit(bits: list[float], budget: int) -> None:
    made = proposed_widths(bits, LIKE, budget)
    assert made.architecture.parameters <= budget
    assert max(made.deficits) == pytest.approx(best_of_all(bits, budget, 8), abs=1e-9)
    assert made.deficits == deficits(bits, made.architecture)


def test_long_ranged_entanglement_asks_for_a_wide_tip_and_short_ranged_for_a_wide_base() -> None:
    like = replace(LIKE, features=16)
    base = proposed_widths([3.0, 2.0, 1.0, 0.0], like, 2700).architecture.widths
    tip = proposed_widths([0.0, 1.0, 2.0, 3.0], like, 2700).architecture.widths
    assert base[0] > base[-1]
    assert tip[-1] > tip[0]


def test_a_profile_that_fits_has_a_margin_and_the_budget_decides() -> None:
    bits = [1.0, 1.5, 1.5, 1.5]
    small, large = (proposed_widths(bits, LIKE, budget) for budget in (150, 3000))
    assert max(small.deficits) > 0.0 >= max(large.deficits)
    # Three channels carry 1.58 bits.
    assert max(proposed_widths(bits, LIKE, 500).deficits) <= 0.0


def test_what_the_features_alone_limit_is_told_and_not_paid_for() -> None:
    made = proposed_widths([5.0, 1.0, 1.0, 1.0], LIKE, 400)
    assert made.deficits[0] == pytest.approx(5.0 - 2.0)
    assert max(made.deficits[1:]) <= 0.0


@pytest.mark.parametrize(
    ("bits", "budget", "said"),
    [
        ([1.0] * 3, 500, "4 finite numbers"),
        ([1.0, 1.0, -0.1, 1.0], 500, "not negative"),
        ([1.0, 1.0, float("nan"), 1.0], 500, "finite numbers"),
        ([1.0] * 4, 10, "one channel a layer has 79. Give at least 79"),
    ],
)
def test_what_is_no_profile_or_budget_is_refused(bits: Any, budget: int, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        proposed_widths(bits, LIKE, budget)
