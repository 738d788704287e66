"""Whole submissions against hidden labels."""

from dataclasses import replace

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.scoring.evaluate import evaluate
from leaderboard.scoring.score import score
from leaderboard.submission.submission import Submission
from tests.builders.synthetic import SPEC, make_folder
from tests.leaderboard.answers import SHOTS, N, answer, cell, exact, metadata

TASKS = ("correlation", "energy", "renyi2")


def one(data, key, given, public=True):
    submission = Submission(metadata(), {key: given})
    reports = evaluate(submission, data.public if public else None, data.private)
    assert [r.key for r in reports] == [key]
    return reports[0].report


@pytest.mark.parametrize("task", TASKS)
def test_exact_answers_have_no_error(synthetic_master, task) -> None:
    report = one(synthetic_master, cell(synthetic_master, task), answer(synthetic_master, task))
    values = {name: v.value for name, v in report.metrics.items()}
    # Energies are float64, and answers float32 of size 2.
    assert values.pop("rmse") == pytest.approx(0.0, abs=2e-7)
    assert values.pop("rmse_entrywise", 0.0) == 0.0
    assert values == pytest.approx({"skill": 1.0, "skill_x": 1.0}, abs=1e-11)


def test_rows_are_matched_by_id(synthetic_master) -> None:
    key, given = cell(synthetic_master), answer(synthetic_master, shift=0.25)
    shuffled = np.random.default_rng(1).permutation(len(given.row_id))
    report = one(synthetic_master, key, given.take(shuffled))
    assert report == one(synthetic_master, key, given)
    # float32 labels plus 0.25 round at 6e-8.
    assert report.metrics["rmse"].value == pytest.approx(0.25, abs=1e-7)


@pytest.mark.parametrize("task", TASKS)
def test_reference_of_skill_is_the_mean_of_the_cells_own_shots(synthetic_master, task) -> None:
    """The first n rows and the first M shots, no more, give a skill of 0."""
    train = synthetic_master.splits["train"]
    hamiltonians = families.load("tfim_1d").hamiltonians(SPEC.size, train["parameters"])
    ids = synthetic_master.splits["test"]["row_id"]

    def skill(n: int, m: int) -> float:
        estimates = tasks.load(task).estimate(train["shots"][:n, :m], hamiltonians[:n])
        mean = estimates.mean(axis=0)
        given = Answer(ids, np.tile(mean, (len(ids), 1)).astype(np.float32))
        return one(synthetic_master, cell(synthetic_master, task), given).metrics["skill"].value

    assert skill(N, SHOTS) == pytest.approx(0.0, abs=1e-6)  # float32 rounding of the mean
    assert abs(skill(N + 1, SHOTS)) > 1e-3
    assert abs(skill(N, SHOTS + 1)) > 1e-3


@pytest.mark.parametrize("task", TASKS)
def test_reference_of_a_noise_free_cell_is_the_mean_of_exact_labels(synthetic_master, task) -> None:
    train, ids = synthetic_master.splits["train"], synthetic_master.splits["test"]["row_id"]
    labels = tasks.load(task).labels(train, families.load("tfim_1d"), SPEC.size)
    given = Answer(ids, np.tile(labels[:N].mean(axis=0), (len(ids), 1)).astype(np.float32))
    key = CellKey(*cell(synthetic_master, task)[:3], 0)
    report = one(synthetic_master, key, given)
    assert report.metrics["skill"].value == pytest.approx(0.0, abs=1e-6)
    assert abs(one(synthetic_master, key._replace(n=N + 1), given).metrics["skill"].value) > 1e-3


def test_reference_of_a_transfer_is_that_of_the_config_that_is_answered(synthetic_master) -> None:
    """As many rows and shots there as it learnt from; where there are fewer, no skill is known."""
    key, given = cell(synthetic_master), answer(synthetic_master, shift=0.3)
    away = key._replace(track="from:tfim_1d_n016")
    assert one(synthetic_master, away, given) == one(synthetic_master, key, given)
    submission = Submission(metadata(), {away: given, key: given})
    details = {
        report.key: report.details
        for report in evaluate(submission, synthetic_master.public, synthetic_master.private)
    }
    assert details[key]["floor"] > 0
    assert details[away]["floor"] is None
    for change in ({"n": 13}, {"shots": 33}):
        metrics = one(synthetic_master, away._replace(**change), given).metrics
        assert metrics["skill"].value is None
        assert metrics["rmse"].value == pytest.approx(0.3, abs=1e-6)


def test_phases_against_names(phase_folder) -> None:
    data, key = phase_folder, cell(phase_folder, "phase", shots=4)
    given = answer_of_classes(data)
    values = {name: v.value for name, v in one(data, key, given).metrics.items()}
    ones = dict.fromkeys(("accuracy", "macro_f1", "accuracy_clear"), 1.0)
    assert values == pytest.approx(ones, rel=1e-14)
    wrong = given.prediction.copy()
    wrong[0] = next(name for name in ("ordered", "paramagnetic") if name != wrong[0])
    report = one(data, key, Answer(given.row_id, wrong), public=False)
    assert report.metrics["accuracy"].value == pytest.approx(0.9, rel=1e-14)
    margins = data.splits["test"]["phase_margin"]
    clear = margins >= 0.05
    expected = (clear[1:].sum()) / clear.sum()
    assert report.metrics["accuracy_clear"].value == pytest.approx(expected, rel=1e-14)
    assert report == score(wrong, exact(data, "phase"), "phase", margins=margins)


def answer_of_classes(data) -> Answer:
    return Answer(data.splits["test"]["row_id"], exact(data, "phase"))


def test_agrees_with_score_on_arrays(synthetic_master) -> None:
    key, given = cell(synthetic_master, "renyi2"), answer(synthetic_master, "renyi2", shift=0.1)
    report = one(synthetic_master, key, given, public=False)
    assert report == score(given.prediction, exact(synthetic_master, "renyi2"), "renyi2")
    assert report.metrics["skill"].value is None


def test_cells_come_sorted(synthetic_master) -> None:
    keys = [cell(synthetic_master, task, n=n) for task in TASKS for n in (5, 3)]
    cells = {key: answer(synthetic_master, key.task) for key in keys}
    reports = evaluate(
        Submission(metadata(), cells), synthetic_master.public, synthetic_master.private
    )
    assert [r.key for r in reports] == sorted(keys)
    assert reports[0].to_json()["n"] == 3


def test_folders_of_different_builds(synthetic_master, tmp_path) -> None:
    other = make_folder(tmp_path, replace(SPEC, seed=8))
    submission = Submission(metadata(), {cell(synthetic_master): answer(synthetic_master)})
    with pytest.raises(RequestError, match="hold different builds of tfim_1d_n008"):
        evaluate(submission, synthetic_master.public, other.private)


def test_public_folder_has_no_labels_to_score_with(synthetic_master) -> None:
    submission = Submission(metadata(), {cell(synthetic_master): answer(synthetic_master)})
    with pytest.raises(RequestError, match="no label 'correlation'"):
        evaluate(submission, None, synthetic_master.public)


def test_rows_that_were_not_validated(synthetic_master) -> None:
    given = answer(synthetic_master)
    submission = Submission(
        metadata(), {cell(synthetic_master): Answer(given.row_id[1:], given.prediction[1:])}
    )
    with pytest.raises(RequestError, match="not exactly the test rows"):
        evaluate(submission, None, synthetic_master.private)
