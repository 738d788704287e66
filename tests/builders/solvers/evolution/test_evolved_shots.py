"""Shots of complex matrix product states against the probabilities of all outcomes."""

import numpy as np
import pytest

from builders.physics.evolution_settings import EvolutionSettings
from builders.solvers.evolution.product_states import product_state
from builders.solvers.evolution.tebd import evolve
from builders.solvers.mps.sampling import sample_shots
from tests.builders.small_states import token_probabilities
from tests.builders.solvers.evolution.small_evolutions import amplitudes, drawn
from tests.builders.solvers.mps.test_sampling_aer import CHANCE, SHOTS, counts, goodness_of_fit


@pytest.mark.parametrize(
    ("family", "start", "n", "conserved"),
    [("xxz_1d", "neel", 4, True), ("tfim_1d", "all_up", 3, False)],
)
def test_outcomes_have_their_probabilities(
    family: str, start: str, n: int, conserved: bool
) -> None:
    initial = product_state(start, n, conserved=conserved)
    evolved = evolve(drawn(family, n, 2, seed=5), initial, [0.7], EvolutionSettings(8, 0.1))
    (state,) = evolved.states
    shots = sample_shots(state, SHOTS, [np.random.default_rng(seed) for seed in (1, 2)])
    for row in range(2):
        want = amplitudes(state, row)
        assert abs(want.vector.imag).max() > 0.1
        _, probabilities = token_probabilities(want)
        assert goodness_of_fit(counts(shots[row]), probabilities) > CHANCE
        # The complex conjugate state differs in the outcomes of Y alone, and the test sees it.
        _, mirrored = token_probabilities(type(want)(want.vector.conj()))
        assert goodness_of_fit(counts(shots[row]), mirrored) < CHANCE
