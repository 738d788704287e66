"""Numbers as tables show them."""

import pytest

from leaderboard.display.standing import interval, unsigned
from leaderboard.scoring.score import Value


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (-0.0004, "%.3f", "0.000"),
        (-0.0006, "%.3f", "-0.001"),
        (0.0004, "%.3f", "0.000"),
        (-0.0, "%.4f", "0.0000"),
    ],
)
def test_what_rounds_to_zero_has_no_sign(value, shown, expected) -> None:
    assert shown % unsigned(value, shown) == expected


def test_what_is_no_number_stays() -> None:
    assert unsigned(None, "%.3f") is None
    assert unsigned(3, "%.3f") == 3
    assert unsigned(-1e-9, None) == -1e-9


def test_the_ends_of_an_interval_are_told_from_signs() -> None:
    assert interval(Value(0.2, 0.1, 0.3)) == "0.1000 – 0.3000"
    assert interval(Value(0.0, -0.1, 0.1)) == "-0.1000 to 0.1000"
    assert interval(Value(0.0, -0.00001, 0.1)) == "0.0000 – 0.1000"
