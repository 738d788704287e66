"""The network is a distribution, reads one way, trains all it has, and draws what it says."""

from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from baselines.tokens.token_network import Cache, Shape, TokenNetwork, shifted, surprise
from baselines.tokens.token_sampling import bases_and_chances, draw
from baselines.tokens.token_training import Budget, Reading, pretrain

FEATURES = 3


def network(sites: int, seed: int = 0) -> TokenNetwork:
    """Random weights, the head's too, which start at zero."""
    found = TokenNetwork(Shape(FEATURES, sites, width=16), seed)
    rng = torch.Generator().manual_seed(seed)
    for weight in found.head.parameters():
        weight.data = torch.randn(weight.shape, generator=rng)
    return found


def views(rows: int, sites: int) -> torch.Tensor:
    return torch.randn(rows, sites, FEATURES, generator=torch.Generator().manual_seed(1))


def every_string(sites: int) -> torch.Tensor:
    return torch.tensor(list(product(range(6), repeat=sites)))


def probabilities(
    model: TokenNetwork, seen: torch.Tensor
) -> tuple[torch.Tensor, NDArray[np.float64]]:
    """All 6^N strings and p(bits | bases) of each."""
    tokens = every_string(len(seen))
    with torch.no_grad():
        log = surprise(model(shifted(tokens), seen.expand(len(tokens), -1, -1)), tokens)
    return tokens, np.exp(-log.sum(dim=1).double().numpy())


def test_outcomes_of_every_basis_sum_to_one() -> None:
    tokens, p = probabilities(network(3), views(1, 3)[0])
    bases = (tokens // 2 @ torch.tensor([9, 3, 1])).numpy()
    # Eight products of three float32 numbers each.
    np.testing.assert_allclose(np.bincount(bases, p), np.ones(27), rtol=1e-5)
    assert p.std() > 0.01  # and they are not uniform


@pytest.mark.parametrize("site", [0, 2, 4])
def test_a_token_is_seen_after_its_site_and_not_before(site: int) -> None:
    model, seen = network(6), views(1, 6)
    tokens = torch.tensor([[0, 3, 5, 2, 1, 4]])
    other = tokens.clone()
    other[0, site] = (tokens[0, site] + 1) % 6
    with torch.no_grad():
        first, second = (model(shifted(t), seen)[0] for t in (tokens, other))
    assert torch.equal(first[: site + 1], second[: site + 1])
    assert ((first - second)[site + 1 :].abs().amax(dim=1) > 1e-4).all()


def test_a_site_sees_the_couplings_of_those_before() -> None:
    model, seen = network(6), views(1, 6)
    tokens, other = torch.zeros(1, 6, dtype=torch.int64), seen.clone()
    other[0, 2] += 1.0
    with torch.no_grad():
        change = (model(tokens, seen) - model(tokens, other))[0].abs().amax(dim=1)
    assert (change[:2] == 0).all()
    assert (change[2:] > 1e-4).all()


def test_site_by_site_is_as_at_once() -> None:
    model, seen = network(5), views(2, 5)
    before = shifted(torch.tensor([[0, 3, 5, 2, 1], [4, 4, 0, 1, 2]]))
    cache = Cache(2)
    with torch.no_grad():
        parts = [model(before[:, [j]], seen[:, [j]], cache) for j in range(5)]
        np.testing.assert_allclose(torch.cat(parts, 1), model(before, seen), atol=1e-5)


def test_every_weight_has_a_gradient_and_moves() -> None:
    """Embeddings, conditions, distances, head: all are in the graph and in the optimiser."""
    tokens = torch.from_numpy(np.random.default_rng(0).integers(0, 6, (2, 3, 8, 5)))
    data = Reading(torch.stack([views(3, 5)] * 2), tokens)
    model = network(5)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    drawn, seen = data.draw(64, np.random.default_rng(0))
    torch.autograd.backward(surprise(model(shifted(drawn), seen), drawn).mean())
    assert all(
        weight.grad.abs().max() > 0 for weight in model.parameters() if weight.grad is not None
    )
    assert all(weight.grad is not None for weight in model.parameters())
    assert (model.tokens.weight.grad.abs().amax(dim=1) > 0).all()  # of each of the seven tokens
    pretrain(model, [data], Budget(least=2, most=2, decay=0.0), seed=0)
    assert all(not torch.equal(weight, before[name]) for name, weight in model.named_parameters())


def test_strings_are_drawn_as_often_as_they_are_probable() -> None:
    model, seen, shots = network(3), views(1, 3)[0], 20_000
    _, p = probabilities(model, seen)
    drawn = draw(model, seen, *bases_and_chances(shots, 3, seed=0)).tokens @ [36, 6, 1]
    expected = p / 27 * shots
    # χ² over 216 cells, 27 of whose sums are what the bases make them: five standard deviations.
    chi = np.sum((np.bincount(drawn, minlength=216) - expected) ** 2 / expected)
    assert chi < 215 + 5 * np.sqrt(2 * 215)


def test_shapes_and_budgets_check_themselves() -> None:
    with pytest.raises(ValueError, match="divisor"):
        Shape(3, 4, width=10)
    assert Budget().steps(192) == 36
    assert (Budget().steps(1), Budget().steps(10**6)) == (20, 1200)
