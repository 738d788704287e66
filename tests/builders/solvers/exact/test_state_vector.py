"""Labels of a state vector against dense operators, and its refusals."""

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.solvers.exact.state_vector import StateVector
from tests.builders.small_states import random_state, string


@pytest.mark.parametrize("paulis", ["X", "Y", "Z", "XY", "YY", "ZXY", "YYYY"])
def test_expectation_is_that_of_the_dense_operator(paulis: str) -> None:
    state = random_state(5, 1)
    sites = (3, 0, 4, 1)[: len(paulis)]
    want = (state.vector @ string(5, paulis, sites) @ state.vector).real
    assert state.expectation(paulis, sites) == pytest.approx(want, abs=1e-14)


def test_labels_of_a_random_state_against_other_formulas() -> None:
    """C from exchange, XX + YY + ZZ = 2·SWAP − 1; the purity from the 16 Paulis of a pair."""
    state = random_state(5, 3)
    tensor = state.vector.reshape((2,) * 5)
    for i, j in ((0, 1), (1, 4), (2, 3)):
        swap = (tensor * np.swapaxes(tensor, i, j)).sum()
        assert state.correlation()[i, j] == pytest.approx((2 * swap - 1) / 3, abs=1e-13)
    for a in range(4):
        total = 0.0
        for letters in (p + q for p in "IXYZ" for q in "IXYZ"):
            operator = string(5, letters, (a, a + 1))
            total += (state.vector @ operator @ state.vector).real ** 2
        assert state.renyi2()[a] == pytest.approx(-np.log2(total / 4), abs=1e-13)


def test_expectation_refuses_bad_strings() -> None:
    state = random_state(3, 0)
    for paulis, sites in (("XA", (0, 1)), ("X", (0, 1)), ("XX", (1, 1)), ("Z", (3,))):
        with pytest.raises(RequestError):
            state.expectation(paulis, sites)


@pytest.mark.parametrize("vector", [np.ones(4), np.ones(3) / np.sqrt(3), np.eye(2), np.ones(1)])
def test_a_vector_that_is_no_state_is_refused(vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"norm|length"):
        StateVector(0.0, 0.0, 1.0, vector)


def test_sample_is_reproducible_and_independent_of_its_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = random_state(4, 2)
    tokens = state.sample(50, np.random.default_rng(3))
    assert tokens.dtype == np.uint8
    assert tokens.shape == (50, 4)
    monkeypatch.setattr("builders.solvers.exact.state_vector._CHUNK", 3 * 16)
    assert np.array_equal(tokens, state.sample(50, np.random.default_rng(3)))
    assert state.sample(0, np.random.default_rng(3)).shape == (0, 4)


def test_sample_of_a_product_state_is_certain_in_its_basis() -> None:
    """|0⟩|1⟩|+⟩: tokens Z0, Z1, X0 whenever the basis is that one, fair coins otherwise."""
    plus = np.array([1.0, 1.0]) / np.sqrt(2.0)
    vector = np.kron(np.kron([1.0, 0.0], [0.0, 1.0]), plus)
    tokens = StateVector(0.0, 0.0, 1.0, vector).sample(3000, np.random.default_rng(1))
    for site, (basis, bit) in enumerate([(2, 0), (2, 1), (0, 0)]):
        own = tokens[:, site] // 2 == basis
        assert (tokens[own, site] % 2 == bit).all()
        # About 2000 coins: 5 standard deviations are 5 · 0.5/sqrt(2000) = 0.056.
        assert abs((tokens[~own, site] % 2).mean() - 0.5) < 0.056
        assert abs(own.mean() - 1 / 3) < 5 * np.sqrt(2 / 9 / 3000)
