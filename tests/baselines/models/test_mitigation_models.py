"""A known channel undone: no bias where it is inverted, what extrapolation leaves, learning."""

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.contract.targets import Target
from baselines.contract.variant import Variant
from baselines.inputs.amplified import Amplified
from baselines.linear.grouped_ridge import GroupedRidge
from baselines.models import linear_mitigation, zne
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell, noise_free, with_shots

MODELS = ("readout_mitigation", "zne", "linear_mitigation", "forest_mitigation")
FLIP = 0.1
SLOPE = 1.0 - 4.0 * FLIP / 3.0
DEPOLARIZING = f"depolarizing_{FLIP}"
READOUT = "readout_0.03_0.12"


def measured(cell: Cell, mean: np.ndarray, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Ideal shots of product states with ⟨Z⟩ = mean, (rows, M, N), random bases."""
    basis = rng.integers(0, 3, (rows, cell.shots.shape[1], cell.size.sites))
    z = np.where(basis == 2, mean, 0.0)
    bit = rng.random(basis.shape) > (1.0 + z) / 2.0
    return (2 * basis + bit).astype(np.uint8)


def noisy(channel: str, task: str, mean: np.ndarray, *, n: int, shots: int, test: int) -> Cell:
    """Product states, ⟨Z⟩ = mean (n + test, 1, 1) or one number, measured through the channel."""
    family = "quench_tfim_1d" if task == "magnetization" else "tfim_1d"
    cell = make_cell(family=family, size=4, task=task, n=n, shots=shots, test=test, channel=channel)
    rng, through = np.random.default_rng(7), cell.train.channel
    assert through is not None
    each = np.broadcast_to(mean, (n + test, 1, 1))
    parts = []
    for rows, part in ((n, each[:n]), (test, each[n:])):
        ideal = measured(cell, part, rng, rows)
        parts.append(through.apply(ideal, [rng] * rows))
    return with_shots(cell, *parts)


@pytest.mark.parametrize("channel", [DEPOLARIZING, READOUT])
def test_the_inverted_channel_has_no_bias(channel: str) -> None:
    cell = noisy(channel, "magnetization", np.array(-0.6), n=1, shots=4000, test=20)
    found = baselines.load("readout_mitigation")().fit(cell).predict(cell.rows)
    # 80 estimates, each of variance at most 3/(s² M): four standard errors of their mean. (A
    # ⟨Z⟩ of +0.6 this readout channel would not move.)
    error = 4.0 * np.sqrt(3.0 / (0.85**2 * 4000 * found.size))
    assert found.mean() == pytest.approx(-0.6, abs=error)
    raw = baselines.load("shadow")().fit(cell).predict(cell.rows)
    assert abs(raw.mean() + 0.6) > error


@pytest.mark.parametrize(
    ("task", "exact"), [("magnetization", -0.6), ("correlation", 0.12), ("renyi2", 0.4624)]
)
def test_mitigated_labels_have_no_bias(task: str, exact: float) -> None:
    """Product states: ⟨Z⟩ = m, C = m²/3, and the purity that is averaged ((1 + m²)/2)²."""
    cell = noisy(READOUT, task, np.array(-0.6), n=400, shots=100, test=1)
    scored = cell.regression.scored(cell.labels.shape[1])
    offset = []
    for one in (cell.mitigate(), cell):
        values = Target.of(one).training(one)[:, scored].mean(axis=1)
        # Rows are independent; four standard errors of their mean.
        offset.append((values.mean() - exact) / (4.0 * values.std() / np.sqrt(cell.n)))
    assert abs(offset[0]) < 1.0 < abs(offset[1])


def test_only_labels_are_mitigated() -> None:
    cell = make_cell(channel=READOUT, task="renyi2")
    found = cell.mitigate()
    assert found.mitigate() is found
    assert np.array_equal(found.shots, cell.shots)
    purity = Target.of(found).of_rows(found.train)
    np.testing.assert_array_equal(found.labels, Target.of(found).to_label(purity))
    assert np.array_equal(Target.of(found).training(found), purity)


def test_labels_are_mitigated_where_that_can_be() -> None:
    with pytest.raises(RequestError, match="no noise channel"):
        make_cell().mitigate()
    with pytest.raises(RequestError, match="no estimate of energy"):
        make_cell(task="energy", channel=READOUT).mitigate()
    cell = make_cell(channel=READOUT)
    with pytest.raises(RequestError, match="are exact here"):
        noise_free(cell, np.zeros((cell.n, 64))).mitigate()
    with pytest.raises(RequestError, match="unknown setting of shadow 'mitigated'"):
        Variant.of("shadow", mitigated=True)


def test_extrapolation_weights_are_those_of_lagrange() -> None:
    assert zne.richardson(2).tolist() == [2.0, -1.0]
    assert zne.richardson(3).tolist() == [3.0, -3.0, 1.0]


def test_the_exponential_is_drawn_back_exactly() -> None:
    rate = np.array([0.0, 0.1, 0.7])
    first, second = 0.4 * np.exp(-rate), 0.4 * np.exp(-2.0 * rate)
    np.testing.assert_allclose(zne.exponential(first, second), 0.4, rtol=1e-12)
    # No decaying exponential goes through these.
    first, second = np.array([0.1, 0.1, 0.0]), np.array([-0.1, 0.2, 0.1])
    assert np.array_equal(zne.exponential(first, second), first)


@pytest.mark.parametrize("task", ["magnetization", "correlation"])
def test_of_one_weight_the_exponential_is_the_inverted_channel(task: str) -> None:
    """A depolarizing channel scales a string of weight w by s^w: v₁²/v₂ = v₁/s^w."""
    cell = noisy(DEPOLARIZING, task, np.array(0.6), n=1, shots=64, test=5)
    curve = zne.Model(exponential=True).fit(cell).predict(cell.rows)
    inverted = baselines.load("readout_mitigation")().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(curve, inverted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_a_polynomial_misses_what_its_degree_says(degree: int) -> None:
    """Σ_k c_k s^(k − 1) v = v (1 − (1 − s)^K)/s, K points, for a label of weight one."""
    cell = noisy(DEPOLARIZING, "magnetization", np.array(0.6), n=1, shots=64, test=5)
    found = zne.Model(degree=degree).fit(cell).predict(cell.rows)
    raw = baselines.load("shadow")().fit(cell).predict(cell.rows)
    left = (1.0 - (1.0 - SLOPE) ** (degree + 1)) / SLOPE
    np.testing.assert_allclose(found, left * raw, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("task", ["magnetization", "correlation", "renyi2"])
def test_an_amplified_estimate_is_the_mean_over_further_flips(task: str) -> None:
    cell = noisy(READOUT, task, np.array(0.8), n=1, shots=16, test=1)
    rng = np.random.default_rng(3)
    again, rows = 2000, cell.rows
    assert rows.channel is not None
    shots = np.repeat(rows.shots, again, axis=0)
    for _ in range(2):
        shots = rows.channel.apply(shots, [rng] * again)
    many = rows.take(np.zeros(again, dtype=np.int64)).with_shots(shots)
    values = Target(cell.regression).of_rows(many)
    expected = Target(cell.regression, Amplified(rows.channel, 2)).of_rows(rows)[0]
    # Four and a half standard errors: up to sixteen entries are compared.
    error = 4.5 * values.std(axis=0) / np.sqrt(again) + 1e-9
    assert (np.abs(values.mean(axis=0) - expected) < error).all()


def test_learning_is_better_than_inverting_where_shots_are_few() -> None:
    """⟨Z⟩ of spread 0.3 and estimates of standard error 0.45: a mix is worth more than either."""
    mean = np.random.default_rng(1).normal(0.3, 0.3, (70, 1, 1)).clip(-1.0, 1.0)
    cell = noisy(READOUT, "magnetization", mean, n=40, shots=16, test=30)
    truth = np.broadcast_to(mean[40:, 0], (30, 4))
    error = {
        name: np.sqrt(np.mean((baselines.load(name)().fit(cell).predict(cell.rows) - truth) ** 2))
        for name in ("readout_mitigation", "linear_mitigation", "forest_mitigation")
    }
    assert error["linear_mitigation"] < 0.8 * error["readout_mitigation"]
    assert error["forest_mitigation"] < 0.9 * error["readout_mitigation"]


def test_with_many_shots_the_learnt_slope_undoes_the_channel() -> None:
    mean = np.linspace(-0.9, 0.9, 42)[np.random.default_rng(2).permutation(42)][:, None, None]
    cell = noisy(DEPOLARIZING, "magnetization", mean, n=40, shots=2000, test=2)
    model = linear_mitigation.Model().fit(cell)
    assert model._learnt is not None
    # The label's variance is 0.27, that of the noise 3/2000: the slope is 1/s to a per cent or so.
    assert model._learnt[1].weights[0, 2] == pytest.approx(1.0 / SLOPE, rel=0.04)


@pytest.mark.parametrize("name", MODELS)
def test_records_without_noise_and_other_estimates_are_refused(name: str) -> None:
    with pytest.raises(RequestError, match="went through none"):
        baselines.load(name)().fit(make_cell())
    with pytest.raises(RequestError, match="knows none"):
        baselines.load(name)().fit(make_cell(task="energy", channel=READOUT))


def test_a_channel_that_leaves_nothing_is_refused() -> None:
    cell = make_cell(channel="depolarizing_0.75")
    with pytest.raises(RequestError, match="cannot be mitigated"):
        baselines.load("readout_mitigation")().fit(cell).predict(cell.rows)


@pytest.mark.parametrize("degree", [0, 6])
def test_degrees_are_few(degree: int) -> None:
    with pytest.raises(RequestError, match="give 1 to 5"):
        zne.Model(degree=degree)


def test_left_out_groups_are_those_of_a_fit_without_them() -> None:
    rng = np.random.default_rng(0)
    free, inputs = np.ones((12, 1)), rng.normal(size=(12, 3))
    values, groups = rng.normal(size=(12, 2)), np.arange(12) // 3
    model = GroupedRidge(free, inputs, values, groups, penalties=(0.1,))
    centred = inputs - inputs.mean(axis=0)
    scaled = 0.1 * np.linalg.norm(centred, 2) ** 2
    for group in range(4):
        kept = groups != group
        x, y = np.hstack([free, inputs])[kept], values[kept]
        weights = np.linalg.solve(x.T @ x + scaled * np.diag([0.0, 1.0, 1.0, 1.0]), x.T @ y)
        expected = np.hstack([free, inputs])[~kept] @ weights
        np.testing.assert_allclose(model.held_out[~kept], expected, atol=1e-10)
