"""The error that sampling leaves."""

import numpy as np
import pytest

from leaderboard.kinds.floor import parametric_floor


def test_least_squares_reaches_the_parametric_floor() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 12))
    inverse = np.linalg.pinv(x)
    noise = 0.5 * rng.normal(size=(400, 300))
    error = np.sqrt(np.mean((x @ (inverse @ noise.T)) ** 2))
    # 400 draws of 12 weights: a mean square known to sqrt(2/4800) = 2 %, a root to 1 %.
    assert error == pytest.approx(parametric_floor(0.25, 12, 300), rel=0.03)


@pytest.mark.parametrize("given", [(1.0, 5.0, 4), (1.0, -1.0, 4), (-1.0, 1.0, 4)])
def test_impossible_numbers_are_refused(given: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="values="):
        parametric_floor(*given)
