"""Decoders judged: errors a shot and a round with intervals, and McNemar's test between them."""

from math import comb, sqrt

import numpy as np
import pytest

from builders.core.names import Size
from leaderboard import tasks
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks, Losses
from leaderboard.kinds.truth import Truth
from leaderboard.scoring.paired import flip_p, mcnemar_p, pair_p, standing, weighted
from leaderboard.scoring.score import report_of, score
from leaderboard.tasks.decoding import a_round

TASK = tasks.load("decoding")
RNG = np.random.default_rng(4)


def test_errors_a_round_multiply_to_those_of_a_shot() -> None:
    """r rounds that flip with probability q each: (1 − (1 − 2q)^r)/2 is odd."""
    for rounds, q in ((1, 0.2), (3, 0.0059), (25, 0.01)):
        shot = 0.5 * (1 - (1 - 2 * q) ** rounds)
        assert a_round(shot, rounds) == pytest.approx(q)
    assert a_round(0.5, 7) == a_round(0.7, 7) == 0.5
    # 20 of 1000 shots of 3 rounds by hand: (1 − .96^(1/3))/2.
    assert a_round(0.02, 3) == pytest.approx(0.0067575, abs=1e-6)


def reported(wrong: int, rows: int, size: Size | None) -> dict[str, tuple[float, float, float]]:
    exact = RNG.random(rows) < 0.3
    given = exact.copy()
    given[:wrong] ^= True
    truth = Truth(exact, np.arange(rows), Blocks.of(rows), size=size)
    report = report_of(TASK, TASK.evidence(Answer(truth.row_id, given), truth))
    return {name: (v.value, v.low, v.high) for name, v in report.metrics.items()}


def test_intervals_are_binomial_and_the_rounds_those_of_the_config() -> None:
    size = Size(5, letter="d", rounds=10)
    found = reported(40, 20_000, size)
    value, low, high = found["logical_error"]
    z, p, n = 1.959964, 0.002, 20_000
    middle, half = (p + z**2 / 2 / n), z * sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
    assert value == pytest.approx(p)
    assert (low, high) == pytest.approx(((middle - half) / (1 + z**2 / n),
                                         (middle + half) / (1 + z**2 / n)), rel=1e-5)  # fmt: skip
    assert found["logical_error_round"] == pytest.approx(
        tuple(a_round(x, 10) for x in (value, low, high))
    )
    of_five = reported(40, 20_000, Size(5, letter="d"))["logical_error_round"]
    assert of_five[0] == pytest.approx(a_round(p, 5))


def test_plain_arrays_have_no_rounds() -> None:
    report = score(np.array([True, False]), np.array([True, True]), TASK)
    assert report.metrics["logical_error"].value == 0.5
    assert "rounds" in report.metrics["logical_error_round"].note


@pytest.mark.parametrize(("b", "c"), [(0, 0), (0, 5), (3, 9), (20, 31), (7, 7)])
def test_mcnemar_is_the_sum_of_binomials(b: int, c: int) -> None:
    tail = sum(comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c)
    assert mcnemar_p(b, c) == pytest.approx(min(1.0, 2 * tail), rel=1e-12)
    assert mcnemar_p(c, b) == mcnemar_p(b, c)


def test_sign_flips_of_rows_are_mcnemars_test() -> None:
    """What is drawn there is counted here: 4999 draws leave an error of √(p(1 − p)/4999)."""
    first, second = RNG.random(400) < 0.05, RNG.random(400) < 0.08
    one, other = (Losses.of_rows(x.astype(np.float64)) for x in (first, second))
    exact = mcnemar_p(int((first & ~second).sum()), int((second & ~first).sum()))
    (drawn,) = flip_p((weighted(one) - weighted(other))[None])
    assert abs(drawn - exact) < 5 * sqrt(exact * (1 - exact) / 4999)


def test_single_rows_stay_known_in_blocks_and_in_the_store() -> None:
    rows = 30_011
    first = RNG.random(rows) < 0.01
    second = first ^ (RNG.random(rows) < 0.0005)
    one, other = (Losses.of_wrong(x, Blocks.of(rows)) for x in (first, second))
    counts = (int((first & ~second).sum()), int((second & ~first).sum()))
    assert one.discordant(other) == counts
    back = Losses.from_bytes(one.to_bytes())
    assert back.discordant(other) == counts
    assert back.blocks == one.blocks
    assert np.array_equal(back.values, one.values)
    assert len(one.to_bytes()) < rows / 8
    assert pair_p([one], [other]) == [mcnemar_p(*counts)]
    # Rows that belong together are no coins: blocks of them are compared.
    groups = Blocks.of(rows, np.arange(rows) // 7)
    assert Losses.of_wrong(first, groups).discordant(Losses.of_wrong(second, groups)) is None
    assert standing([one, other], TASK.ranking).p_above[1] == mcnemar_p(*counts)
