"""The energy from shots: unbiased for every family's Hamiltonian."""

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.shadows.energy import shadow_energy
from tests.builders.small_states import drawn, ground_state, token_probabilities


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_1d", "xxz_1d", "rydberg_1d"])
def test_mean_over_all_outcomes_is_the_energy(family: str) -> None:
    """Every token string of four sites, weighted by its probability."""
    assert family in families.names()
    h, _, _ = drawn(family, 4, 2)
    state = ground_state(family, 4, 2)
    tokens, probability = token_probabilities(state)
    estimates = shadow_energy(tokens[:, None, :], [h] * len(tokens))
    assert probability @ estimates == pytest.approx(state.energy, rel=1e-5)  # float32 outcomes


def test_by_hand() -> None:
    """H = 2 Z_0 Z_1 − X_2: shots (Z0 Z1 X1), (Z0 Z0 Z0), (X0 Z0 X0)."""
    h = Hamiltonian(
        3, (PauliTerms("ZZ", np.array([[0, 1]]), np.array([2.0])),
            PauliTerms("X", np.array([[2]]), np.array([-1.0])))
    )  # fmt: skip
    shots = np.array([[4, 5, 1], [4, 4, 4], [0, 4, 0]], dtype=np.uint8)
    # 2·9·(−1 + 1 + 0)/3 − 3·(−1 + 0 + 1)/3 = 0; without the first shot 2·9·½ − 3·½ = 7.5.
    assert shadow_energy(shots, [h]) == pytest.approx(0.0)
    assert shadow_energy(shots, [h]).shape == ()
    assert shadow_energy(shots[None, 1:], [h]).tolist() == [7.5]


def test_weight_three_and_no_terms() -> None:
    h = Hamiltonian(3, (PauliTerms("ZXZ", np.array([[0, 1, 2]]), np.array([-1.0])),))
    assert shadow_energy(np.array([[4, 1, 4]], dtype=np.uint8), [h]) == pytest.approx(27.0)
    assert shadow_energy(np.array([[4, 1, 4]], dtype=np.uint8), [Hamiltonian(3, ())]) == 0.0


def test_refusals() -> None:
    shots = np.zeros((2, 3, 4), dtype=np.uint8)
    with pytest.raises(RequestError, match="2 rows of shots and 1 Hamiltonians"):
        shadow_energy(shots, [Hamiltonian(4, ())])
    with pytest.raises(RequestError, match=r"tokens 0\.\.7"):
        shadow_energy(shots + np.uint8(7) * (np.arange(4) == 1).astype(np.uint8), [h_of(4)] * 2)


def h_of(n: int) -> Hamiltonian:
    return Hamiltonian(n, (PauliTerms("Z", np.arange(n)[:, None], np.ones(n)),))
