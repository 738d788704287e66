"""Pauli expectation values: what is estimated, with what noise, and what is learnt from it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.inputs.chain_fields import ChainFields, parity
from baselines.inputs.features import Channels
from baselines.inputs.letter_classes import letter_classes
from baselines.inputs.pairs import Pairs
from baselines.inputs.pauli_sums import pair_residuals, site_sums
from baselines.inputs.shot_noise import CommonNoise
from baselines.linear.evidence import most_likely
from baselines.linear.pair_learner import Values
from baselines.models.pauli_pairs import Model
from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Sector
from builders.shadows.estimators import shadow_correlation
from builders.solvers.exact.diagonalization import exact_ground_state
from leaderboard import tasks
from tests.baselines.cells import make_cell, noise_free, place
from tests.baselines.models.test_mlp_pairs import planted


def tokens(rng: np.random.Generator, x: NDArray[np.float64], rows: int) -> NDArray[np.uint8]:
    """Product states with ⟨X_i⟩ = x_i, uint8 (rows, 64, N)."""
    bases = rng.integers(0, 3, (rows, 64, len(x)))
    mean = np.where(bases == 0, x, 0.0)
    return (2 * bases + (rng.random(bases.shape) > (1 + mean) / 2)).astype(np.uint8)


def test_letters_together_are_the_shadow() -> None:
    """With nothing expected, the mean over X, Y, Z is `shadow_correlation`."""
    shots = make_cell(n=4, shots=32).shots
    sites = np.stack(np.triu_indices(8, 1), axis=1)
    zero = np.zeros((2, 4, 8))
    parts = [pair_residuals(shots, p + p, zero, np.zeros(1), sites) for p in "XYZ"]
    expected = shadow_correlation(shots)[:, sites[:, 0], sites[:, 1]]
    np.testing.assert_allclose(np.mean(parts, axis=0), expected, atol=1e-12)


def test_site_sums_by_hand() -> None:
    shots = np.array([[[0, 2], [1, 3], [1, 0]]], dtype=np.uint8)
    found = site_sums(shots, "X")
    np.testing.assert_array_equal(found.count, [[3, 1]])
    np.testing.assert_array_equal(found.total, [[-1, 1]])


def test_known_means_leave_the_stated_variance() -> None:
    """Product states: the residual has mean 0 and the variance of `Values.variance` at c = 0."""
    x = np.array([0.9, 0.6, 0.3])
    shots = tokens(np.random.default_rng(0), x, 4000)
    sites = np.array([[0, 1], [0, 2], [1, 2]])
    means = np.broadcast_to(x, (2, 4000, 3))
    found = pair_residuals(shots, "XX", means, np.zeros(1), sites)
    i, j = sites.T
    left = (1 - x[i] ** 2) * (1 - x[j] ** 2)
    stated = Values(lambda e: e, 9.0 / 64.0, x[i] * x[j], left).variance(np.zeros(3))
    # 4000 rows: the mean is off by sqrt(v/4000) and the variance by 2-3 %, 4 sigma of each.
    assert (np.abs(found.mean(axis=0)) < 4 * np.sqrt(stated / 4000)).all()
    np.testing.assert_allclose(found.var(axis=0), stated, rtol=0.12)


def test_variance_of_an_entangled_pair_by_enumeration() -> None:
    """⟨(P − m)²(Q − m')²⟩ − c² summed over the four outcomes of a pair."""
    m, n, c = 0.5, 0.2, 0.15
    direct = -(c**2)
    for a in (1, -1):
        for b in (1, -1):
            direct += (1 + a * m + b * n + a * b * (m * n + c)) / 4 * (a - m) ** 2 * (b - n) ** 2
    values = Values(lambda e: e, 1.0, m * n, (1 - m**2) * (1 - n**2))
    assert values.variance(np.array([c]))[0] == pytest.approx(direct)


@pytest.mark.parametrize(
    ("family", "classes"),
    [
        ("heisenberg_1d", [["X", "Y", "Z"]]),
        ("xxz_1d", [["X", "Y"], ["Z"]]),
        ("tfim_1d", [["X"], ["Y"], ["Z"]]),
    ],
)
def test_letters_that_the_hamiltonian_does_not_tell_apart(
    family: str, classes: list[list[str]]
) -> None:
    home, size = families.load(family), Size(8)
    H = home.hamiltonian(size, home.draw(size, np.random.default_rng(1)))
    assert letter_classes(H) == classes


def test_a_magnetised_state_sets_z_apart() -> None:
    home, size = families.load("heisenberg_1d"), Size(7)
    H = home.hamiltonian(size, home.draw(size, np.random.default_rng(1)))
    assert letter_classes(H, Sector("magnetization", 1)) == [["X", "Y"], ["Z"]]


def test_evidence_recovers_weights_and_switches_noise_off() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(4000, 20))
    w = np.concatenate([rng.normal(size=10), np.zeros(10)])
    y = x @ w + rng.normal(size=4000)
    posterior = most_likely(x.T @ x, x.T @ y, np.repeat([0, 1], 10))
    found = posterior.weights
    # Ten weights, each known to 1/4000 of its prior variance, and ten that are switched off.
    assert posterior.degrees == pytest.approx(10.0, abs=1.0)
    # One weight of least squares has the error 1/sqrt(4000) = .016.
    np.testing.assert_allclose(found[:10], w[:10], atol=5 * 0.016)
    assert np.abs(found[10:]).max() < 0.016


def test_sums_in_single_precision_are_enough_for_values_without_noise() -> None:
    """Rounding makes a Gram matrix of nearly equal features indefinite; noise of 1e-10 shows it."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(500, 1)) + 1e-4 * rng.normal(size=(500, 30))
    y = x.mean(axis=1)
    single = x.astype(np.float32)
    gram, target = single.T @ single, single.T @ y.astype(np.float32)
    weights = most_likely(
        gram.astype(float) / 1e-10, target.astype(float) / 1e-10, np.zeros(30, int)
    ).weights
    # The common part, of size 1, comes out to 1e-3; single precision allows no more here.
    np.testing.assert_allclose(x @ weights, y, atol=1e-2)


@pytest.mark.parametrize("size", [9, 10])
def test_fields_do_not_change_when_the_chain_is_reflected(size: int) -> None:
    rng = np.random.default_rng(3)
    local = tuple(rng.normal(size=(5, size - k)) for k in (0, 1, 2))
    shared = rng.normal(size=(5, 2))
    given = Channels(size, local, shared)
    mirrored = Channels(size, tuple(x[:, ::-1] for x in local), shared)
    fields = ChainFields(given)
    for a, b in zip(
        fields.blocks(given, [1, 2, 5]), fields.blocks(mirrored, [1, 2, 5]), strict=True
    ):
        np.testing.assert_allclose(a, b[:, ::-1], atol=1e-5)


def test_parity_alternates_from_both_ends() -> None:
    i = np.arange(9)
    np.testing.assert_allclose(parity(i, i + 1, 10), (-1.0) ** i)  # even length: the ends agree
    odd = parity(i[:8], i[:8] + 1, 9)
    assert odd[0] == pytest.approx(1 - 2 / 16)
    assert odd[-1] == pytest.approx(odd[0])


def test_common_noise_is_that_of_shots_of_a_heisenberg_chain() -> None:
    """Bands of distances vary together as `CommonNoise` says, and more than independent pairs."""
    n, rows, m = 10, 2000, 16
    home, size = families.load("heisenberg_1d"), Size(n)
    state = exact_ground_state(home.hamiltonian(size, home.typical(size)), home.sector(size))
    shots = state.sample(rows * m, np.random.default_rng(4)).reshape(rows, m, n)
    pairs, distances = Pairs.of(tasks.load("correlation"), place(n)), np.arange(1, n)
    values = pairs.read(shadow_correlation(shots).reshape(rows, -1))
    curve = np.array([values[:, pairs.distance == d].mean() for d in distances])
    noise = CommonNoise.of(pairs, distances, curve, 3.0 / m)
    octave = noise.band[pairs.distance - 1]
    for band in range(1, int(noise.band.max()) + 1):
        here = octave == band
        pooled = (values[:, here] * noise.sign[pairs.distance[here] - 1]).mean(axis=1)
        alone = 3.0 / m / here.sum()
        stated = noise.covariance[band, band] + alone
        assert stated > 1.3 * alone
        # A variance of 2000 rows is known to 3 %; four-point correlations are left out.
        assert pooled.var() == pytest.approx(stated, rel=0.3)


def test_learns_a_planted_product_state() -> None:
    cell, truth = planted(n=30, shots=200)
    # Close pairs add nothing to a product state; without their functions it is quicker.
    prediction = Model(windows=False).fit(cell).predict(cell.rows)
    oracle_mean = np.mean((truth - truth.mean(axis=0)) ** 2)
    # The sites tell it: 30·10·67 shots for a function of two couplings.
    assert np.mean((prediction - truth) ** 2) < 0.05 * oracle_mean


def test_random_tokens_teach_almost_nothing() -> None:
    cell = make_cell(n=30, shots=128)
    prediction = Model().fit(cell).predict(cell.rows).reshape(-1, 8, 8)
    away = prediction - np.eye(8)
    # One entry's mean over rows has the noise sqrt(3/(30·128)) = .028; the truth is 0.
    assert np.sqrt(np.mean(away**2)) < 0.028


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_exact_labels_are_learnt_too(task: str) -> None:
    cell = make_cell(task=task, n=20)
    exact = np.tile(tasks.load(task).estimate(cell.shots[:1]), (20, 1))  # type: ignore[attr-defined]
    free = noise_free(cell, exact)
    found = Model().fit(free).predict(free.rows)
    np.testing.assert_allclose(found.mean(), exact.mean(), atol=0.2)


@pytest.mark.parametrize(
    "left_out", ["smooth", "staggered", "cascade", "common_noise", "sites", "windows"]
)
def test_every_ingredient_can_be_left_out(left_out: str) -> None:
    cell: Cell = make_cell(family="tfim_1d", n=8)
    assert np.isfinite(Model(**{left_out: False}).fit(cell).predict(cell.rows)).all()
