"""train_mean, distance_mean, shadow and ridge against values worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.models import ridge
from tests.baselines.cells import aligned_shots, make_cell, with_parameters, with_shots


def three_sites() -> Cell:
    """N = 3, two training rows of one shot: all pairs +3; then (0,1) −3 and the others 0.

    Row 0: Z0 Z0 Z0. Row 1: Z0 Z1 X0. The test row: X0 X1 X1.
    """
    cell = make_cell(size=3, n=2, shots=1, test=1)
    train = np.array([[[4, 4, 4]], [[4, 5, 0]]], dtype=np.uint8)
    return with_shots(cell, train, np.array([[[0, 1, 1]]], dtype=np.uint8))


def matrix(c01: float, c02: float, c12: float) -> np.ndarray:
    return np.array([[[1, c01, c02], [c01, 1, c12], [c02, c12, 1]]], dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train_mean", matrix(0.0, 1.5, 1.5)),
        # Distance 1 holds 0 and 1.5, distance 2 only 1.5.
        ("distance_mean", matrix(0.75, 1.5, 0.75)),
        ("shadow", matrix(-3.0, -3.0, 3.0)),
    ],
)
def test_by_hand(name: str, expected: np.ndarray) -> None:
    cell = three_sites()
    prediction = baselines.load(name)().fit(cell).predict(cell.rows)
    assert np.array_equal(prediction.reshape(1, 3, 3), expected)


def test_train_mean_counts_its_numbers() -> None:
    assert baselines.load("train_mean")().fit(three_sites()).n_parameters == 9
    assert baselines.load("distance_mean")().fit(three_sites()).n_parameters == 2
    assert baselines.load("shadow")().fit(three_sites()).n_parameters == 0


def test_distance_mean_of_entropies_pools_mirror_images() -> None:
    cell = make_cell(task="renyi2", size=6, shots=32)
    mean = cell.labels.mean(axis=0)
    expected = (mean + mean[::-1]) / 2
    prediction = baselines.load("distance_mean")().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(prediction, np.tile(expected, (5, 1)), rtol=1e-6)


def test_shadow_of_entropies_is_the_tasks_estimate() -> None:
    cell = make_cell(task="renyi2", shots=64)
    prediction = baselines.load("shadow")().fit(cell).predict(cell.rows)
    assert np.array_equal(prediction, cell.task.estimate(cell.rows.shots).astype(np.float32))


def test_majority_is_the_most_frequent_class() -> None:
    cell = make_cell(task="phase", n=5)
    for classes, expected in (
        (["ordered", "paramagnetic", "ordered", "ordered", "paramagnetic"], "ordered"),
        (["paramagnetic"] * 5, "paramagnetic"),
        (["paramagnetic", "ordered", "paramagnetic", "ordered"], "ordered"),  # equals: by name
    ):
        rows = len(classes)
        given = replace(cell, train=cell.train.take(slice(rows)), given=np.array(classes))
        prediction = baselines.load("majority")().fit(given).predict(given.rows)
        assert prediction.tolist() == [expected] * 5


def test_train_mean_and_shadow_of_energies() -> None:
    cell = make_cell(task="energy", shots=64)
    mean = baselines.load("train_mean")().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(mean, np.full((5, 1), cell.labels.mean()), rtol=1e-6)
    own = baselines.load("shadow")().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(own, cell.estimate(cell.rows), rtol=1e-6)


def planted(cell: Cell) -> Cell:
    """Cell whose labels are a linear function of the parameters, without noise."""
    weights = np.random.default_rng(1).normal(size=(cell.parameters.shape[1], 64))
    copy = replace(cell)
    copy.__dict__["labels"] = cell.parameters @ weights  # fills the cache of the property
    copy.rows.__dict__["truth"] = cell.rows.parameters @ weights
    return copy


def test_ridge_without_penalty_finds_a_linear_function() -> None:
    # 7 couplings vary and the fields do not: 12 rows fix 7 slopes and a constant.
    cell = planted(make_cell())
    model = ridge.Model(alphas=(1e-10,)).fit(cell)
    truth = cell.rows.__dict__["truth"]
    np.testing.assert_allclose(model.predict(cell.rows), truth, rtol=1e-5, atol=1e-5)


def test_ridge_with_a_large_penalty_is_the_training_mean() -> None:
    cell = make_cell()
    prediction = ridge.Model(alphas=(1e12,)).fit(cell).predict(cell.rows)
    # Slopes are at most |X'y|/alpha ~ 12·3/1e12.
    np.testing.assert_allclose(prediction, np.tile(cell.labels.mean(axis=0), (5, 1)), atol=1e-6)


def test_ridge_of_pure_noise_chooses_to_learn_nothing() -> None:
    cell = make_cell(n=40, shots=8)
    model = ridge.Model().fit(cell)
    assert model.alpha >= 100.0


def test_ridge_takes_constant_parameters() -> None:
    cell = make_cell(family="tfim_1d")
    same = with_parameters(cell, np.tile(cell.parameters[:1], (cell.n, 1)))
    prediction = ridge.Model().fit(same).predict(cell.rows)
    np.testing.assert_allclose(prediction, np.tile(cell.labels.mean(axis=0), (5, 1)), atol=1e-6)


def test_ridge_reproduces_perfect_order() -> None:
    cell = make_cell(shots=4)
    cell = with_shots(cell, aligned_shots(12, 4, 8), aligned_shots(5, 4, 8))
    off = ~np.eye(8, dtype=bool).ravel()
    prediction = ridge.Model().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(prediction[:, off], 3.0, atol=1e-6)
