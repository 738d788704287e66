"""Ranks of random networks against their min-cuts, and the function against the contraction."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.mincut import min_cut, power_cut
from baselines.tensor_networks.rank import (
    PRIME,
    coefficients,
    generic_rank,
    numerical_rank,
    rank_modulo,
)
from baselines.tensor_networks.weights import Weights, evaluate, normal_weights
from builders.core.errors import RequestError
from tests.baselines.tensor_networks.networks import networks


@settings(max_examples=100, deadline=None, derandomize=True)
@given(networks())
def test_the_rank_is_the_min_cut(network: tuple[Architecture, list[int]]) -> None:
    shape, part = network
    cut = min_cut(shape, part)
    assert generic_rank(shape, part) == cut
    assert power_cut(shape, part) <= cut
    assert generic_rank(replace(shape, shared=True), part) <= cut


@settings(max_examples=30, deadline=None, derandomize=True)
@given(networks(most=12, widest=4))
def test_singular_values_count_the_same_rank(network: tuple[Architecture, list[int]]) -> None:
    shape, part = network
    matrix = coefficients(normal_weights(shape, np.random.default_rng(5)), part)
    rank, gap = numerical_rank(matrix)
    assert rank == min_cut(shape, part)
    assert gap > 1e3


def test_shared_weights_can_have_a_rank_below_the_min_cut_and_below_its_lower_bound() -> None:
    """The two halves are the same symmetric products of r_0 vectors: r_0 (r_0 + 1) / 2 of them."""
    shape = Architecture(sites=8, features=2, widths=(2, 4, 16), window=2)
    assert generic_rank(shape, range(4)) == min_cut(shape, range(4)) == 4
    assert power_cut(shape, range(4)) == 4
    assert generic_rank(replace(shape, shared=True), range(4)) == 3


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("sites", "window"), [(8, 2), (7, 2), (5, 4), (9, 3)])
def test_the_function_is_the_contraction_with_product_states(
    sites: int, window: int, shared: bool
) -> None:
    depth = 3 if window == 2 else 2
    shape = Architecture(sites, 3, (3, 4, 5)[:depth], window, outputs=2, shared=shared)
    rng = np.random.default_rng(sites)
    weights, inputs = normal_weights(shape, rng), rng.normal(size=(4, sites, 3))
    part = [0, 3, 4]
    answers = evaluate(weights, inputs)
    for output in range(2):
        matrix = coefficients(weights, part, output)
        for one, answer in zip(inputs, answers[:, output], strict=True):
            left, right = np.ones(1), np.ones(1)
            for i in range(sites):
                if i in part:
                    left = np.kron(left, one[i])
                else:
                    right = np.kron(right, one[i])
            # Sums of 3^8 products of numbers of order 1, rounded at 2e-16.
            assert left @ matrix @ right == pytest.approx(answer, rel=1e-10, abs=1e-10)


def test_elimination_knows_the_rank_of_products() -> None:
    rng = np.random.default_rng(0)
    for rank in (1, 5, 12):
        left = rng.integers(0, PRIME, (30, rank)).astype(object)
        right = rng.integers(0, PRIME, (rank, 20)).astype(object)
        assert rank_modulo((left @ right % PRIME).astype(np.int64)) == rank
    assert rank_modulo(np.zeros((3, 4), np.int64)) == 0


def test_arrays_past_memory_and_outputs_that_are_none_are_refused() -> None:
    shape = Architecture(sites=32, features=2, widths=(2,) * 5, window=2)
    with pytest.raises(RequestError, match=r"2\^32 coefficients .* at most 16777216"):
        generic_rank(shape, [0])
    weights = normal_weights(replace(shape, sites=4, widths=(2, 2)), np.random.default_rng(0))
    with pytest.raises(RequestError, match="output=1"):
        coefficients(weights, [0], output=1)
    with pytest.raises(RequestError, match="weights of shapes"):
        Weights(weights.architecture, weights.matrices[:1], weights.output)
    with pytest.raises(RequestError, match=r"\(n, 4, 2\) is meant"):
        evaluate(weights, np.zeros((1, 3, 2)))
