"""Scores of arrays: a pure, light function with honest intervals."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import leaderboard
from builders.core.errors import RequestError
from leaderboard.scoring.score import score

ROOT = Path(leaderboard.__file__).parent.parent


@pytest.fixture
def arrays() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    labels = rng.normal(size=(30, 5))
    return labels + 0.1 * rng.normal(size=labels.shape), labels


def test_score_is_pure(arrays) -> None:
    predictions, labels = arrays
    before = predictions.copy(), labels.copy()
    np.random.seed(1)  # noqa: NPY002 - the global state must not matter
    first = score(predictions, labels, "renyi2", train_mean=np.zeros(5))
    np.random.seed(2)  # noqa: NPY002
    assert score(predictions, labels, "renyi2", train_mean=np.zeros(5)) == first
    np.testing.assert_array_equal(predictions, before[0])
    np.testing.assert_array_equal(labels, before[1])


def test_report_is_json(arrays) -> None:
    report = json.loads(json.dumps(score(*arrays, "renyi2").to_json()))
    assert report["task"] == "renyi2"
    assert report["rows"] == 30
    assert list(report["metrics"]) == ["rmse", "rmse_entrywise", "skill", "skill_x"]
    assert report["metrics"]["skill"]["value"] is None
    assert "training shots" in report["metrics"]["skill"]["note"]


def test_matrices_may_come_unflattened() -> None:
    rng = np.random.default_rng(5)
    labels, predictions = rng.normal(size=(2, 4, 3, 3))
    flat = score(predictions.reshape(4, 9), labels.reshape(4, 9), "correlation")
    assert score(predictions, labels, "correlation") == flat


def test_float32_predictions_are_scored_in_double(arrays) -> None:
    predictions, labels = arrays
    low = score(predictions.astype(np.float32), labels, "renyi2").metrics["rmse"].value
    high = score(predictions, labels, "renyi2").metrics["rmse"].value
    assert low == pytest.approx(high, rel=1e-5)  # float32 rounding 6e-8 of values near 1, error .1
    assert low != high


def test_intervals_are_those_of_a_plain_bootstrap(arrays) -> None:
    """The same resamples one by one, each scored as data of its own."""
    predictions, labels = arrays
    mean = np.full(5, 0.3)
    report = score(predictions, labels, "renyi2", train_mean=mean, bootstraps=50, seed=9)
    counts = np.random.default_rng(9).multinomial(30, np.full(30, 1 / 30), size=50)
    values = []
    for count in counts:
        rows = np.repeat(np.arange(30), count)
        values.append(((predictions - labels)[rows] ** 2, (labels - mean)[rows] ** 2))
    plain = {
        "rmse": [np.sqrt(own.mean()) for own, _ in values],
        "rmse_entrywise": [np.sqrt(own.mean(axis=0)).mean() for own, _ in values],
        "skill": [1 - own.mean() / other.mean() for own, other in values],
    }
    for name, sample in plain.items():
        low, high = np.quantile(sample, (0.025, 0.975))
        value = report.metrics[name]
        assert (value.low, value.high) == pytest.approx((low, high), rel=1e-12)


def test_interval_has_the_width_of_the_standard_error() -> None:
    """To first order sd(rmse) = sd(row MSE) / (2 rmse sqrt(R)).

    Two quantiles of 1000 resamples have a standard error of about 4 % each; 15 % is 3 of them.
    """
    rng = np.random.default_rng(6)
    errors = rng.normal(size=(400, 20))
    value = score(errors, np.zeros_like(errors), "renyi2").metrics["rmse"]
    rows = (errors**2).mean(axis=1)
    sd = rows.std() / (2 * value.value * np.sqrt(400))
    assert value.high - value.low == pytest.approx(2 * 1.96 * sd, rel=0.15)
    assert value.low < value.value < value.high


def test_one_row_has_no_interval() -> None:
    value = score([[1.0, 2.0]], [[1.0, 1.0]], "renyi2").metrics["rmse"]
    assert value.value == pytest.approx(0.5**0.5)
    assert (value.low, value.high) == (None, None)
    assert value.note


@pytest.mark.parametrize(
    ("predictions", "labels", "words"),
    [
        (np.zeros((3, 4)), np.zeros((3, 5)), r"predictions have shape \(3, 4\), labels \(3, 5\)"),
        (np.zeros((2, 4)), np.zeros((3, 4)), r"predictions have shape \(2, 4\)"),
        (np.array([[0.0], [np.nan]]), np.zeros((2, 1)), r"1 rows that are not finite, first \[1\]"),
        (np.zeros((2, 1)), np.array([[0.0], [np.inf]]), "labels have 1 rows"),
        (np.zeros((0, 4)), np.zeros((0, 4)), r"shape \(0, 4\)"),
        (np.zeros(4), np.zeros(4), r"\(rows, values\)"),
        ([["a"]], [[1.0]], "not an array of numbers"),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0]], "not an array of numbers"),
    ],
)
def test_refusals(predictions, labels, words) -> None:
    with pytest.raises(RequestError, match=words):
        score(predictions, labels, "renyi2")


def test_refusals_of_the_rest() -> None:
    good = np.zeros((2, 4))
    with pytest.raises(RequestError, match="Did you mean 'correlation'"):
        score(good, good, "corelation")
    with pytest.raises(RequestError, match="train_mean has 3 values, labels 4"):
        score(good, good, "renyi2", train_mean=np.zeros(3))
    with pytest.raises(RequestError, match="bootstraps 0"):
        score(good, good, "renyi2", bootstraps=0)
    with pytest.raises(RequestError, match="6 values is not a flattened"):
        score(np.zeros((2, 6)), np.zeros((2, 6)), "correlation")


def test_scoring_loads_no_heavy_package() -> None:
    code = """
import sys
import leaderboard, leaderboard.board.service, leaderboard.commands.score
assert leaderboard.score([[0.0], [1.0]], [[0.0], [0.0]], "renyi2").rows == 2
heavy = {"torch", "qiskit", "qiskit_aer", "streamlit", "sklearn", "datasets", "pandas", "scipy"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_public_names_are_all_there() -> None:
    for name in leaderboard.__all__:
        assert getattr(leaderboard, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        _ = leaderboard.nothing
