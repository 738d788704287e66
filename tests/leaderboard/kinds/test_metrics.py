"""Every metric against values worked out by hand, and against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest

from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.errors import (
    Errors,
    mae,
    rmse,
    rmse_entrywise,
    skill,
    skill_x,
)
from leaderboard.kinds.metrics import UndefinedError
from leaderboard.tasks.correlation import off_diagonal

EVERY = np.ones(2, dtype=bool)


def equal(rows: int) -> np.ndarray:
    return Blocks.of(rows).equal


# Errors 0.3, 0 in the first row and 0.4, 0.1 in the second.
LABELS = np.array([[0.0, 1.0], [1.0, 0.0]])
PREDICTIONS = LABELS + np.array([[0.3, 0.0], [-0.4, 0.1]])


def test_rmse_by_hand() -> None:
    errors = Errors.of(PREDICTIONS, LABELS, EVERY)
    # sqrt((0.09 + 0 + 0.16 + 0.01) / 4)
    assert rmse(errors, equal(2)) == pytest.approx([0.254950975679639], rel=1e-14)


def test_mae_by_hand() -> None:
    errors = Errors.of(PREDICTIONS, LABELS, EVERY)
    assert mae(errors, equal(2)) == pytest.approx([0.8 / 4], rel=1e-14)


def test_rmse_entrywise_by_hand() -> None:
    errors = Errors.of(PREDICTIONS, LABELS, EVERY)
    # (sqrt((0.09 + 0.16) / 2) + sqrt((0 + 0.01) / 2)) / 2 = (5 + 1) sqrt(0.005) / 2
    expected = 3 * 0.0707106781186548
    assert rmse_entrywise(errors, equal(2)) == pytest.approx([expected], rel=1e-14)


def test_diagonal_counts_in_entrywise_alone() -> None:
    labels = np.array([[1.0, 0.5, 0.5, 1.0], [1.0, 0.1, 0.1, 1.0]])
    predictions = np.array([[1.0, 0.2, 0.2, 1.0], [1.0, 0.5, 0.5, 1.0]])
    errors = Errors.of(predictions, labels, off_diagonal(4))
    # Off the diagonal: squared errors 0.09 and 0.16 in the two rows, mean 0.125.
    assert rmse(errors, equal(2)) == pytest.approx([0.125**0.5], rel=1e-14)
    # Two of four entries have no error.
    assert rmse_entrywise(errors, equal(2)) == pytest.approx([0.125**0.5 / 2], rel=1e-14)


def test_skills_by_hand() -> None:
    # MSE 0.5; training mean 0 has MSE (0 + 4)/2 = 2; the mean label 1 has MSE 1.
    errors = Errors.of(
        np.array([[1.0], [2.0]]), np.array([[0.0], [2.0]]), np.array([True]), np.array([0.0])
    )
    assert skill(errors, equal(2)) == pytest.approx([0.75], rel=1e-14)
    assert skill_x(errors, equal(2)) == pytest.approx([0.5], rel=1e-14)


def test_skills_do_not_count_the_diagonal() -> None:
    labels = np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 2.0, 2.0, 1.0]])
    predictions = np.array([[9.0, 1.0, 1.0, 9.0], [9.0, 2.0, 2.0, 9.0]])
    errors = Errors.of(predictions, labels, off_diagonal(4), np.array([5.0, 0.0, 0.0, 5.0]))
    assert skill(errors, equal(2)) == pytest.approx([0.75], rel=1e-14)
    assert skill_x(errors, equal(2)) == pytest.approx([0.5], rel=1e-14)


def test_reference_points_of_the_skills() -> None:
    rng = np.random.default_rng(1)
    labels, mean = rng.normal(size=(6, 3)), rng.normal(size=3)
    every, weights = np.ones(3, dtype=bool), equal(6)
    as_train = Errors.of(np.tile(mean, (6, 1)), labels, every, mean)
    assert skill(as_train, weights) == pytest.approx([0.0], abs=1e-14)
    as_oracle = Errors.of(np.tile(labels.mean(axis=0), (6, 1)), labels, every, mean)
    assert skill_x(as_oracle, weights) == pytest.approx([0.0], abs=1e-14)
    perfect = Errors.of(labels, labels, every, mean)
    assert skill(perfect, weights) == skill_x(perfect, weights) == [1.0]


def test_skill_without_training_mean_has_no_value() -> None:
    with pytest.raises(UndefinedError, match="training shots"):
        skill(Errors.of(PREDICTIONS, LABELS, EVERY), equal(2))


def test_skill_x_of_equal_labels_has_no_value() -> None:
    errors = Errors.of(PREDICTIONS, np.ones((2, 2)), EVERY)
    with pytest.raises(UndefinedError, match="nothing to gain"):
        skill_x(errors, equal(2))


def test_entrywise_is_the_published_convention() -> None:
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(2)
    # More entries than one block of columns.
    labels, predictions = rng.normal(size=(2, 5, 3000))
    errors = Errors.of(predictions, labels, np.ones(3000, dtype=bool))
    expected = sklearn_metrics.root_mean_squared_error(
        labels, predictions, multioutput="uniform_average"
    )
    assert rmse_entrywise(errors, equal(5)) == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize("metric", [rmse, mae, rmse_entrywise, skill, skill_x])
def test_weights_are_repeated_rows(metric) -> None:
    """A row of weight 2/3 and one of 1/3 give what the rows 0, 0, 1 give."""
    rng = np.random.default_rng(3)
    labels, predictions, mean = rng.normal(size=(2, 4)), rng.normal(size=(2, 4)), np.zeros(4)
    every = np.ones(4, dtype=bool)
    errors = Errors.of(predictions, labels, every, mean)
    weighted = metric(errors, np.array([[2 / 3, 1 / 3]]))
    rows = [0, 0, 1]
    repeated = Errors.of(predictions[rows], labels[rows], every, mean)
    oracle = replace(repeated.squared, oracle_mean=errors.squared.oracle_mean[rows])
    repeated.__dict__["squared"] = oracle  # the mean label of all rows is held fixed
    assert weighted == pytest.approx(metric(repeated, equal(3)), rel=1e-12)
