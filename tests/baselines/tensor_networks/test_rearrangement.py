"""Correlations that partitions cut, and the order that makes them small."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from baselines.tensor_networks.partition import canonical_blocks
from baselines.tensor_networks.rearrangement import least_cut, rearranged
from baselines.tensor_networks.surrogate import (
    canonical_surrogates,
    correlations,
    surrogate_entanglement,
)
from builders.core.errors import RequestError


def chain(sites: int) -> np.ndarray:
    """Weights that fall off along a chain."""
    apart = np.abs(np.subtract.outer(np.arange(sites), np.arange(sites)))
    weights = np.exp(-apart / 2.0)
    np.fill_diagonal(weights, 0.0)
    return weights


def test_numbers_correlate_by_pearson() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 6)) @ rng.normal(size=(6, 6))
    exact = np.abs(np.corrcoef(values, rowvar=False))
    np.fill_diagonal(exact, 0.0)
    assert np.allclose(correlations(values), exact, rtol=0.0, atol=1e-12)


def test_vectors_correlate_by_the_largest_trace_that_their_covariances_allow() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3))
    # A positive matrix keeps the coefficient at 1, a sign too; a rotation that is none does not.
    stretch = np.diag([1.0, 2.0, 5.0])
    quarter = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    features = np.stack([x, x @ stretch, -x, x @ quarter, np.ones_like(x)], axis=1)
    found = correlations(features)
    assert found[0, 1] == pytest.approx(1.0, abs=1e-9)
    assert found[0, 2] == pytest.approx(1.0, abs=1e-9)
    assert found[0, 3] < 0.6
    assert (found[4] == 0.0).all()
    assert np.allclose(correlations(features * 1e6), found, atol=1e-12)


def test_surrogates_worked_out_by_hand() -> None:
    weights = np.array([[0, 1, 2, 4], [1, 0, 8, 16], [2, 8, 0, 32], [4, 16, 32, 0]], dtype=float)
    assert surrogate_entanglement(weights, [0, 2]) == 1 + 4 + 8 + 32
    assert [list(s) for s in canonical_surrogates(weights, 2)] == [[7, 25, 42, 52], [30, 30]]
    with pytest.raises(RequestError, match="no partition"):
        surrogate_entanglement(weights, [])


@pytest.mark.parametrize(("sites", "window"), [(16, 2), (32, 2), (13, 2), (32, 4), (27, 3)])
def test_a_chain_that_was_shuffled_comes_back(sites: int, window: int) -> None:
    weights = chain(sites)
    shuffle = np.random.default_rng(sites).permutation(sites)
    shuffled = weights[np.ix_(shuffle, shuffle)]
    order = rearranged(shuffled, window)
    assert sorted(order) == list(range(sites))
    back = shuffled[np.ix_(order, order)]
    for scale, (ours, best) in enumerate(
        zip(canonical_surrogates(back, window), canonical_surrogates(weights, window), strict=True)
    ):
        if sites % window**scale == 0:
            assert sorted(ours) == pytest.approx(sorted(best), abs=1e-9)
    assert (rearranged(shuffled, window) == order).all()


def test_the_known_couplings_of_a_long_chain_come_back() -> None:
    sites = 128
    bonds = np.zeros((sites, sites))
    bonds[np.arange(sites - 1), np.arange(1, sites)] = 1.0
    shuffle = np.random.default_rng(5).permutation(sites)
    order = rearranged((bonds + bonds.T)[np.ix_(shuffle, shuffle)], 2)
    places = shuffle[order]
    for scale in (6, 5, 4):
        for block in canonical_blocks(sites, 2, scale):
            members = np.sort(places[list(block)])
            assert (np.diff(members) == 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_exchanges_find_the_least_cut_of_all(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.random((12, 12))
    weights = weights + weights.T
    np.fill_diagonal(weights, 0.0)
    for size in (6, 4):
        cuts = [surrogate_entanglement(weights, part) for part in combinations(range(12), size)]
        exact = least_cut(weights, size, rng)
        assert surrogate_entanglement(weights, exact) == pytest.approx(min(cuts), abs=1e-9)
        with monkeypatch.context() as patch:
            patch.setattr("baselines.tensor_networks.rearrangement.EXACT", 0)
            found = least_cut(weights, size, rng)
        assert len(found) == size
        assert surrogate_entanglement(weights, found) == pytest.approx(min(cuts), abs=1e-9)


@pytest.mark.parametrize(
    "weights",
    [np.ones((3, 4)), -np.ones((4, 4)), np.triu(np.ones((4, 4))), np.full((4, 4), np.inf)],
)
def test_weights_that_are_none_are_refused(weights: Any) -> None:
    with pytest.raises(RequestError, match="a symmetric matrix"):
        rearranged(weights, 2)


def test_windows_and_features_that_are_none_are_refused() -> None:
    with pytest.raises(RequestError, match="a window is at least 2"):
        rearranged(chain(4), 1)
    with pytest.raises(RequestError, match="at least two instances"):
        correlations(np.ones((1, 4)))
