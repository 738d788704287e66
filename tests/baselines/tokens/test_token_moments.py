"""Moments of drawn shots, for states whose conditional probabilities are known exactly."""

import numpy as np
import pytest

from baselines.tokens.token_moments import correlation, pair_purity
from baselines.tokens.token_sampling import DrawnShadows
from builders.shadows.estimators import shadow_correlation
from builders.solvers.exact.state_vector import StateVector
from tests.builders.small_states import ground_state, token_probabilities

SITES, SHOTS = 4, 4000


def exact_sample(state: StateVector, seed: int, shots: int = SHOTS) -> DrawnShadows:
    """Shots of a state, and what quantum mechanics expects of a site given those before."""
    tokens = state.sample(shots, np.random.default_rng(seed))
    p = token_probabilities(state)[1].reshape((6,) * state.n_sites)
    means = np.empty((shots, state.n_sites, 3))
    for site in range(state.n_sites):
        here = p.sum(axis=tuple(range(site + 1, state.n_sites)))
        here = here[tuple(tokens[:, :site].T)] if site else np.broadcast_to(here, (shots, 6))
        up, down = here[:, ::2], here[:, 1::2]
        means[:, site] = (up - down) / (up + down)
    return DrawnShadows(tokens.astype(np.int64), means)


STATES = {
    "tfim": ground_state("tfim_1d", SITES, 1),
    "xxz": ground_state("xxz_1d", SITES, 2),
    "product": StateVector(0.0, 0.0, 1.0, np.full(16, 0.25)),
}


@pytest.mark.parametrize("name", STATES)
def test_correlations_are_those_of_the_state(name: str) -> None:
    state = STATES[name]
    found = correlation(exact_sample(state, seed=0))
    # A basis contributes 3 z (rest of m), of variance 3 at most; the mean of three of them, 1.
    np.testing.assert_allclose(found, state.correlation(), atol=4 / np.sqrt(SHOTS))


@pytest.mark.parametrize("name", STATES)
def test_purities_are_those_of_the_state(name: str) -> None:
    state = STATES[name]
    found = pair_purity(exact_sample(state, seed=0))
    # The error is ½ Σ ⟨PQ⟩ δ_PQ with Var δ ≤ 4/S; Σ |⟨PQ⟩| ≤ √15 √(4·purity − 1) ≤ √45.
    atol = 4 * 0.5 * np.sqrt(45.0) * np.sqrt(4 / SHOTS) / np.sqrt(15)
    np.testing.assert_allclose(found, 2.0 ** -state.renyi2(), atol=atol)


def test_a_product_state_is_known_without_noise() -> None:
    """Nothing is learnt from an outcome: every mean is exact, and so is their product."""
    sample = exact_sample(STATES["product"], seed=0, shots=50)
    np.testing.assert_allclose(correlation(sample), np.full((4, 4), 1 / 3) + np.eye(4) * 2 / 3)


def test_less_noise_than_the_shadow_of_the_same_shots() -> None:
    state, exact = STATES["tfim"], STATES["tfim"].correlation()
    samples = [exact_sample(state, seed=s, shots=100) for s in range(40)]
    ours = np.mean([(correlation(s) - exact) ** 2 for s in samples])
    shadows = np.mean([(shadow_correlation(s.tokens) - exact) ** 2 for s in samples])
    # (3 − C²)/M against means given the outcomes before, which hardly move in a paramagnet.
    assert ours < 0.1 * shadows
