"""The denoising network knows what it is shown, learns known states, and draws what it says."""

import numpy as np
import pytest
import torch

from baselines.contract.cell import Cell
from baselines.models.quadim import Model
from baselines.tokens.denoising import ERASED, draw_in_rounds, erased_outcomes, rounds_of
from baselines.tokens.token_moments import correlation, pair_purity
from baselines.tokens.token_network import Shape, TokenNetwork
from baselines.tokens.token_sampling import DrawnShadows, bases_and_chances
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell
from tests.baselines.models.test_shadow_generator import SHOTS, singlets, with_states
from tests.baselines.tokens.test_token_moments import STATES, exact_sample

FEATURES = 3


def network(sites: int) -> TokenNetwork:
    """Random weights, the head's too, which start at zero."""
    found = TokenNetwork(Shape(FEATURES, sites, width=16, causal=False), seed=0)
    rng = torch.Generator().manual_seed(0)
    for weight in found.head.parameters():
        weight.data = torch.randn(weight.shape, generator=rng)
    return found


def views(rows: int, sites: int) -> torch.Tensor:
    return torch.randn(rows, sites, FEATURES, generator=torch.Generator().manual_seed(1))


def test_all_sites_are_seen_and_erased_ones_show_nothing() -> None:
    """A token changes the answer at every other site; no hidden outcome or basis does."""
    model, seen = network(5), views(1, 5)
    known = torch.tensor([[0, 3, ERASED, 2, 1]])
    other = known.clone()
    other[0, 3] = 5
    with torch.no_grad():
        first, second = (model(tokens, seen)[0] for tokens in (known, other))
    assert ((first - second).abs().amax(dim=1) > 1e-4).all()


@pytest.mark.parametrize("sites", [3, 8, 20])
def test_sites_of_a_round_are_far_apart(sites: int) -> None:
    when = rounds_of(sites, 8, seed=0)
    assert sorted(set(when)) == list(range(min(8, sites)))
    for now in set(when):
        assert (np.diff(np.flatnonzero(when == now)) >= min(8, sites)).all()


def test_shots_are_those_of_the_network() -> None:
    """Frequencies of the eight outcomes in one basis against the chain rule along the rounds."""
    model, seen, shots = network(3), views(1, 3)[0], 4000
    when = rounds_of(3, 3, seed=0)
    bases, chances = torch.ones(shots, 3, dtype=torch.int64), bases_and_chances(shots, 3, 0)[1]
    drawn = draw_in_rounds(model, seen, bases, chances, when).along_chain() % 2
    found = np.bincount(drawn @ [4, 2, 1], minlength=8) / shots
    expected = np.empty(8)
    for string in range(8):
        bits = [(string >> k) & 1 for k in (2, 1, 0)]
        tokens, p = torch.full((1, 3), ERASED), 1.0
        for site in np.argsort(when):
            with torch.no_grad():
                up = float(torch.sigmoid(model(tokens, seen[None])[0, site, 1]))
            p *= up if bits[site] == 0 else 1.0 - up
            tokens[0, site] = 2 + bits[site]
        expected[string] = p
    assert expected.std() > 0.02  # not uniform
    error = np.sqrt(expected * (1.0 - expected) / shots)
    assert (np.abs(found - expected) < 4 * error).all()


def test_all_sites_are_learnt_from_in_every_order() -> None:
    """The loss of a network that knows nothing is ln 2, however many sites are erased."""
    model, seen = TokenNetwork(Shape(FEATURES, 6, causal=False), seed=0), views(40, 6)
    tokens = torch.randint(0, 6, (40, 6), generator=torch.Generator().manual_seed(0))
    loss = erased_outcomes(model, tokens, seen, np.random.default_rng(0))
    np.testing.assert_allclose(loss.item(), np.log(2.0), rtol=1e-5)
    torch.autograd.backward(loss)
    assert model.head.weight.grad is not None


@pytest.mark.parametrize("name", STATES)
def test_moments_do_not_ask_in_which_order_sites_were_measured(name: str) -> None:
    """A state with its sites exchanged, measured along the chain, is the state in another order."""
    place = np.array([2, 0, 3, 1])
    state = STATES[name]
    amplitudes = state.vector.reshape(2, 2, 2, 2).transpose(place).ravel()
    moved = type(state)(0.0, 0.0, 1.0, amplitudes)
    sample = exact_sample(moved, seed=0)
    sample = DrawnShadows(sample.tokens, sample.means, place)
    # The bounds of `test_token_moments`, of 4,000 shots.
    np.testing.assert_allclose(correlation(sample), state.correlation(), atol=4 / np.sqrt(4000))
    error = 4 * 0.5 * np.sqrt(45.0) * np.sqrt(4 / 4000) / np.sqrt(15)
    np.testing.assert_allclose(pair_purity(sample), 2.0 ** -state.renyi2(), atol=error)


@pytest.fixture(scope="module")
def chain() -> tuple[Cell, Model]:
    """Four rows of singlets on sites 0-1 and 2-3, whatever their couplings say."""
    cell = make_cell(size=4, n=4, test=2, shots=1)
    cell = with_states(cell, [singlets()] * 6, SHOTS)
    return cell, Model(seed=0, drawn=SHOTS).fit(cell)


def test_correlations_of_singlets(chain: tuple[Cell, Model]) -> None:
    cell, model = chain
    expected = np.eye(4)
    expected[[0, 1, 2, 3], [1, 0, 3, 2]] = -1.0
    found = model.predict(cell.rows).reshape(-1, 4, 4)
    # The shadow estimate from all 1,000 training shots has the error √(3 / 1,000) = .055.
    assert np.abs(found - expected).max() < 4 * np.sqrt(3 / (4 * SHOTS))


def test_refusals() -> None:
    with pytest.raises(RequestError, match="rounds=0"):
        Model(rounds=0)
