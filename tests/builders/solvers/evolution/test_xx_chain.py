"""Evolutions of XX chains against free fermions, and the free fermions against dense matrices."""

import numpy as np
import pytest

from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, chain_bonds
from builders.solvers.evolution.product_states import BITS, product_state
from builders.solvers.evolution.tebd import evolve
from builders.solvers.mps import measure
from builders.solvers.mps.means import magnetization
from tests.builders.solvers.evolution.small_evolutions import exactly, product_vector
from tests.builders.solvers.evolution.xx_chain import xx_evolution


def xx_chain(J: np.ndarray) -> Hamiltonian:
    bonds = chain_bonds(len(J) + 1)
    return Hamiltonian(len(J) + 1, (PauliTerms("XX", bonds, J), PauliTerms("YY", bonds, J)))


def ups(start: str, n: int) -> np.ndarray:
    return np.array([BITS[start](i, n) == 0 for i in range(n)])


def worst(start: str, J: np.ndarray, times: list[float], settings: EvolutionSettings) -> float:
    """The largest error of any label of any row, J (B, N−1), at any time."""
    n = J.shape[1] + 1
    hamiltonians = [xx_chain(row) for row in J]
    evolved = evolve(hamiltonians, product_state(start, n, conserved=True), times, settings)
    errors = []
    for time, state in zip(times, evolved.states, strict=True):
        rho = measure.densities(state)
        ours = (
            magnetization(state, rho),
            measure.correlation(state, rho),
            measure.pair_entropies(state, rho),
            measure.block_entropies(rho),
        )
        for row, couplings in enumerate(J):
            free = xx_evolution(couplings, ups(start, n), time)
            theirs = (free.magnetization(), free.correlation(), free.renyi2(), free.renyi2_blocks())
            errors += [
                np.abs(one[row].numpy() - other).max()
                for one, other in zip(ours, theirs, strict=True)
            ]
    return float(max(errors))


@pytest.mark.parametrize("start", ["neel", "domain_wall"])
def test_free_fermions_are_dense_matrices(start: str) -> None:
    n, time = 6, 0.7
    J = np.random.default_rng(1).uniform(0.5, 1.5, n - 1)
    want = exactly(xx_chain(J), product_vector(start, n), time)
    free = xx_evolution(J, ups(start, n), time)
    upper = np.triu_indices(n, 1)
    z = [want.mean("Z", i) for i in range(n)]
    assert free.magnetization() == pytest.approx(z, abs=1e-12)
    assert free.xx()[upper] == pytest.approx(want.pairs("XX"), abs=1e-12)
    assert free.xx()[upper] == pytest.approx(want.pairs("YY"), abs=1e-12)
    assert free.zz()[upper] == pytest.approx(want.pairs("ZZ"), abs=1e-12)
    neighbours = [want.entropy(a, a + 2) for a in range(n - 1)]
    assert free.renyi2() == pytest.approx(neighbours, abs=1e-12)
    assert free.renyi2_blocks() == pytest.approx([want.entropy(0, a) for a in range(1, n)])


@pytest.mark.parametrize("start", ["neel", "domain_wall"])
def test_labels_are_those_of_free_fermions(start: str) -> None:
    J = np.random.default_rng(2).uniform(0.8, 1.2, (1, 23))
    # The step leaves 2e-5, the cut about as much.
    assert worst(start, J, [0.4], EvolutionSettings(100, 0.1, cut=1e-10)) < 1e-4


@pytest.mark.slow
def test_labels_of_127_sites_are_those_of_free_fermions() -> None:
    J = np.random.default_rng(3).uniform(0.8, 1.2, (1, 126))
    assert worst("neel", J, [0.5, 1.0], EvolutionSettings(128, 0.1, cut=1e-10)) < 1e-4
