"""Metrics and the mean losses that they are functions of: the way there and back."""

import numpy as np
import pytest

from leaderboard import tasks
from leaderboard.kinds import binary_metrics, class_metrics, cut_shares, errors, stated_spread
from leaderboard.kinds.binary_metrics import Tally
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.class_metrics import Outcomes
from leaderboard.kinds.cut_shares import Shares
from leaderboard.kinds.errors import RMSE, SQUARED, Errors
from leaderboard.kinds.metrics import Metric, UndefinedError, complement, same

MODULES = (errors, class_metrics, binary_metrics, stated_spread, cut_shares)
EVERY = {
    (module.__name__.rsplit(".", 1)[1], metric.name): metric
    for module in MODULES
    for metric in vars(module).values()
    if isinstance(metric, Metric)
}
PAIRED = [metric for metric in EVERY.values() if metric.is_paired]
ROWS = 40


def evidence(metric: Metric) -> Errors | Outcomes | Tally | Shares:
    """Some of the kind that the metric takes, in blocks of different size."""
    rng = np.random.default_rng(3)
    blocks = Blocks(np.array([7, 1, 20, 12]))
    module = next(where for where, name in EVERY if EVERY[where, name] is metric)
    if module == "class_metrics":
        names = rng.choice(["a", "b"], (2, ROWS))
        return Outcomes.of(names[0], names[1], None, blocks)
    if module == "binary_metrics":
        chances, exact = rng.random((ROWS, 2)), rng.random((ROWS, 2)) < 0.4
        return Tally(chances > 0.5, exact, chances, blocks)
    if module == "cut_shares":
        shares = np.sort(rng.random((4, ROWS)), axis=0)
        return Shares(shares[2], shares[0], shares[1], shares[3], blocks)
    labels = rng.normal(size=(ROWS, 3))
    given = labels + rng.normal(size=labels.shape)
    return Errors(given, labels, np.ones(3, dtype=bool), labels.mean(axis=0), blocks)


def test_which_metrics_have_a_paired_test() -> None:
    assert {metric.name for metric in PAIRED} == {
        *("rmse", "mae", "accuracy", "error_rate", "brier", "log_loss", "ratio"),
    }
    assert all(task.ranking.is_paired for task in map(tasks.load, tasks.names()))


@pytest.mark.parametrize("metric", PAIRED, ids=lambda metric: metric.name)
def test_way_there_and_back(metric: Metric) -> None:
    losses = np.array([0.0, 1e-8, 0.003, 0.25, 0.5, 0.999])
    # 1 − x loses what lies below the rounding of 1.
    assert metric.loss_of(metric.value_of(losses)) == pytest.approx(losses, rel=1e-12, abs=2e-16)
    # Lower losses are better, by the metric's own direction.
    steps = np.diff(metric.value_of(losses))
    assert ((steps > 0) if metric.better == "lower" else (steps < 0)).all()


@pytest.mark.parametrize("metric", PAIRED, ids=lambda metric: metric.name)
def test_the_metric_is_that_function_of_its_own_loss(metric: Metric) -> None:
    known = evidence(metric)
    weights = np.vstack([known.blocks.equal, known.blocks.resamples(5, 0)])
    own = metric.loss.own(known)
    assert own.shape == (4,)
    assert metric.function(known, weights) == pytest.approx(metric.value_of(weights @ own))
    assert metric.loss.reference(known).shape == (4,)


def test_a_metric_checks_itself() -> None:
    tie = {"function": errors.rmse, "better": "lower", "meaning": "m"}
    with pytest.raises(ValueError, match="given together or not"):
        Metric("m", **tie, loss=SQUARED, of_loss=np.sqrt)
    with pytest.raises(ValueError, match=r"to_loss\(of_loss"):
        Metric("m", **tie, loss=SQUARED, of_loss=np.sqrt, to_loss=same)
    with pytest.raises(ValueError, match="has a direction"):
        Metric("m", **(tie | {"better": "neither"}), loss=SQUARED, of_loss=same, to_loss=same)


def test_a_metric_without_a_tie_says_so() -> None:
    with pytest.raises(UndefinedError, match="macro_f1 is no function of a mean loss"):
        class_metrics.MACRO_F1.value_of(np.array(0.1))
    assert class_metrics.MACRO_F1.unpaired
    assert RMSE.unpaired == ""


def test_titles() -> None:
    assert [m.title for m in (RMSE, class_metrics.MACRO_F1)] == ["RMSE", "Macro F1"]
    assert EVERY["errors", "skill_x"].title == "Skill X"
    assert stated_spread.COVERAGE.title == "Coverage"


@pytest.mark.parametrize("better", ["", "up", None])
def test_a_metric_without_a_direction_is_refused(better) -> None:
    with pytest.raises(ValueError, match=r"mine: self\.better=.*'lower', 'higher', 'neither'"):
        Metric("mine", lambda *_: np.zeros(1), better, "nothing")


@pytest.mark.parametrize(
    ("better", "tie"), [("higher", same), ("lower", complement), ("higher", np.sqrt)]
)
def test_a_direction_that_its_loss_denies_is_refused(better, tie) -> None:
    back = {np.sqrt: np.square}.get(tie, tie)
    with pytest.raises(ValueError, match=r"it (grows|does not grow) with the loss"):
        Metric("mine", lambda *_: np.zeros(1), better, "x", "Mine", SQUARED, tie, back)
