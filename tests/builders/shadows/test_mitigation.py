"""Shadows with the channel inverted: exact means by enumeration, and one run of shots."""

from itertools import product

import numpy as np
import pytest

import builders
from builders.core.errors import RequestError
from builders.physics.channel import Channel
from builders.physics.site_channel import SiteChannel, place
from builders.shadows.estimators import (
    shadow_correlation,
    shadow_magnetization,
    shadow_pair_purity,
    shadow_renyi2,
)
from tests.builders import channel_oracle as oracle
from tests.builders.small_states import string


def channel_of(name: str, n: int) -> SiteChannel:
    if name == "device":
        return place(Channel("device", device="fake_bad"), n, oracle.calibration_of(n))
    return place(Channel.parse(name), n)


def noisy(rho: np.ndarray, name: str) -> np.ndarray:
    """The distribution of tokens behind a channel, by density matrices."""
    n = int(np.log2(len(rho)))
    if name == "device":
        calibration = oracle.calibration_of(n)
        confusion = oracle.confusion_of(calibration.p01, calibration.p10)
        return oracle.token_distribution(oracle.relaxed(rho, calibration), confusion)
    numbers = Channel.parse(name).probabilities
    if name.startswith("readout"):
        return oracle.token_distribution(
            rho, oracle.confusion_of([numbers[0]] * n, [numbers[1]] * n)
        )
    return oracle.token_distribution(oracle.depolarized(rho, *numbers))


def correlation_of(rho: np.ndarray) -> np.ndarray:
    n = int(np.log2(len(rho)))
    c = np.eye(n)
    for i, j in product(range(n), repeat=2):
        if i != j:
            values = [np.trace(rho @ string(n, 2 * letter, (i, j))).real for letter in "XYZ"]
            c[i, j] = sum(values) / 3
    return c


CHANNELS = ("readout:0.04,0.15", "depolarizing:0.2", "device")


@pytest.mark.parametrize("name", CHANNELS)
def test_a_mitigated_shot_has_the_mean_of_an_ideal_one(name: str) -> None:
    """Over all 216 outcomes of three qubits, so there is no statistical error."""
    rho = oracle.random_density(3, 1)
    p, tokens = noisy(rho, name), oracle.all_tokens(3)[:, None]
    exact = correlation_of(rho)
    mean = np.einsum("k,kij->ij", p, shadow_correlation(tokens, channel_of(name, 3)))
    assert mean == pytest.approx(exact, abs=1e-12)
    z = p @ shadow_magnetization(tokens, channel_of(name, 3))
    want = [np.trace(rho @ string(3, "Z", (i,))).real for i in range(3)]
    assert z == pytest.approx(want, abs=1e-12)
    raw = np.einsum("k,kij->ij", p, shadow_correlation(tokens))
    assert np.abs(raw - exact).max() > 1e-3


@pytest.mark.parametrize("name", CHANNELS)
def test_two_mitigated_shots_have_the_mean_purity(name: str) -> None:
    rho = oracle.random_density(2, 2)
    p, tokens = noisy(rho, name), oracle.all_tokens(2)
    pairs = np.array(list(product(range(36), repeat=2)))
    weights = p[pairs].prod(axis=1)
    values = shadow_pair_purity(tokens[pairs], channel_of(name, 2))[:, 0]
    exact = np.trace(rho @ rho).real
    assert weights @ values == pytest.approx(exact, abs=1e-11)
    assert abs(weights @ shadow_pair_purity(tokens[pairs])[:, 0] - exact) > 1e-3


def test_without_noise_mitigation_changes_nothing() -> None:
    shots = np.random.default_rng(3).integers(0, 6, (2, 3, 40, 5), dtype=np.uint8)
    silent = place(Channel.parse("depolarizing:0"), 5)
    # Sums of at most 40² terms of order 1, by another order of summation.
    for estimate in (shadow_correlation, shadow_magnetization, shadow_pair_purity, shadow_renyi2):
        assert estimate(shots, silent) == pytest.approx(estimate(shots), abs=1e-10)
        assert estimate(shots, silent).shape == estimate(shots).shape


@pytest.mark.parametrize("name", CHANNELS)
def test_sampled_shots_of_a_channel_are_mitigated_within_their_error(name: str) -> None:
    rho, n = oracle.random_density(2, 4), 2
    p, channel = oracle.token_distribution(rho), channel_of(name, n)
    rng = np.random.default_rng(5)
    shots = oracle.all_tokens(n)[rng.choice(36, (200, 2000), p=p / p.sum())]
    read = channel.apply(shots, [np.random.default_rng(k) for k in range(200)])
    for found, exact in (
        (builders.shadow_correlation(read, channel)[:, 0, 1], correlation_of(rho)[0, 1]),
        (shadow_pair_purity(read, channel)[:, 0], np.trace(rho @ rho).real),
    ):
        assert abs(found.mean() - exact) < 4 * found.std() / np.sqrt(len(found))


def test_channels_that_do_not_fit_or_leave_nothing_are_refused() -> None:
    shots = np.zeros((4, 3), dtype=np.uint8)
    with pytest.raises(RequestError, match="3 sites and a channel of 2"):
        shadow_correlation(shots, channel_of("depolarizing:0.1", 2))
    with pytest.raises(RequestError, match="cannot be mitigated"):
        shadow_renyi2(shots, channel_of("depolarizing:0.75", 3))
    with pytest.raises(RequestError, match="needs at least 2"):
        shadow_renyi2(shots[:1], channel_of("depolarizing:0.1", 3))
