"""Paired tests, ranks with ties, the resolvable difference, and the ranking over cells."""

from itertools import product

import numpy as np
import pytest

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.errors import MAE, RMSE
from leaderboard.ranking.aggregate import CellLosses, overall
from leaderboard.scoring.paired import (
    FLIPS,
    flip_p,
    hoeffding_p,
    holm,
    resolvable_difference,
    standing,
)

RNG = np.random.default_rng(5)


def entries(losses: np.ndarray) -> list[Losses]:
    """Losses (m, R) of m entries, one block a row."""
    return [Losses.of_rows(line) for line in losses]


def test_flip_p_is_the_exact_one_of_all_sign_patterns() -> None:
    d = RNG.normal(0.3, 1.0, (3, 10))
    signs = np.array(list(product((-1, 1), repeat=10)))
    exact = (np.abs(d @ signs.T) >= np.abs(d.sum(axis=1))[:, None] - 1e-12).mean(axis=1)
    # 4999 draws of a chance p have a standard error of sqrt(p(1-p)/4999).
    error = 4 * np.sqrt(exact * (1 - exact) / FLIPS) + 1 / FLIPS
    assert np.all(np.abs(flip_p(d) - exact) < error)


def test_flip_p_of_equal_and_of_clear_cases() -> None:
    assert flip_p(np.zeros((1, 8)))[0] == 1.0
    # All of 200 differences alike: 2^-199, of which the draws and the bound see this much.
    assert flip_p(np.ones((1, 200)))[0] == pytest.approx(2 * np.exp(-100.0))


def test_hoeffding_bounds_the_exact_p() -> None:
    signs = np.array(list(product((-1, 1), repeat=10)))
    for scale in (0.0, 0.5, 2.0):
        d = RNG.normal(scale, 1.0, (20, 10))
        exact = (np.abs(d @ signs.T) >= np.abs(d.sum(axis=1))[:, None] - 1e-12).mean(axis=1)
        assert np.all(hoeffding_p(d) >= exact)


def test_p_values_of_equal_entries_are_uniform() -> None:
    p = flip_p(RNG.normal(size=(2000, 30)))
    # 5 % of 2000 is 100 with a standard deviation of 9.7.
    assert abs((p <= 0.05).sum() - 100) < 40


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .03 .2 times 4 3 2 1 gives .04 .06 .06 .2.
    assert holm(np.array([0.03, 0.01, 0.2, 0.02])) == pytest.approx([0.06, 0.04, 0.2, 0.06])
    assert holm(np.array([0.9, 0.8])) == pytest.approx([1.0, 1.0])


def test_ranks_tie_what_cannot_be_told_apart() -> None:
    hard = RNG.exponential(1.0, 200)  # common to all: a paired test does not see it
    noise = RNG.normal(0, 0.01, (5, 200))
    means = np.array([0.0, 0.0, 0.1, 0.1, 0.3])[:, None]
    losses = hard + means + noise - noise.mean(axis=1, keepdims=True)
    found = standing(entries(losses), MAE)
    assert found.ranks.tolist() == [1, 1, 3, 3, 5]
    assert np.isnan(found.p_above[0])
    assert found.p_above[1] > 0.9
    assert found.p_above[2] < 1e-3
    # The same steps are lost in the spread of the Hamiltonians when rows are not paired.
    shuffled = np.stack([RNG.permutation(row) for row in losses])
    assert standing(entries(shuffled[:3]), MAE).ranks.tolist() == [1, 1, 1]


def test_a_chain_of_close_neighbours_does_not_share_one_rank() -> None:
    # Steps of half a resolvable difference, over forty entries.
    noise = RNG.normal(size=(40, 100))
    noise -= noise.mean(axis=1, keepdims=True)
    losses = 0.14 * np.arange(40)[:, None] + noise
    found = standing(entries(losses), MAE)
    assert np.nanmin(found.p_above) > 0.05
    assert found.ranks[1] == 1
    assert found.ranks[-1] > 20
    assert np.all(np.diff(found.ranks) >= 0)


def test_one_entry_and_none() -> None:
    for count in (0, 1):
        found = standing(entries(np.ones((count, 5))), RMSE)
        assert found.ranks.tolist() == [1] * count
        assert len(found.p_above) == len(found.resolvable) == count


def test_resolvable_difference_is_that_of_the_paired_mean() -> None:
    losses = np.stack([np.zeros(400), RNG.normal(0, 2.0, 400)])
    (found,) = resolvable_difference(entries(losses), MAE)
    # 1.96 · 2 / sqrt(400) = 0.196; the standard deviation of 1000 resamples is known to 2.2 %.
    assert found == pytest.approx(0.196, rel=0.15)


def cells(*means: dict[str, float], spread: float = 0.0) -> dict[CellKey, CellLosses]:
    return {
        CellKey(f"tfim_1d_n{k:03d}", "correlation", 5, 16): CellLosses(
            {n: Losses.of_rows(mean + RNG.normal(0, spread, 50)) for n, mean in line.items()},
            Losses.of_rows(np.full(50, 2.0)),
        )
        for k, line in enumerate(means)
    }


def test_overall_by_hand() -> None:
    found = overall(cells({"a": 1.0, "b": 0.5, "c": 2.0}, {"a": 0.2, "b": 0.5, "d": 0.1}))
    # Only a and b answer both; skills (.5 + .9)/2 and (.75 + .75)/2, ranks 2, 1 and 1, 2.
    assert [(o.id, o.mean_skill.value, o.mean_rank.value) for o in found] == [
        ("b", pytest.approx(0.75), pytest.approx(1.5)),
        ("a", pytest.approx(0.7), pytest.approx(1.5)),
    ]
    assert found[0].mean_skill.low == pytest.approx(found[0].mean_skill.high)


def test_overall_intervals_are_those_of_independent_configs() -> None:
    (one,) = overall(cells({"a": 1.0}, {"a": 1.0}, spread=1.0), bootstraps=1000)
    width = one.mean_skill.high - one.mean_skill.low
    # Two independent means of 50: sqrt(2) · 1/sqrt(50) / 2 cells / reference 2, times 2 · 1.96.
    assert width == pytest.approx(2 * 1.96 * np.sqrt(2 / 50) / 4, rel=0.25)
    assert (one.mean_rank.low, one.mean_rank.high) == (1.0, 1.0)


def test_overall_ties_share_their_mean_rank_and_nothing_gives_nothing() -> None:
    found = overall(cells({"a": 1.0, "b": 1.0, "c": 3.0}))
    assert {o.id: o.mean_rank.value for o in found} == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert overall({}) == overall(cells({"a": 1.0}, {"b": 1.0})) == []
