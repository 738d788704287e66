"""Product states by name."""

import pytest

from builders.core.errors import RequestError
from builders.physics.initial_state import spins


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("all_up", [1, 1, 1, 1, 1]),
        ("neel", [1, -1, 1, -1, 1]),
        ("domain_wall", [1, 1, 1, -1, -1]),
    ],
)
def test_five_spins_by_hand(name: str, want: list[int]) -> None:
    assert spins(name, 5).tolist() == want
    assert spins(name, 4).tolist() == (want[:4] if name != "domain_wall" else [1, 1, -1, -1])


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RequestError, match="Did you mean 'neel'"):
        spins("neal", 4)
