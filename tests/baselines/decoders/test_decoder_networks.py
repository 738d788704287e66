"""Networks over events: what they read, what they begin with, and how they are trained."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from baselines.decoders.event_networks import Attention, Messages
from baselines.decoders.layout import Layout
from baselines.decoders.networks import Bits, Corrected, Dense, Temporal, Volume
from baselines.decoders.training import Schedule, chances, split, train
from baselines.networks.network_training import make
from builders.core.errors import RequestError

PLACES = np.array([(x, y, t) for t in range(3) for x in range(0, 6, 2) for y in range(0, 6, 2)])
LAYOUT = Layout.of(PLACES.astype(np.float64))
DETECTORS = len(PLACES)
START = torch.tensor([-1.5])
BUILDERS: dict[str, Callable[[], torch.nn.Module]] = {
    "dense": lambda: Dense(DETECTORS, 0, START, width=8, blocks=2),
    "volume": lambda: Volume(LAYOUT, START, width=4, blocks=2),
    "temporal": lambda: Temporal(LAYOUT, START, width=8, blocks=2),
    "attention": lambda: Attention(LAYOUT, START, width=8, blocks=2, heads=2),
    "messages": lambda: Messages(LAYOUT, START, width=8, blocks=2),
}


def packed(rows: int, rate: float = 0.2) -> np.ndarray:
    bits = np.random.default_rng(0).random((rows, DETECTORS)) < rate
    return np.packbits(bits, axis=1, bitorder="little")


def stirred(name: str) -> torch.nn.Module:
    network = make(BUILDERS[name], [0])
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(0.0, 0.4, generator=rng)
    return network.requires_grad_(False)


def test_bits_are_those_of_numpy() -> None:
    events = packed(50)
    found = Bits(DETECTORS)(torch.from_numpy(events)).numpy()
    wanted = np.unpackbits(events, axis=1, count=DETECTORS, bitorder="little")
    assert (found == wanted).all()


@pytest.mark.parametrize("name", BUILDERS)
def test_a_fresh_network_answers_with_the_base_rate(name: str) -> None:
    found = chances(make(BUILDERS[name], [0]).requires_grad_(False), [packed(9)])
    np.testing.assert_allclose(found, 1.0 / (1.0 + np.exp(1.5)), rtol=1e-6)


@pytest.mark.parametrize("name", BUILDERS)
def test_a_shot_is_answered_by_itself_and_every_event_counts(name: str) -> None:
    network, events = stirred(name), packed(40)
    events[0] = 0  # no event at all
    whole = chances(network, [events])
    alone = np.concatenate([chances(network, [events[k : k + 1]]) for k in range(40)])
    np.testing.assert_allclose(whole, alone, rtol=1e-4, atol=1e-6)
    for detector in range(DETECTORS):
        other = events[:1].copy()
        other[0, detector // 8] ^= 1 << detector % 8
        assert chances(network, [other])[0, 0] != whole[0, 0]


def test_the_layout_tells_kinds_rounds_and_checks() -> None:
    assert LAYOUT.shape == (2, 3, 3, 3)
    assert len(np.unique(LAYOUT.cell)) == DETECTORS
    assert (LAYOUT.column[:9] == LAYOUT.column[9:18]).all()
    assert (LAYOUT.kind[:4] == [0, 1, 0, 1]).all()
    near = LAYOUT.nearness
    assert (near == near.T).all()
    assert not near.diagonal().any()
    assert near[0, 1] == 1.0  # next column, same round
    assert near[0, 18] == 0.25  # same check two rounds later


@pytest.mark.parametrize("places", [np.zeros((3, 2)), np.zeros((3, 3))])
def test_layouts_that_are_none_are_refused(places: np.ndarray) -> None:
    with pytest.raises(RequestError, match="Choose a"):
        Layout.of(places)


def test_a_correction_begins_with_the_odds_that_are_given() -> None:
    network = make(lambda: Corrected(DETECTORS, 2, width=8, blocks=1, unit=4.0), [0])
    numbers = np.array([[0.5, 3.0], [-0.25, 1.0]], dtype=np.float32)
    found = chances(network.requires_grad_(False), [packed(2), numbers])[:, 0]
    np.testing.assert_allclose(np.log(found / (1 - found)), [2.0, -1.0], rtol=1e-5)


def test_training_learns_a_parity_and_the_same_seed_gives_the_same_bytes() -> None:
    """The parity of two of the events, of which no single one tells anything."""
    events = packed(1000, 0.5)
    bits = np.unpackbits(events, axis=1, bitorder="little")
    labels = (bits[:, :1] ^ bits[:, 5:6]).astype(np.float32)
    how = Schedule(seen=12_000, passes=100, batch=50, rate=2e-2, patience=30)

    def trained() -> np.ndarray:
        network = make(BUILDERS["dense"], [0])
        train(network, [events], labels, how, [3])
        return chances(network.requires_grad_(False), [events])

    found = trained()
    assert ((found > 0.5) == labels).mean() > 0.95
    assert found.tobytes() == trained().tobytes()


def test_every_shot_is_shown_once_however_few_are_to_be_seen() -> None:
    events = packed(300)
    steps: list[int] = []

    class Counted(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bias = torch.nn.Parameter(torch.zeros(1))

        def forward(self, shown: torch.Tensor) -> torch.Tensor:
            if torch.is_grad_enabled():
                steps.append(len(shown))
            return self.bias.expand(len(shown), 1)

    labels = (np.arange(300)[:, None] % 3 == 0).astype(np.float32)
    train(Counted(), [events], labels, Schedule(seen=50, batch=30, patience=100), [0])
    # 30 of the 300 are left out.
    assert sum(steps) == 270


def test_shots_left_out_are_none_of_those_kept_and_noise_is_not_learnt() -> None:
    kept, held = split(100, Schedule(), [1])
    assert sorted([*kept, *held]) == list(range(100))
    assert len(held) == 10
    events = packed(200)
    labels = (np.random.default_rng(5).random((200, 1)) < 0.2).astype(np.float32)
    network = make(BUILDERS["dense"], [0])
    train(network, [events], labels, Schedule(rate=1e-2), [0])
    # What is kept is the best state for the shots left out, of which the start is one.
    _, held = split(200, Schedule(), [0, 0])
    found = chances(network.requires_grad_(False), [events[held]])[:, 0]
    right = np.where(labels[held, 0] > 0, found, 1.0 - found)
    base = 1.0 / (1.0 + np.exp(1.5))
    start = np.where(labels[held, 0] > 0, base, 1.0 - base)
    assert np.log(right).mean() >= np.log(start).mean() - 1e-6
