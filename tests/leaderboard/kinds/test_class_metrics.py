"""Metrics of classes against values worked out by hand, and against scikit-learn."""

import numpy as np
import pytest

from builders.core.errors import RequestError
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.class_metrics import (
    CLEAR_MARGIN,
    WRONG,
    Outcomes,
    accuracy,
    accuracy_clear,
    macro_f1,
)
from leaderboard.kinds.metrics import UndefinedError
from leaderboard.scoring.score import score


def equal(rows: int) -> np.ndarray:
    return Blocks.of(rows).equal


LABELS = np.array(["a", "a", "a", "b", "b"])
PREDICTIONS = np.array(["a", "a", "b", "b", "c"])
MARGINS = np.array([0.3, 0.01, 0.2, CLEAR_MARGIN, 0.0])


def outcomes(margins: np.ndarray | None = None) -> Outcomes:
    return Outcomes.of(PREDICTIONS, LABELS, margins)


def test_accuracy_by_hand() -> None:
    assert accuracy(outcomes(), equal(5)) == pytest.approx([3 / 5], rel=1e-14)


def test_macro_f1_by_hand() -> None:
    # a: TP 2, FP 0, FN 1: 4/5. b: TP 1, FP 1, FN 1: 2/4. c: TP 0, FP 1: 0.
    assert macro_f1(outcomes(), equal(5)) == pytest.approx([1.3 / 3], rel=1e-14)


def test_accuracy_away_from_the_boundary_by_hand() -> None:
    # Rows 0, 2 and 3 are clear, the last of them just so; row 2 is wrong.
    found = accuracy_clear(outcomes(MARGINS), equal(5))
    assert found == pytest.approx([2 / 3], rel=1e-14)


def test_accuracy_away_from_the_boundary_without_a_value() -> None:
    with pytest.raises(UndefinedError, match="margins of the rows"):
        accuracy_clear(outcomes(), equal(5))
    with pytest.raises(UndefinedError, match=r"no row with a margin of at least 0\.05"):
        accuracy_clear(outcomes(np.full(5, 0.049)), equal(5))
    only_last = np.array([[0.0, 0.0, 0.0, 0.0, 1.0]])
    assert np.isnan(accuracy_clear(outcomes(MARGINS), only_last)).all()


def test_weights_are_repeated_rows() -> None:
    rng = np.random.default_rng(5)
    labels, predictions = rng.choice(["x", "y", "z"], (2, 12))
    margins = rng.uniform(0, 0.1, 12)
    counts = rng.multinomial(12, np.full(12, 1 / 12), size=3)
    every = Outcomes.of(predictions, labels, margins)
    for metric in (accuracy, macro_f1, accuracy_clear):
        weighted = metric(every, counts / 12)
        for value, count in zip(weighted, counts, strict=True):
            rows = np.repeat(np.arange(12), count)
            alone = Outcomes.of(predictions[rows], labels[rows], margins[rows])
            assert value == pytest.approx(metric(alone, equal(12))[0], rel=1e-13)


def test_macro_f1_is_the_usual_one() -> None:
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(8)
    for _ in range(5):
        labels, predictions = rng.choice(["p", "q", "r", "s"], (2, 9))
        expected = sklearn_metrics.f1_score(labels, predictions, average="macro")
        found = macro_f1(Outcomes.of(predictions, labels), equal(9))
        assert found == pytest.approx([expected], rel=1e-13)


def test_score_gives_values_and_intervals() -> None:
    rng = np.random.default_rng(9)
    labels = rng.choice(["a", "b"], 400)
    predictions = np.where(rng.random(400) < 0.8, labels, "a")
    report = score(predictions, labels, "phase", margins=rng.uniform(0, 0.2, 400))
    assert list(report.metrics) == ["accuracy", "macro_f1", "accuracy_clear"]
    value = report.metrics["accuracy"]
    share = (predictions == labels).mean()
    # Binomial: two quantiles of 1000 resamples have a standard error of about 4 % each.
    assert value.value == pytest.approx(share)
    assert value.high - value.low == pytest.approx(
        2 * 1.96 * np.sqrt(share * (1 - share) / 400), rel=0.15
    )
    without = score(predictions, labels, "phase").metrics["accuracy_clear"]
    assert without.value is None
    assert "margins" in without.note


@pytest.mark.parametrize(
    ("predictions", "labels", "margins", "words"),
    [
        (["a"], ["a", "b"], None, r"predictions have shape \(1,\), labels \(2,\)"),
        ([0, 1], ["a", "b"], None, "names of classes"),
        ([["a", "b"]], ["a", "b"], None, "names of classes"),
        ([], [], None, r"labels have shape \(0,\); one row"),
        (["a", "b"], ["a", "b"], [0.1], r"margins have shape \(1,\)"),
    ],
)
def test_refusals(predictions, labels, margins, words) -> None:
    with pytest.raises(RequestError, match=words):
        score(predictions, labels, "phase", margins=margins)


def test_losses_are_wrong_rows_and_the_reference_is_the_most_common_class() -> None:
    outcomes = Outcomes.of(np.array(["a", "b", "b", "c"]), np.array(["a", "b", "a", "a"]))
    assert WRONG.own(outcomes).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert WRONG.reference(outcomes).tolist() == [0.0, 1.0, 0.0, 0.0]
