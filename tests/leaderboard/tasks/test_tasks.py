"""Every task, also one that is added later, fits the data and the metrics."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.schema import columns
from builders.physics.family import Family
from leaderboard import tasks
from leaderboard.cells import Answer
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task
from leaderboard.kinds.truth import Truth
from leaderboard.scoring.score import report_of
from leaderboard.scoring.scorer import Scorer
from tests.builders.synthetic import SyntheticFolder
from tests.leaderboard.answers import cell

FAMILIES = ("tfim_1d", "quench_tfim_1d", "tfim_1d_critical")
# Tasks about states; those about graphs have tests of their own.
STATES = [n for n in tasks.names() if any(n in families.load(f).tasks for f in FAMILIES)]
REGRESSIONS = [n for n in STATES if tasks.load(n).kind == "regression"]


def has_label(family: Family, name: str) -> bool:
    return name in {label.name for label in family.labels}


@pytest.fixture
def data_of(synthetic_master, phase_folder, quench_folder) -> Callable[[str], SyntheticFolder]:
    """The folder pair whose family has a task."""
    every = (synthetic_master, phase_folder, quench_folder)
    return lambda name: next(d for d in every if name in families.load(d.spec.family).tasks)


@pytest.fixture(params=STATES)
def task(request) -> Task:
    return tasks.load(request.param)


@pytest.fixture(params=REGRESSIONS)
def numbers(request) -> Regression:
    return tasks.load(request.param)


def test_name_is_the_file_name(task) -> None:
    assert task is tasks.load(task.name)


@pytest.mark.parametrize("size", [Size(2), Size(7), Size.parse("2x3")])
def test_shape_is_that_of_the_column(task, size) -> None:
    family = next(f for f in map(families.load, FAMILIES) if has_label(f, task.label))
    column = {c.name: c for c in columns(family, Size(size.sites), 4)}[task.label]
    if isinstance(task, Regression):
        assert task.shape(size) == column.shape
    else:
        assert column.classes == family.phases
    assert task.unit == column.unit
    assert column.is_label


def hamiltonians(rows: int) -> list:
    family, size = families.load("tfim_1d"), Size(5)
    return [
        family.hamiltonian(size, family.draw(size, np.random.default_rng(k))) for k in range(rows)
    ]


def test_estimate_has_the_length_and_splits_by_rows(numbers) -> None:
    shots = np.random.default_rng(7).integers(0, 6, (3, 40, 5), dtype=np.uint8)
    three = hamiltonians(3)
    estimate = numbers.estimate(shots, three)
    assert estimate.shape == (3, numbers.length(Size(5)))
    assert np.isfinite(estimate).all()
    one = numbers.estimate(shots[1], three[1:2])
    np.testing.assert_allclose(one, estimate[1], rtol=0, atol=1e-12)


def test_labels_are_flat_doubles(numbers) -> None:
    shape, family = numbers.shape(Size(5)), families.load("tfim_1d")
    column = np.arange(2 * np.prod(shape), dtype=np.float32).reshape(2, *shape)
    labels = numbers.labels({numbers.label: column}, family, Size(5))
    assert labels.dtype == np.float64
    expected = np.arange(labels.size).reshape(2, -1) / (5 if numbers.per_site else 1)
    np.testing.assert_array_equal(labels, expected)


def test_energies_are_per_site_and_need_hamiltonians() -> None:
    task = tasks.load("energy")
    labels = task.labels({"energy": np.array([-8.0, -4.0])}, families.load("tfim_1d"), Size(8))
    assert labels.tolist() == [[-1.0], [-0.5]]
    # Two sites, H = −Z Z − X_0 − X_1: outcomes (Z0 Z0) give −9, (X0 X1) give −3 + 3 = 0.
    h = families.load("tfim_1d").hamiltonian(Size(2), {"J": np.ones(1), "h": np.ones(2)})
    shots = np.array([[[4, 4], [0, 1]]], dtype=np.uint8)
    assert task.estimate(shots, [h]).tolist() == [[-4.5 / 2]]
    with pytest.raises(RequestError, match="needs the Hamiltonians of the rows"):
        task.estimate(shots)


def test_labels_of_phases_are_names() -> None:
    labels = tasks.load("phase").labels(
        {"phase": np.array([1, 0])}, families.load("tfim_1d"), Size(8)
    )
    assert labels.tolist() == ["ordered", "paramagnetic"]


def test_scored_entries(numbers) -> None:
    length = numbers.length(Size(5))
    mask = numbers.scored(length)
    assert mask.shape == (length,)
    assert mask.dtype == bool
    assert mask.any()


def test_correlation_scores_all_but_the_diagonal() -> None:
    mask = tasks.load("correlation").scored(9)
    np.testing.assert_array_equal(mask.reshape(3, 3), ~np.eye(3, dtype=bool))


def test_direction_is_that_of_the_primary_metric(task) -> None:
    assert task.ranking.better == {m.name: m.better for m in task.metrics}[task.primary]


def test_unknown_task_names_the_nearest() -> None:
    with pytest.raises(RequestError, match="Did you mean 'renyi2'"):
        tasks.load("renyi")


def test_a_task_checks_itself(task) -> None:
    fields = vars(task)
    with pytest.raises(ValueError, match="is not one of"):
        type(task)(**(fields | {"primary": "nothing"}))
    with pytest.raises(ValueError, match="listed twice"):
        type(task)(**(fields | {"metrics": task.metrics + task.metrics[:1]}))


@pytest.mark.parametrize("name", tasks.names())
def test_a_task_is_named_like_the_column_of_its_label(name: str) -> None:
    # What `builders.dataset.config.offered_tasks` relies on; codes always have their observable.
    assert tasks.load(name).label == {"decoding": "observable"}.get(name, name)


def told_of(data, task: Task) -> tuple[Answer, Truth]:
    """Labels and a little more as an answer, and what it is judged by."""
    scorer = Scorer(data.public, data.private)
    truth = scorer.truth(cell(data, task.name, shots=4))
    given = truth.labels
    return Answer(
        truth.row_id, given + np.float32(0.1) if given.dtype.kind == "f" else given
    ), truth


@pytest.mark.parametrize("name", STATES)
def test_laws_details_and_lines_of_every_task(name: str, data_of) -> None:
    task = tasks.load(name)
    data = data_of(name)
    answer, truth = told_of(data, task)
    told = task.details_of(answer, truth)
    assert json.loads(json.dumps(told)) == told
    for law in task.laws:
        broken = law.broken(answer, truth)
        assert (broken.dtype, len(broken)) == (bool, len(truth))
        assert law.meaning
        assert told["violations"][law.name] <= len(truth)
    for detail in task.details:
        lengths = {len(column) for column in told[detail.name].values()}
        assert len(lengths) == 1 or detail.chart == "matrix"
        assert (detail.chart == "table") == (detail.axes == ("", ""))
        if detail.summary is not None:
            assert np.isfinite(detail.summary.of(told[detail.name]))
    hidden = {detail.name for detail in task.details if detail.uses_labels}
    assert hidden.isdisjoint(task.withheld(told))
    values = {metric.name: 0.5 for metric in task.metrics}
    key = cell(data, name, shots=4)
    for line in task.lines:
        assert line.meaning(key)
        assert line.value(key, values) > 0
        # Without scores only what is known of the cell itself can be said.
        alone = line.value(key, dict.fromkeys(values))
        assert alone is None or alone > 0
    for point in task.published:
        assert point.key.task == name
        assert point.metric in values


@pytest.mark.parametrize("name", STATES)
def test_evidence_of_every_task_fits_its_metrics(name: str, data_of) -> None:
    task = tasks.load(name)
    data = data_of(name)
    answer, truth = told_of(data, task)
    report = report_of(task, task.evidence(answer, truth), bootstraps=20)
    assert list(report.metrics) == [metric.name for metric in task.metrics]
    assert len(report.losses) == len(report.reference) == len(truth.blocks) == 10
    primary = report.metrics[task.primary].value
    assert task.ranking.value_of(np.array(report.losses.mean)) == pytest.approx(primary)
    assert task.metric(task.upward).better == "higher"
    with pytest.raises(RequestError, match="unknown metric"):
        task.metric("nothing")
