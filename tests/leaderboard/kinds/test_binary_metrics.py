"""Metrics of bits and probabilities against values worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from builders.core.errors import RequestError
from leaderboard.kinds.binary import Binary
from leaderboard.kinds.binary_metrics import (
    BRIER,
    CLIP,
    ERROR_RATE,
    LOG_LOSS,
    SKILL,
    Tally,
    brier,
    error_rate,
    log_loss,
    skill,
    wilson,
)
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.lines import under_gain
from leaderboard.kinds.metrics import UndefinedError
from leaderboard.scoring.score import score

FLIPS = Binary(
    name="phase",
    title="Flips",
    label="phase",
    unit="1",
    meaning="whether a bit is flipped",
    metrics=(ERROR_RATE, BRIER, LOG_LOSS, SKILL),
    primary="error_rate",
    lines=(under_gain("majority", "the more common bit", ERROR_RATE, SKILL),),
)
EXACT = np.array([[1, 0], [0, 0], [1, 1], [0, 0]], dtype=bool)


def tally(chances: list[list[float]]) -> Tally:
    given = np.array(chances)
    return Tally(given > 0.5, EXACT, given, Blocks.of(4))


# Rows 0 and 3 are right, 1 has one wrong bit, 2 has two; in row 3 a half stands for 0.
ANSWER = [[0.9, 0.2], [0.6, 0.1], [0.3, 0.4], [0.5, 0.0]]


def test_a_row_is_wrong_if_any_bit_is() -> None:
    assert error_rate(tally(ANSWER), Blocks.of(4).equal) == pytest.approx([0.5], rel=1e-14)


def test_brier_by_hand() -> None:
    # Rows: (.01 + .04)/2, (.36 + .01)/2, (.49 + .36)/2, (.25 + 0)/2.
    expected = (0.05 + 0.37 + 0.85 + 0.25) / 8
    assert brier(tally(ANSWER), Blocks.of(4).equal) == pytest.approx([expected], rel=1e-14)


def test_log_loss_by_hand() -> None:
    right = [0.9, 0.8, 0.4, 0.9, 0.3, 0.4, 0.5, 1.0]
    expected = -sum(math.log(min(p, 1 - CLIP)) for p in right) / 8
    assert log_loss(tally(ANSWER), Blocks.of(4).equal) == pytest.approx([expected], rel=1e-12)


def test_log_loss_of_a_sure_and_wrong_answer_is_clipped() -> None:
    sure = Tally(~EXACT, EXACT, (~EXACT).astype(float), Blocks.of(4))
    assert log_loss(sure, Blocks.of(4).equal) == pytest.approx([-math.log(CLIP)], rel=1e-12)


def test_skill_is_measured_against_the_more_common_bits() -> None:
    # Bit 0 is 1 in half of the rows, and then 0 is taken; bit 1 is 0 in three. 0, 0 is right twice.
    assert tally(ANSWER).majority_wrong.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert skill(tally(ANSWER), Blocks.of(4).equal) == pytest.approx([0.0], abs=1e-14)
    right = Tally(EXACT, EXACT, None, Blocks.of(4))
    assert skill(right, Blocks.of(4).equal) == [1.0]
    same = Tally(EXACT[1:2], EXACT[1:2], None, Blocks.of(1))
    with pytest.raises(UndefinedError, match="the majority answer has no error"):
        skill(same, Blocks.of(1).equal)


def test_bits_have_no_probabilities() -> None:
    bits = Tally(EXACT, EXACT, None, Blocks.of(4))
    for metric in (brier, log_loss):
        with pytest.raises(UndefinedError, match="needs probabilities"):
            metric(bits, Blocks.of(4).equal)


def test_wilson_by_hand() -> None:
    # 0 of 10: z²/(n + z²) with z² = 3.8415; 5 of 10: ½ ± ½ z / sqrt(n + z²).
    assert wilson(0.0, 10) == (pytest.approx(0.0, abs=1e-15), pytest.approx(0.277533, abs=1e-6))
    assert wilson(0.5, 10) == pytest.approx((0.236593, 0.763407), abs=1e-6)
    assert wilson(1.0, 10)[1] == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("rate", [0.0002, 0.01, 0.3])
def test_interval_of_the_error_rate_covers(rate: float) -> None:
    """10⁴ shots in blocks: of 300 draws 95 % hold the rate, 285 with a deviation of 3.8. Wilson's
    interval stays near that where two errors are expected and a bootstrap often has none.
    """
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(300):
        exact = np.zeros((10_000, 1), dtype=bool)
        wrong = Tally(rng.random((10_000, 1)) < rate, exact, None, Blocks.of(10_000, most=500))
        low, high = ERROR_RATE.interval(wrong)
        held += low <= rate <= high
    assert 267 <= held <= 300


def test_rows_that_belong_together_are_drawn_again() -> None:
    grouped = Blocks.of(8, np.repeat([0, 1, 2, 3], 2))
    exact = np.zeros((8, 1), dtype=bool)
    assert ERROR_RATE.interval(Tally(exact, exact, None, grouped)) is None


def test_score_of_bits_and_of_probabilities() -> None:
    rng = np.random.default_rng(9)
    labels = rng.random(4000) < 0.3
    bits = np.where(rng.random(4000) < 0.9, labels, ~labels)
    report = score(bits, labels, FLIPS)
    assert list(report.metrics) == ["error_rate", "brier", "log_loss", "skill"]
    rate = (bits != labels).mean()
    value = report.metrics["error_rate"]
    assert value.value == pytest.approx(rate)
    assert (value.low, value.high) == pytest.approx(wilson(rate, 4000))
    assert report.metrics["brier"].value is None
    assert "the answers are bits" in report.metrics["brier"].note
    assert score(bits.astype(np.uint8), labels.astype(int), FLIPS) == report
    chances = np.where(bits, 0.8, 0.1)
    told = score(chances, labels, FLIPS).metrics
    assert told["error_rate"].value == value.value
    assert told["brier"].low < told["brier"].value < told["brier"].high
    # Two columns of the same bits: a row is wrong as before.
    both = score(np.stack([bits, bits], 1), np.stack([labels, labels], 1), FLIPS)
    assert both.metrics["error_rate"] == value


def test_intervals_of_many_rows_are_those_of_single_rows() -> None:
    """60000 shots are scored in 5000 blocks; the bootstrap over rows is drawn here by hand."""
    rng = np.random.default_rng(10)
    labels = rng.random(60_000) < 0.2
    chances = np.clip(np.where(labels, 0.7, 0.2) + rng.normal(0, 0.1, 60_000), 0, 1)
    found = score(chances, labels, FLIPS).metrics["brier"]
    rows = (chances - labels) ** 2
    half = 1.96 * rows.std() / np.sqrt(60_000)
    assert found.value == pytest.approx(rows.mean())
    # Two quantiles of 1000 resamples have a standard error of about 4 % each.
    assert found.high - found.low == pytest.approx(2 * half, rel=0.15)


@pytest.mark.parametrize(
    ("predictions", "labels", "words"),
    [
        ([0.5, 1.5], [0, 1], r"1 rows that are no probabilities, 0 to 1, first \[1\]"),
        ([0.5, math.nan], [0, 1], "1 rows that are no probabilities"),
        ([0, 2], [0, 1], r"predictions have 1 rows that are not 0 or 1, first \[1\]"),
        ([0, 1], [0, 3], "labels have 1 rows that are not 0 or 1"),
        ([0, 1, 1], [0, 1], r"predictions have shape \(3, 1\), labels \(2, 1\)"),
        (["a", "b"], [0, 1], "bits or probabilities"),
        ([0, 1], ["a", "b"], "labels are <U1"),
    ],
)
def test_refusals(predictions, labels, words) -> None:
    with pytest.raises(RequestError, match=words):
        score(predictions, labels, FLIPS)


def test_bits_are_refused_where_probabilities_rank() -> None:
    by_brier = replace(FLIPS, primary="brier", lines=())
    with pytest.raises(RequestError, match="predictions are bits; brier needs probabilities"):
        score([0, 1], [0, 1], by_brier)
    report = score([0.2, 0.7], [0, 1], by_brier)
    assert report.losses.mean == pytest.approx((0.04 + 0.09) / 2)
