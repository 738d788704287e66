"""Shots in the memory that is allowed for them."""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.solvers.dmrg.warm_starts import warm_start
from builders.solvers.mps import sampling
from builders.solvers.mps.sampling import sample_shots, shots_together


def test_shots_do_not_depend_on_how_many_walk_together(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Size(12)
    sector = families.load("xxz_1d").sector(size).choices()[0]
    state = warm_start("xxz_1d", size, 0, sector).rows([0, 0, 0])

    def drawn() -> np.ndarray:
        return sample_shots(state, 50, [np.random.default_rng(k) for k in range(3)])

    whole = drawn()
    assert shots_together(state) > 50
    monkeypatch.setattr(sampling, "BUDGET", sampling.BUDGET // (shots_together(state) // 7))
    assert 7 <= shots_together(state) < 10
    assert np.array_equal(drawn(), whole)
    monkeypatch.setattr(sampling, "BUDGET", 1)
    assert shots_together(state) == 1
    assert np.array_equal(drawn(), whole)
