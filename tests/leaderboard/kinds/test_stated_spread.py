"""Are stated deviations right? CRPS, coverage and width against values worked out by hand."""

import math

import numpy as np
import pytest

from builders.core.errors import RequestError
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.errors import Errors
from leaderboard.kinds.gaussian import Z95, erf, gaussian_crps
from leaderboard.kinds.metrics import UndefinedError
from leaderboard.kinds.stated_spread import STATED, coverage, crps, width
from leaderboard.scoring.score import score

EQUAL = Blocks.of(2).equal


def errors(apart: list[list[float]], std: list[list[float]]) -> Errors:
    given = np.array(apart)
    scored = np.array([True, True, False])
    return Errors(given, np.zeros_like(given), scored, None, Blocks.of(2), np.array(std))


def test_crps_of_a_gaussian_by_hand() -> None:
    # At its own mean: σ (2 φ(0) − 1/√π) = σ (√2 − 1)/√π.
    own = (math.sqrt(2.0) - 1.0) / math.sqrt(math.pi)
    assert gaussian_crps(np.array([0.0]), np.array([2.0])) == pytest.approx([2 * own], rel=1e-14)
    # σ → 0 leaves the absolute error; so does an error far beyond σ, less σ/√π.
    assert gaussian_crps(np.array([-0.3]), np.array([0.0])) == pytest.approx([0.3])
    far = 50.0 - 1.0 / math.sqrt(math.pi)
    assert gaussian_crps(np.array([50.0]), np.array([1.0])) == pytest.approx([far], rel=1e-12)


def test_crps_is_the_integral_that_defines_it() -> None:
    """∫ (F(x) − 1{x ≥ y})² dx, summed on a fine grid."""
    x = np.linspace(-12.0, 12.0, 480_001)
    for apart, std in ((0.7, 0.5), (-1.3, 1.1)):
        below = 0.5 * (1.0 + erf(x / (std * math.sqrt(2.0))))
        integral = ((below - (x >= apart)) ** 2).sum() * (x[1] - x[0])
        # The step at y is met to half a cell of 5e-5.
        assert gaussian_crps(np.array([apart]), np.array([std])) == pytest.approx(
            [integral], abs=5e-5
        )


def test_crps_coverage_and_width_by_hand() -> None:
    # The third entry is not scored.
    some = errors([[0.0, 1.9, 9.0], [-2.0, 0.5, 9.0]], [[1.0, 1.0, 0.1], [1.0, 0.0, 0.1]])
    assert coverage(some, EQUAL) == pytest.approx([2 / 4])
    assert width(some, EQUAL) == pytest.approx([2 * Z95 * 3 / 4])
    parts = gaussian_crps(np.array([0.0, 1.9, -2.0]), np.ones(3)).sum() + 0.5
    assert crps(some, EQUAL) == pytest.approx([parts / 4])


def test_without_deviations_they_have_no_value() -> None:
    plain = Errors.of(np.zeros((2, 1)), np.zeros((2, 1)), np.ones(1, dtype=bool))
    for metric in STATED:
        with pytest.raises(UndefinedError, match="was not stated"):
            metric.function(plain, EQUAL)


def test_a_right_deviation_covers_95_percent_and_has_the_least_crps() -> None:
    rng = np.random.default_rng(0)
    labels = rng.normal(size=(400, 10))
    given = labels + rng.normal(0, 0.2, labels.shape)
    found = {s: score(given, labels, "renyi2", std=np.full(400, s)) for s in (0.1, 0.2, 0.4)}
    right = found[0.2].metrics
    # 4000 entries: a standard error of .0034.
    assert right["coverage"].value == pytest.approx(0.95, abs=0.014)
    assert right["width"].value == pytest.approx(2 * Z95 * 0.2)
    for wrong in (0.1, 0.4):
        assert found[wrong].metrics["crps"].value > right["crps"].value
    assert right["rmse"] == score(given, labels, "renyi2").metrics["rmse"]


def test_a_report_has_them_only_if_deviations_are_given() -> None:
    labels = np.zeros((3, 4))
    plain = score(labels + 0.1, labels, "renyi2")
    assert list(plain.metrics) == ["rmse", "rmse_entrywise", "skill", "skill_x"]
    for std in (np.ones(3), np.ones((3, 1)), np.ones((3, 4))):
        stated = score(labels + 0.1, labels, "renyi2", std=std)
        assert list(stated.metrics)[4:] == ["crps", "coverage", "width"]


@pytest.mark.parametrize(
    ("std", "words"),
    [
        (np.ones(2), r"std has shape \(2,\)"),
        (np.ones((3, 2)), "std has 2 values a row"),
        (np.full(3, -0.1), "std has 3 rows that are negative"),
        (np.full(3, np.nan), "std have 3 rows that are not finite"),
        ("x", "std"),
    ],
)
def test_refusals(std, words) -> None:
    with pytest.raises(RequestError, match=words):
        score(np.zeros((3, 4)), np.zeros((3, 4)), "renyi2", std=std)
