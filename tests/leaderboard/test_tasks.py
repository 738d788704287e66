"""Every task, also one that is added later, fits the data and the metrics."""

import numpy as np
import pytest

from builders import families
from builders.errors import RequestError
from builders.names import Size
from builders.schema import columns
from leaderboard import tasks
from leaderboard.task import Task


@pytest.fixture(params=tasks.names())
def task(request) -> Task:
    return tasks.load(request.param)


def test_name_is_the_file_name(task) -> None:
    assert task is tasks.load(task.name)


@pytest.mark.parametrize("size", [Size(2), Size(7), Size.parse("2x3")])
def test_shape_is_that_of_the_column(task, size) -> None:
    family = families.load("tfim_1d")
    column = {c.name: c for c in columns(family, Size(size.sites), 4)}[task.label]
    assert task.shape(size) == column.shape
    assert task.unit == column.unit
    assert column.is_label


def test_estimate_has_the_length_and_splits_by_rows(task) -> None:
    shots = np.random.default_rng(7).integers(0, 6, (3, 40, 5), dtype=np.uint8)
    estimate = task.estimate(shots)
    assert estimate.shape == (3, task.length(Size(5)))
    assert np.isfinite(estimate).all()
    np.testing.assert_allclose(task.estimate(shots[1]), estimate[1], rtol=0, atol=1e-12)


def test_labels_are_flat_doubles(task) -> None:
    shape = task.shape(Size(5))
    column = np.arange(2 * np.prod(shape), dtype=np.float32).reshape(2, *shape)
    labels = task.labels({task.label: column})
    assert labels.dtype == np.float64
    np.testing.assert_array_equal(labels, np.arange(labels.size).reshape(2, -1))


def test_scored_entries(task) -> None:
    length = task.length(Size(5))
    mask = task.scored(length)
    assert mask.shape == (length,)
    assert mask.dtype == bool
    assert mask.any()


def test_correlation_scores_all_but_the_diagonal() -> None:
    mask = tasks.load("correlation").scored(9)
    np.testing.assert_array_equal(mask.reshape(3, 3), ~np.eye(3, dtype=bool))


def test_direction_is_that_of_the_primary_metric(task) -> None:
    assert task.direction == {m.name: m.better for m in task.metrics}[task.primary]


def test_unknown_task_names_the_nearest() -> None:
    with pytest.raises(RequestError, match="Did you mean 'renyi2'"):
        tasks.load("renyi")


def test_a_task_checks_itself(task) -> None:
    fields = vars(task)
    with pytest.raises(ValueError, match="is not one of"):
        Task(**(fields | {"primary": "accuracy"}))
    with pytest.raises(ValueError, match="listed twice"):
        Task(**(fields | {"metrics": task.metrics + task.metrics[:1]}))
