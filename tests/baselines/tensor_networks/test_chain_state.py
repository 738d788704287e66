"""A ConvAC as a matrix product state: the same tensor, ranks and entropies."""

import numpy as np
import pytest

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.chain_state import chain_state, chain_tensors, qubits_per_site
from baselines.tensor_networks.mincut import canonical_cuts, contiguous_cuts
from baselines.tensor_networks.profile import profile_of_chain, profile_of_vector
from baselines.tensor_networks.rank import coefficients
from baselines.tensor_networks.weights import evaluate, normal_weights
from builders.core.errors import RequestError

SHAPES = [
    Architecture(8, 2, (3, 4, 5), 2),
    Architecture(7, 3, (3, 4, 2), 2, outputs=2),
    Architecture(16, 2, (3, 5), 4),
    Architecture(5, 2, (3, 4, 5), 2, shared=True),
    Architecture(9, 2, (4, 3), 3),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_chain_has_the_tensor_of_the_tree(shape: Architecture) -> None:
    weights = normal_weights(shape, np.random.default_rng(3))
    output = shape.outputs - 1
    sites = chain_tensors(weights, output)
    vector = sites[0]
    for site in sites[1:]:
        vector = np.tensordot(vector, site, axes=1)
    exact = coefficients(weights, [0], output).reshape(-1)
    ours = vector.reshape(-1) / np.linalg.norm(vector)
    # Signs are kept; rounding is that of a few dozen products of matrices.
    assert np.abs(ours - exact / np.linalg.norm(exact)).max() < 1e-12
    if not shape.shared:
        assert tuple(site.shape[2] for site in sites[:-1]) == contiguous_cuts(shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_entropies_are_those_of_the_tensor_and_below_the_min_cuts(shape: Architecture) -> None:
    weights = normal_weights(shape, np.random.default_rng(4))
    count = qubits_per_site(shape.features)
    found = profile_of_chain(chain_state(weights), shape.window, qubits=count)
    assert found.sites == shape.sites
    for entropies, cuts in zip(found.blocks, canonical_cuts(shape), strict=True):
        assert (entropies <= np.log2(cuts) + 1e-9).all()
    assert (found.cuts <= np.log2(contiguous_cuts(shape)) + 1e-9).all()
    assert (found.cuts_renyi2 <= found.cuts + 1e-9).all()
    if shape.features == 2:
        vector = coefficients(weights, [0]).reshape(-1).astype(np.float64)
        exact = profile_of_vector(vector / np.linalg.norm(vector), shape.window)
        assert np.abs(found.cuts - exact.cuts).max() < 4e-9
        for ours, theirs in zip(found.blocks_renyi2, exact.blocks_renyi2, strict=True):
            assert np.abs(ours - theirs).max() < 4e-9


def test_a_hundred_sites_are_the_function_up_to_a_factor() -> None:
    shape = Architecture(100, 6, (2,) * 7, 2)
    rng = np.random.default_rng(0)
    weights = normal_weights(shape, rng)
    inputs = rng.normal(size=(3, 100, 6))
    answers = evaluate(weights, inputs)[:, 0]
    sites, values = chain_tensors(weights), []
    for one in inputs:
        walk = np.ones(1)
        for vector, site in zip(one, sites, strict=True):
            walk = walk @ np.tensordot(vector, site, axes=(0, 1))
        values.append(walk[0])
    # Ratios: the chain is normalised. 1e-9 is the rounding of 100 sites with room for cancellation.
    assert np.allclose(values / answers, values[0] / answers[0], rtol=1e-9, atol=0.0)


def test_chains_past_memory_and_outputs_that_are_none_are_refused() -> None:
    wide = normal_weights(Architecture(8, 16, (70, 70, 2), 2), np.random.default_rng(0))
    with pytest.raises(RequestError, match="bonds of 4900 states; at most 4096"):
        chain_tensors(wide)
    with pytest.raises(RequestError, match="output=1"):
        chain_state(wide, output=1)
