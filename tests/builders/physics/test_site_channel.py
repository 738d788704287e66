"""Channels on sampled bits against density matrices, and what they leave of Pauli strings."""

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from builders.core.errors import RequestError
from builders.physics.channel import Channel
from builders.physics.site_channel import SiteChannel, place, relaxation
from tests.builders import channel_oracle as oracle

N = 3


def flipped(ideal: np.ndarray, channel: SiteChannel) -> np.ndarray:
    """The distribution of tokens behind a channel, from that before it."""
    one = []
    for flips in np.moveaxis(channel.flips, 1, 0):
        matrix = np.zeros((6, 6))
        for token in range(6):
            f = flips[token >> 1, token & 1]
            matrix[token, token], matrix[token ^ 1, token] = 1 - f, f
        one.append(matrix)
    return reduce(np.kron, one) @ ideal


@pytest.mark.parametrize("n", [1, 2, 3])
def test_readout_errors_are_those_of_the_effects_read(n: int) -> None:
    rho = oracle.random_density(n, 1)
    channel = place(Channel.parse("readout:0.03,0.2"), n)
    want = oracle.token_distribution(rho, oracle.confusion_of([0.03] * n, [0.2] * n))
    # 216 probabilities, traces of 8 x 8 matrices.
    assert flipped(oracle.token_distribution(rho), channel) == pytest.approx(want, abs=1e-14)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.75, 1.0])
def test_depolarizing_is_x_y_or_z_with_a_third_of_p_each(p: float) -> None:
    rho = oracle.random_density(N, 2)
    channel = place(Channel("depolarizing", (p,)), N)
    want = oracle.token_distribution(oracle.depolarized(rho, p))
    assert flipped(oracle.token_distribution(rho), channel) == pytest.approx(want, abs=1e-14)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_device_relaxes_and_then_misreads(n: int) -> None:
    rho, calibration = oracle.random_density(n, 3), oracle.calibration_of(n)
    ideal = oracle.token_distribution(rho)
    late = oracle.relaxed(rho, calibration)
    assert flipped(ideal, relaxation(calibration)) == pytest.approx(
        oracle.token_distribution(late), abs=1e-14
    )
    confusion = oracle.confusion_of(calibration.p01, calibration.p10)
    channel = place(Channel("device", device="fake_bad"), n, calibration)
    want = oracle.token_distribution(late, confusion)
    assert flipped(ideal, channel) == pytest.approx(want, abs=1e-14)


def test_t2_past_what_t1_allows_counts_as_twice_t1() -> None:
    calibration = oracle.calibration_of(2, t1=(1e-6, 1e-6), t2=(2e-6, 9e-6), length=(1e-6, 1e-6))
    flips = relaxation(calibration).flips
    assert np.array_equal(flips[:, 0], flips[:, 1])


def test_channels_follow_each_other_in_order() -> None:
    damp = SiteChannel(np.array([[[0.0, 0.5]]] * 3))
    turn = SiteChannel(np.ones((3, 1, 2)))
    # All bits turn over; before it half of the ones decay, or behind it half of the new ones.
    assert damp.then(turn).flips[0, 0].tolist() == [1.0, 0.5]
    assert turn.then(damp).flips[0, 0].tolist() == [0.5, 1.0]


def sampled(rho: np.ndarray, shots: int, seed: int) -> np.ndarray:
    n = int(np.log2(len(rho)))
    p = oracle.token_distribution(rho)
    drawn = np.random.default_rng(seed).choice(len(p), shots, p=p / p.sum())
    return oracle.all_tokens(n)[drawn][None]


def test_noise_to_zero_gives_the_ideal_tokens_bit_for_bit() -> None:
    tokens = sampled(oracle.random_density(N, 4), 2000, 5)
    none = ("readout:0,0", "depolarizing:0")
    still = oracle.calibration_of(N, p01=(0.0,) * N, p10=(0.0,) * N, length=(0.0,) * N)
    channels = [place(Channel.parse(name), N) for name in none]
    channels.append(place(Channel("device", device="fake_bad"), N, still))
    for channel in channels:
        read = channel.apply(tokens, [np.random.default_rng(6)])
        assert read is not tokens
        assert np.array_equal(read, tokens)
    changed = []
    for p in (0.001, 0.01, 0.1, 0.5):
        channel = place(Channel("depolarizing", (p,)), N)
        changed.append(channel.apply(tokens, [np.random.default_rng(6)]) != tokens)
    # Stronger noise flips what weaker noise does, and more.
    assert all((weak <= strong).all() for weak, strong in pairwise(changed))
    assert [c.sum() for c in changed] == sorted({int(c.sum()) for c in changed})


def test_read_tokens_are_distributed_as_the_noisy_state_is() -> None:
    """Chi-square of all 36 outcomes of two qubits."""
    rho, calibration = oracle.random_density(2, 7), oracle.calibration_of(2)
    channel = place(Channel("device", device="fake_bad"), 2, calibration)
    read = channel.apply(sampled(rho, 200_000, 8), [np.random.default_rng(9)])[0]
    counts = np.bincount(read @ np.array([6, 1]), minlength=36)
    confusion = oracle.confusion_of(calibration.p01, calibration.p10)
    want = oracle.token_distribution(oracle.relaxed(rho, calibration), confusion)
    assert stats.chisquare(counts, want * counts.sum()).pvalue > 1e-3
    ideal = oracle.token_distribution(rho)
    # The same test tells noise from none.
    assert stats.chisquare(counts, ideal * counts.sum()).pvalue < 1e-10


@pytest.mark.parametrize("p", [0.05, 0.3])
def test_depolarizing_scales_strings_of_weight_1_2_3(p: float) -> None:
    """Of cos(.4)|000> + sin(.4)|111>: <Z> = cos .8, <ZZ> = 1, <XXX> = sin .8."""
    state = np.zeros(8)
    state[0], state[7] = np.cos(0.4), np.sin(0.4)
    shots = sampled(np.outer(state, state), 200_000, 10)
    read = place(Channel("depolarizing", (p,)), N).apply(shots, [np.random.default_rng(11)])[0]
    for letters, exact in (("Z", np.cos(0.8)), ("ZZ", 1.0), ("XXX", np.sin(0.8))):
        part = read[:, : len(letters)]
        wanted = ["XYZ".index(letter) for letter in letters]
        values = 1.0 - 2.0 * (part[(part >> 1 == wanted).all(axis=1)] & 1)
        product = values.prod(axis=1)
        error = product.std() / np.sqrt(len(product))
        scaled = exact * (1 - 4 * p / 3) ** len(letters)
        assert abs(product.mean() - scaled) < 5 * error
        assert abs(product.mean() - exact) > 5 * error


def test_an_outcome_read_is_linear_in_the_ideal_one() -> None:
    slope, offset = place(Channel.parse("readout:0.1,0.3"), 2).slope_and_offset()
    # From +1 it is 1 − 2·0.1, from −1 it is −1 + 2·0.3.
    assert slope + offset == pytest.approx(np.full((3, 2), 0.8), abs=1e-15)
    assert offset - slope == pytest.approx(np.full((3, 2), -0.4), abs=1e-15)


def test_rows_take_numbers_of_their_own_in_order() -> None:
    """The rows of one seed share a generator, and more copies do not move the first ones."""
    channel = place(Channel.parse("depolarizing:0.4"), N)
    shots = np.random.default_rng(1).integers(0, 6, (6, 20, N), dtype=np.uint8)
    whole = channel.apply(shots, [np.random.default_rng(k) for k in range(3)])
    for k in range(3):
        alone = channel.apply(shots[2 * k : 2 * k + 2], [np.random.default_rng(k)])
        assert np.array_equal(whole[2 * k : 2 * k + 2], alone)
    few = channel.apply(shots[:1, :7], [np.random.default_rng(0)])
    assert np.array_equal(few, whole[:1, :7])


def test_what_does_not_fit_is_refused() -> None:
    calibration = oracle.calibration_of(2)
    device = Channel("device", device="fake_bad")
    with pytest.raises(RequestError, match="needs a calibration of its device; there is none"):
        place(device, 2)
    with pytest.raises(RequestError, match="this is of fake_bad"):
        place(Channel("device", device="fake_fez"), 2, calibration)
    with pytest.raises(RequestError, match="2 qubits, 3 sites"):
        place(device, 3, calibration)
    with pytest.raises(RequestError, match="has no calibration"):
        place(Channel.parse("depolarizing:0.1"), 2, calibration)
    with pytest.raises(RequestError, match="within 0 to 1"):
        SiteChannel(np.full((3, 2, 2), 1.5))
    with pytest.raises(RequestError, match="do not fit"):
        place(device, 2, calibration).apply(
            np.zeros((1, 4, 3), np.uint8), [np.random.default_rng(0)]
        )
    with pytest.raises(RequestError, match="leaves nothing of X on site 0"):
        place(Channel.parse("depolarizing:0.75"), 2).slope_and_offset()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"p01": (0.1, 1.2)}, r"p01 = \(0\.1, 1\.2\) cannot be"),
        ({"p10": (0.1,)}, "1 values of p10, 2 qubits"),
        ({"t1": (0.0, 1e-6)}, "t1 = .* cannot be"),
        ({"t2": (float("inf"), 1e-6)}, "t2 = .* cannot be"),
        ({"length": (-1e-6, 1e-6)}, "length = .* cannot be"),
    ],
)
def test_impossible_calibrations_are_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        oracle.calibration_of(2, **changed)
