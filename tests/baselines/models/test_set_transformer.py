"""The set transformer: sets without an order, elements many times the same, what is learnt."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from baselines.inputs.pair_outcomes import KINDS, pair_counts
from baselines.inputs.pairs import Pairs
from baselines.models.set_transformer import Model, _mix
from baselines.networks.set_transformer import Attention, InducedAttention, SetTransformer, head_of
from builders.core.errors import RequestError
from leaderboard import tasks
from tests.baselines.cells import make_cell, place, telling_cell

Floats = NDArray[np.float64]


def stirred(network: torch.nn.Module) -> torch.nn.Module:
    """The network with all its weights random: fresh heads answer 0 to everything."""
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(0.0, 0.5, generator=rng)
    return network.requires_grad_(False)


def whole(pairs: Pairs | None, outputs: int) -> SetTransformer:
    head = head_of(pairs, 8, outputs, silent=True)
    network = stirred(SetTransformer(head, width=8, heads=2, points=3, blocks=2))
    assert isinstance(network, SetTransformer)
    return network


def test_counts_by_hand() -> None:
    shots = np.array([[[0, 5, 1], [0, 5, 2], [3, 3, 3]]], dtype=np.uint8)
    counts = pair_counts(shots)
    assert counts.shape == (1, 2, KINDS)
    assert counts[0, 0, 5] == 2.0
    assert counts[0, 0, 21] == counts[0, 1, 31] == counts[0, 1, 32] == counts[0, 1, 21] == 1.0
    assert (counts.sum(axis=2) == 3.0).all()


@pytest.mark.parametrize("task", ["correlation", "renyi2", None])
def test_the_order_of_shots_does_not_matter(task: str | None) -> None:
    pairs = None if task is None else Pairs.of(tasks.load(task), place(5))
    network = whole(pairs, 3)
    shots = np.random.default_rng(0).integers(0, 6, (4, 20, 5), dtype=np.uint8)
    mixed = np.random.default_rng(1).permutation(shots, axis=1)
    first, second = (network(torch.from_numpy(pair_counts(x))) for x in (shots, mixed))
    assert torch.equal(first, second)
    other = network(torch.from_numpy(pair_counts((shots + 1) % 6)))
    assert not torch.allclose(first, other, atol=1e-3)


def test_counted_elements_are_elements_one_by_one() -> None:
    """ln c added to a score is c equal elements; what is not in the set is not seen."""
    rng = torch.Generator().manual_seed(0)
    kinds = torch.randn(4, 8, generator=rng)
    times = [3, 0, 1, 2]
    listed = torch.cat([kinds[k].expand(c, -1) for k, c in enumerate(times)])[None]
    log_count = torch.tensor([times], dtype=torch.float32).log()
    block = stirred(InducedAttention(8, heads=2, points=3))
    short = block(kinds[None], log_count)[0]
    long = block(listed, torch.zeros(1, 6))[0]
    torch.testing.assert_close(long[[0, 3, 4]], short[[0, 2, 3]])
    pool, seed = stirred(Attention(8, heads=2)), torch.ones(1, 1, 8)
    torch.testing.assert_close(pool(seed, listed), pool(seed, kinds[None], log_count))


def test_more_of_the_same_shots_change_nothing() -> None:
    """The answer is a function of frequencies: M does not show by itself."""
    network = whole(None, 2)
    shots = np.random.default_rng(2).integers(0, 6, (3, 10, 4), dtype=np.uint8)
    once, thrice = (
        network(torch.from_numpy(pair_counts(np.tile(shots, (1, k, 1))))) for k in (1, 3)
    )
    torch.testing.assert_close(once, thrice)


def test_a_fresh_network_mixes_mean_and_shadow() -> None:
    pairs = Pairs.of(tasks.load("renyi2"), place(4))
    band = torch.zeros(3, dtype=torch.int64)
    head = head_of(pairs, 8, 3, silent=True)
    sizes = {"width": 8, "heads": 2, "points": 3, "blocks": 1}
    network = SetTransformer(head, **sizes, gate=torch.tensor([0.25]), band=band)
    counts = torch.from_numpy(pair_counts(np.zeros((2, 5, 4), dtype=np.uint8)))
    estimate = torch.arange(6.0).reshape(2, 3)
    torch.testing.assert_close(network(counts, estimate), 0.25 * estimate)


def test_the_mix_is_the_share_of_the_spread() -> None:
    """Labels of spread 1 with noise of spread 2 in either half: 1/(1 + 4)."""
    rng = np.random.default_rng(0)
    label = rng.normal(size=(20000, 2))
    halves = np.concatenate([label + 2.0 * rng.normal(size=label.shape) for _ in range(2)])
    found = _mix(halves.astype(np.float32), np.zeros(2, dtype=np.int64))
    assert found == pytest.approx([0.2], abs=0.02)


def error(found: Floats, exact: Floats) -> float:
    return float(np.sqrt(np.mean((found - exact) ** 2)))


@pytest.mark.slow
def test_entropies_are_learnt_from_shots() -> None:
    """Product states of one ⟨Z⟩ a row: S₂ of a pair is −2 log₂ ((1 + ⟨Z⟩²)/2)."""
    cell = telling_cell("renyi2", n=24, shots=64)
    rng = np.random.default_rng(1)
    _, tested = (rng.permutation(np.linspace(0.0, 1.0, count)) for count in (24, 40))
    exact = np.broadcast_to(-2.0 * np.log2((1.0 + tested[:, None] ** 2) / 2.0), (40, 7))
    found = Model().fit(cell).predict(cell.rows)
    assert error(found, exact) < 0.8 * error(cell.estimate(cell.rows), exact)


@pytest.mark.slow
def test_labels_of_noise_alone_are_not_learnt() -> None:
    cell = make_cell(size=4, n=40, shots=32, test=40)
    # The noise of one row is √(3/32) = .3.
    assert Model().fit(cell).predict(cell.rows).std(axis=0).mean() < 0.03


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(RequestError, match="setting width=10: give a multiple of heads=4"):
        Model(width=10)
