"""What every baseline must do; a new file in baselines/models is tested here by itself."""

import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray

import baselines
from baselines.contract.applies import ANY
from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from builders.core.errors import RequestError
from builders.physics.record import Record
from leaderboard.cells import Answer
from leaderboard.submission.metadata import EntryClass
from tests.baselines.cells import make_cell, telling_cell
from tests.baselines.toy_cells import TOYS, toy_cell
from tests.toys.models import toy_lookup

KINDS = {"regression", "classification", "binary"}
# They share all but what they read and how they pool with `convac`.
TWINS = {"convnet", "convac_shots", "convnet_shots"}


def case(name: str, *task: str) -> Any:
    """A parameter set; hybrid models solve and learn, which takes them longer than a fast test."""
    is_slow = baselines.load(name).entry_class == "hybrid" or name in TWINS
    slow = [pytest.mark.slow] if is_slow else []
    return pytest.param(name, *task, marks=slow)


def of_kind(kind: str) -> list[str]:
    """Models of states; those of graphs are tested in `test_graph_models.py`."""
    every = {name: baselines.load(name) for name in baselines.names()}
    return [n for n, model in every.items() if kind in model.answers and not model.needs_graph]


REGRESSIONS = [case(name) for name in of_kind("regression")]
CLASSIFIERS = [case(name) for name in of_kind("classification")]
LABELS = [case(name, t) for name in of_kind("regression") for t in ("correlation", "renyi2")]
CASES = LABELS + [case(name, "phase") for name in of_kind("classification")]
# Networks that read shots take longer where shots are swapped, and windows solved exactly take
# longer everywhere: one label tells as much as two, and what is fitted twice is asked once.
FITTED_LONG = {
    *("cnn_shots", "deep_sets", "llm4qpe_f", "set_transformer", "shadow_generator"),
    *("shadow_gpt", "quadim", "aide_q"),
}
LEFT_OUT = {(name, "renyi2") for name in FITTED_LONG} | {("llm4qpe_t", "correlation")}
SWAPPED = [one for one in CASES if one.values not in LEFT_OUT and one.values[0] != "window_ed"]
SEEDED = [one for one in CASES if one.values[0] != "window_ed"]
# Of those that learn from labels, one of each way to ask for them is enough for a fast test.
ASKING = {"train_mean", "ridge", "knn", "shrinkage"}
MITIGATED = [
    pytest.param(
        name,
        marks=[pytest.mark.slow] * (baselines.load(name).uses_labels and name not in ASKING),
    )
    for name in of_kind("regression")
]
# Every task and every family, but not each with each.
FAMILIES = {"correlation": ("tfim_1d", "heisenberg_1d"), "renyi2": ("tfim_1d", "xxz_1d")}
EVOLUTIONS = {
    "correlation": ("quench_tfim_1d", "quench_tfim_1d_neel"),
    "renyi2": ("quench_tfim_1d", "kicked_ising_1d"),
}
CIRCUITS = {"correlation": ("kicked_ising_1d",), "renyi2": ("kicked_ising_1d",)}
CHANNEL = "readout_0.02_0.05"


def is_of_evolutions(name: str) -> bool:
    model = baselines.load(name)
    return model.needs_trajectory or model.needs_evolution


def usual_family(name: str) -> str:
    """The one that most tests take."""
    if baselines.load(name).needs_circuit:
        return "kicked_ising_1d"
    return "quench_tfim_1d" if is_of_evolutions(name) else "tfim_1d"


def families_of(name: str, task: str) -> tuple[str, ...]:
    """Those of a task that a model is about."""
    if baselines.load(name).needs_circuit:
        return CIRCUITS[task]
    return (EVOLUTIONS if is_of_evolutions(name) else FAMILIES)[task]


def suited(name: str, **given: Any) -> Cell:
    """A cell with the evolutions, or the noise channel, that a model is about."""
    channel = CHANNEL if baselines.load(name).needs_channel else ""
    return make_cell(**{"family": usual_family(name), "channel": channel} | given)


PREDICTED = [
    pytest.param(*one.values, family, marks=one.marks)
    for one in LABELS
    for family in families_of(*one.values)
]


def load(name: str) -> type[Baseline]:
    return toy_lookup.Model if name == "toy_lookup" else baselines.load(name)


def fitted(name: str, cell: Cell, seed: int = 0) -> Baseline:
    return baselines.load(name)(seed=seed).fit(cell)


@cache
def usual(name: str, task: str) -> tuple[Cell, Baseline, NDArray[Any]]:
    """A cell, what was fitted to it, and its answers, for tests that only look at them."""
    cell = suited(name, task=task)
    model = fitted(name, cell)
    return cell, model, model.predict(cell.rows)


@pytest.mark.parametrize("name", baselines.names())
def test_declares_itself(name: str) -> None:
    model = baselines.load(name)
    assert model.title
    assert model.entry_class in get_args(EntryClass)
    assert isinstance(model.uses_test_shots, bool)
    assert model.answers
    assert set(model.answers) <= KINDS
    assert model.records == (ANY,) or set(model.records) <= {
        r.kind for r in Record.__subclasses__()
    }
    assert isinstance(model(), Baseline)


@pytest.mark.parametrize(("name", "task", "family"), PREDICTED)
def test_predicts_finite_float32_of_the_right_shape(name: str, task: str, family: str) -> None:
    cell = suited(name, family=family, task=task)
    try:
        model = usual(name, task)[1] if family == usual_family(name) else fitted(name, cell)
    except RequestError as refusal:
        # What solves may know some families alone; what only learns takes them all.
        assert baselines.load(name).entry_class != "learned"
        assert "Choose another" in str(refusal)  # noqa: PT017
        return
    prediction = model.predict(cell.rows)
    assert prediction.shape == (5, cell.task.length(cell.size))
    assert prediction.dtype == np.float32
    assert np.isfinite(prediction).all()
    assert model.n_parameters >= 0


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classes_are_those_of_the_family(name: str) -> None:
    cell = make_cell(family="xxz_1d_critical", task="phase")
    prediction = fitted(name, cell).predict(cell.rows)
    assert prediction.shape == (5,)
    assert prediction.dtype.kind == "U"
    assert set(prediction) <= {"luttinger_liquid", "neel"}


@pytest.mark.parametrize("record", TOYS)
@pytest.mark.parametrize("name", baselines.names())
def test_every_record_is_answered_or_refused_by_declaration(name: str, record: str) -> None:
    """What is not refused before data are seen is answered: nothing fails inside."""
    cell, model = toy_cell(record), baselines.load(name)
    if refused := model.refusal(cell.task, cell.config):
        assert "Choose another" in refused
        with pytest.raises(RequestError, match="Choose another"):
            fitted(name, cell)
        return
    found = fitted(name, cell).predict(cell.rows)
    assert found.dtype in (np.float32, np.bool_)
    assert len(found) == len(cell.rows)
    assert not list(cell.task.faults(Answer(cell.rows.row_id, found), cell.family, cell.size))


def test_the_plain_references_answer_for_every_record() -> None:
    answered = {
        (name, record)
        for name in ("train_mean", "majority", "ridge", "toy_lookup")
        for record, (_, task) in TOYS.items()
        if task.kind in load(name).answers and not load(name).refusal(task, toy_cell(record).config)
    }
    assert {("train_mean", record) for record in TOYS} <= answered
    assert ("majority", "detection_events") in answered
    assert {("ridge", "pauli_tokens"), ("ridge", "nothing")} <= answered
    assert ("toy_lookup", "detection_events") in answered
    assert ("toy_lookup", "nothing") not in answered


@pytest.mark.parametrize("name", REGRESSIONS)
def test_energies_are_predicted_or_refused_in_words(name: str) -> None:
    cell = suited(name, family="tfim_1d", task="energy")
    try:
        model = fitted(name, cell)
    except RequestError as refusal:
        assert "Choose another" in str(refusal)  # noqa: PT017
        return
    prediction = model.predict(cell.rows)
    assert prediction.shape == (5, 1)
    assert np.isfinite(prediction).all()


@pytest.mark.parametrize("name", baselines.names())
def test_a_task_of_another_kind_is_refused(name: str) -> None:
    kinds = baselines.load(name).answers
    for task in ("correlation", "phase"):
        cell = make_cell(task=task)
        if cell.task.kind not in kinds:
            with pytest.raises(RequestError, match=rf"{name} does tasks .*; {task} is a "):
                fitted(name, cell)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_same_seed_same_bytes_and_inputs_are_not_changed(name: str, task: str) -> None:
    cell = suited(name, task=task)
    before = [a.copy() for a in (cell.parameters, cell.shots, cell.rows.parameters)]
    found = fitted(name, cell).predict(cell.rows)
    after = (cell.parameters, cell.shots, cell.rows.parameters)
    assert all(np.array_equal(x, y) for x, y in zip(before, after, strict=True))
    assert found.tobytes() == usual(name, task)[2].tobytes()


@pytest.mark.parametrize(("name", "task"), SEEDED)
def test_the_seed_matters_only_where_declared(name: str, task: str) -> None:
    if not baselines.load(name).is_random:
        cell, _, found = usual(name, task)
        assert fitted(name, cell, seed=1).predict(cell.rows).tobytes() == found.tobytes()


@pytest.mark.parametrize("name", REGRESSIONS)
def test_correlations_are_symmetric_with_ones(name: str) -> None:
    matrix = usual(name, "correlation")[2].reshape(-1, 8, 8)
    # Least squares solves columns in blocks, so that equal columns may differ by rounding.
    np.testing.assert_allclose(matrix, matrix.transpose(0, 2, 1), atol=1e-6)
    np.testing.assert_allclose(matrix[:, range(8), range(8)], 1.0, atol=1e-6)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_row_is_answered_by_itself(name: str, task: str) -> None:
    """The answer for a row does not depend on which other rows are asked for."""
    cell, model, found = usual(name, task)
    last = model.predict(cell.rows.take(slice(len(cell.rows) - 1, None)))
    if task == "phase":
        assert last[0] == found[-1]
        return
    # Matrix products of other shapes may round differently: some ulp of float32.
    np.testing.assert_allclose(last[0], found[-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "task"), SWAPPED)
def test_test_shots_are_used_only_where_declared(name: str, task: str) -> None:
    uses = baselines.load(name).uses_test_shots
    # What does not look needs no shots that are worth a look.
    known = suited(name)
    like = {"family": known.family.name, "channel": known.config.channel}
    short = {} if uses else {"n": 12, "shots": 32, "test": 10}
    cell = telling_cell(task, **short, **like)
    other = cell.rows.with_shots(np.roll(cell.rows.shots, 1, axis=0))
    model = fitted(name, cell)
    found = model.predict(cell.rows)
    same = np.array_equal(found, model.predict(other))
    if same:  # seen while fitting would show as well
        same = np.array_equal(found, fitted(name, replace(cell, rows=other)).predict(other))
    assert same is not uses


@pytest.mark.parametrize("name", MITIGATED)
def test_mitigated_labels_are_learnt_where_declared(name: str) -> None:
    model = baselines.load(name)
    cell = suited(name, channel=CHANNEL).mitigate()
    if not model.uses_labels:
        with pytest.raises(RequestError, match="does not learn from labels"):
            fitted(name, cell)
        return
    # Tokens and parameters are those without a channel.
    assert not np.array_equal(fitted(name, cell).predict(cell.rows), usual(name, "correlation")[2])


@pytest.mark.parametrize(("name", "task"), CASES)
def test_one_training_row_is_enough(name: str, task: str) -> None:
    cell = suited(name, task=task, n=1)
    prediction = fitted(name, cell).predict(cell.rows)
    assert task == "phase" or np.isfinite(prediction).all()


@pytest.mark.parametrize("name", baselines.names())
def test_predict_before_fit_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="Call fit"):
        baselines.load(name)().predict(make_cell().rows)


def test_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(RequestError, match="Did you mean 'ridge'"):
        baselines.load("rigde")


def test_listing_and_the_plain_models_load_no_torch() -> None:
    code = (
        "import sys, baselines; [baselines.load(n) for n in baselines.names()]; "
        "print([m for m in ('torch', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
