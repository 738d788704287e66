"""The tensor of a ConvAC of torch: the same function, and a state whose entropies are measured."""

import numpy as np
import pytest
import torch

from baselines.networks.convac import ConvAC
from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.chain_state import chain_state, chain_tensors, qubits_per_site
from baselines.tensor_networks.mincut import canonical_cuts
from baselines.tensor_networks.profile import profile_of_chain
from baselines.tensor_networks.rank import coefficients
from baselines.tensor_networks.weights import evaluate
from tests.baselines.models.test_convac import numbers, stirred

SHAPES = [
    Architecture(8, 2, (3, 5, 2), 2, 2),
    Architecture(8, 3, (3, 4, 2), 2),
    Architecture(8, 2, (4, 3, 5), 2, shared=True),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_weights_taken_out_of_torch_make_the_same_function_and_the_same_chain(
    shape: Architecture,
) -> None:
    """To 1e-10 of the largest answer, by layers and by matrices along the chain."""
    network = stirred(ConvAC(shape))
    assert isinstance(network, ConvAC)
    held = network.tensor_network()
    x = numbers(20, 8, shape.features)
    answers = network(x).numpy()
    assert np.abs(evaluate(held, x.numpy()) - answers).max() < 1e-10 * np.abs(answers).max()
    walks = []
    for row in x.numpy():
        walk = np.ones(1)
        for vector, site in zip(row, chain_tensors(held), strict=True):
            walk = walk @ np.tensordot(vector, site, axes=(0, 1))
        walks.append(walk[0])
    # The chain is normalised: one factor for all answers.
    factor = np.dot(walks, answers[:, 0]) / np.dot(walks, walks)
    assert factor > 0.0
    assert np.abs(factor * np.array(walks) - answers[:, 0]).max() < 1e-10 * np.abs(answers).max()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_entropies_of_the_state_of_a_circuit_are_those_of_its_tensor(shape: Architecture) -> None:
    """Singular values of the tensor at the middle; 4e-9 bit is what weights left out are worth."""
    network = stirred(ConvAC(shape))
    assert isinstance(network, ConvAC)
    held = network.tensor_network()
    found = profile_of_chain(
        chain_state(held), shape.window, qubits=qubits_per_site(shape.features)
    )
    matrix = coefficients(held, range(4)).astype(np.float64)
    weights = np.linalg.svd(matrix, compute_uv=False) ** 2
    weights = weights[weights > 1e-12 * weights.sum()] / weights.sum()
    assert abs(found.cuts[3] + (weights * np.log2(weights)).sum()) < 4e-9
    assert shape.shared or found.cuts[3] > 0.1  # shared ones are nearly a product here
    for entropies, cuts in zip(found.blocks, canonical_cuts(shape), strict=True):
        assert (entropies <= np.log2(cuts) + 1e-9).all()


def test_a_fresh_circuit_is_converted_in_float64() -> None:
    """Weights are trained in float32: what is converted answers as they do, to their rounding."""
    torch.manual_seed(0)
    network = ConvAC(Architecture(8, 3, (3, 4, 2), 2))
    with torch.no_grad():
        network.head.normal_()
        x = numbers(20, 8, 3).float()
        ours = network(x).numpy()
    exact = evaluate(network.tensor_network(), x.double().numpy())
    assert np.abs(ours - exact).max() < 1e-4 * np.abs(exact).max()
