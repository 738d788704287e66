"""Evolved chains as rows: labels of all times, what they may be off by, shots."""

import numpy as np
import pytest

from builders.physics.evolution_settings import EvolutionSettings
from builders.solvers.evolution.chains import EvolvedChains, evolved_chains
from builders.solvers.evolution.product_states import product_state
from tests.builders.solvers.evolution.small_evolutions import drawn, exactly, product_vector

TIMES = (0.4, 1.0)
# Family, initial state, N, whether Σ Z is conserved, settings: that limit by the step, by the cut,
# by the bond.
CASES = (
    ("xxz_1d", "neel", 8, True, EvolutionSettings(64, 0.1)),
    ("xxz_1d", "neel", 10, True, EvolutionSettings(64, 0.05, cut=1e-8)),
    ("xxz_1d", "domain_wall", 8, True, EvolutionSettings(6, 0.1)),
    ("tfim_1d", "all_up", 8, False, EvolutionSettings(64, 0.2)),
    ("tfim_1d", "all_up", 8, False, EvolutionSettings(4, 0.1)),
)


def evolved(
    family: str, start: str, n: int, conserved: bool, settings: EvolutionSettings
) -> EvolvedChains:
    initial = product_state(start, n, conserved=conserved)
    return evolved_chains(drawn(family, n, 2, seed=7), initial, TIMES, settings)


@pytest.mark.parametrize(("family", "start", "n", "conserved", "settings"), CASES)
def test_label_errors_are_above_the_errors_of_labels(
    family: str, start: str, n: int, conserved: bool, settings: EvolutionSettings
) -> None:
    chains = evolved(family, start, n, conserved, settings)
    labels, errors = chains.labels(), chains.label_errors()
    assert labels["magnetization"].shape == (2, len(TIMES), n)
    upper = np.triu_indices(n, 1)
    for row, h in enumerate(chains.hamiltonians):
        for k, time in enumerate(TIMES):
            want = exactly(h, product_vector(start, n), time)
            pairs = sum(want.pairs(p) for p in ("XX", "YY", "ZZ")) / 3.0
            entropies = [want.entropy(a, a + 2) for a in range(n - 1)]
            found = {"correlation": labels["correlation"][row, k][upper], "renyi2": None}
            found["renyi2"] = labels["renyi2"][row, k]
            for name, exact in (("correlation", pairs), ("renyi2", entropies)):
                error = np.abs(found[name] - exact).max()
                promised = errors[f"label_error_{name}"][row, k]
                assert error < promised < 100.0 * error + 1e-4


def test_shots_of_a_time_depend_on_its_generator_alone_and_nest() -> None:
    chains = evolved("xxz_1d", "neel", 8, True, EvolutionSettings(16, 0.1))
    shots = chains.sample(6, [np.random.default_rng(seed) for seed in (1, 2)])
    assert shots.shape == (2, len(TIMES), 6, 8)
    assert shots.dtype == np.uint8
    assert not (shots[:, 0] == shots[:, 1]).all()
    fewer = chains.sample(4, [np.random.default_rng(seed) for seed in (1, 2)])
    assert (shots[:, :, :4] == fewer).all()
