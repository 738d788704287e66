"""Samplers against exact outcome probabilities, and against Qiskit Aer measuring the same state.

A source is a function of (family, N, parameters) that gives a `sample(n_shots, rng)`; all sources
go through the same tests. Seeds are fixed; a new seed fails a right sampler with the chance
`CHANCE`.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
from scipy.stats import chi2

from builders import families
from builders.building.ground_state import solve
from builders.core.names import Size
from builders.physics.parameters import Parameters
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.state_vector import StateVector
from tests.builders.small_states import token_probabilities

Sample = Callable[[int, np.random.Generator], np.ndarray]
Source = Callable[[str, int, Parameters], Sample]

CHANCE = 1e-4
SHOTS = 60_000
CASES = (("tfim_1d", 3), ("heisenberg_1d", 3), ("xxz_1d", 4))


def state_of(family: str, n_sites: int, parameters: Parameters) -> StateVector:
    model, size = families.load(family), Size(n_sites)
    return exact_ground_state(model.hamiltonian(size, parameters), model.sector(size))


SOURCES: dict[str, Source] = {
    "state_vector": lambda family, n, parameters: state_of(family, n, parameters).sample,
    "mps": lambda family, n, parameters: solve(family, n, parameters, solver="dmrg").sample,
}


@lru_cache
def case(family: str, n_sites: int) -> tuple[Parameters, StateVector]:
    parameters = families.load(family).draw(Size(n_sites), np.random.default_rng(n_sites))
    return parameters, state_of(family, n_sites, parameters)


def counts(tokens: np.ndarray) -> np.ndarray:
    """How often each of the 6^N token strings occurs, site 0 the most significant digit."""
    n_sites = tokens.shape[1]
    digits = 6 ** np.arange(n_sites)[::-1]
    return np.bincount(tokens.astype(np.int64) @ digits, minlength=6**n_sites)


def goodness_of_fit(observed: np.ndarray, probabilities: np.ndarray) -> float:
    """p-value of Pearson's test; outcomes expected less than 10 times share one bin."""
    if observed[probabilities < 1e-14].any():
        return 0.0  # An impossible outcome occurred.
    expected = probabilities * observed.sum()
    rare = expected < 10.0
    seen = np.append(observed[~rare], observed[rare].sum())
    want = np.append(expected[~rare], expected[rare].sum())
    if want[-1] < 10.0:
        seen, want = seen[:-1], want[:-1] * seen[:-1].sum() / want[:-1].sum()
    return float(chi2.sf(((seen - want) ** 2 / want).sum(), len(seen) - 1))


def two_samples(one: np.ndarray, other: np.ndarray) -> float:
    """p-value of the chi-square test that two equally large samples have one distribution."""
    both = one + other
    rare = both < 20
    one, other = (np.append(x[~rare], x[rare].sum()) for x in (one, other))
    used = one + other > 0
    statistic = ((one - other)[used] ** 2 / (one + other)[used]).sum()
    return float(chi2.sf(statistic, used.sum() - 1))


def aer_tokens(state: StateVector, n_shots: int, seed: int) -> np.ndarray:
    """Shots in random bases by Aer: h measures X, s† h measures Y. Qubit k holds site N−1−k."""
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

    n_sites, rng = state.n_sites, np.random.default_rng(seed)
    bases, repeats = np.unique(rng.integers(0, 3, (n_shots, n_sites)), axis=0, return_counts=True)
    simulator = AerSimulator(method="statevector", max_parallel_threads=1)
    rows = []
    for basis, repeat in zip(bases, repeats, strict=True):
        circuit = QuantumCircuit(n_sites, n_sites)
        circuit.set_statevector(state.vector.astype(complex))
        for site, letter in enumerate(basis):
            qubit = n_sites - 1 - site
            if letter == 1:
                circuit.sdg(qubit)
            if letter != 2:
                circuit.h(qubit)
            circuit.measure(qubit, qubit)
        job = simulator.run(circuit, shots=int(repeat), seed_simulator=int(rng.integers(2**31)))
        for bits, times in job.result().get_counts().items():
            # The string starts with the highest classical bit, which is site 0.
            rows += [2 * basis + [int(bit) for bit in bits]] * times
    return np.array(rows, dtype=np.uint8)


@pytest.mark.parametrize(("family", "n_sites"), CASES)
@pytest.mark.parametrize("source", SOURCES)
def test_outcomes_have_their_probabilities(source: str, family: str, n_sites: int) -> None:
    parameters, state = case(family, n_sites)
    tokens = SOURCES[source](family, n_sites, parameters)(SHOTS, np.random.default_rng(1))
    assert tokens.shape == (SHOTS, n_sites)
    assert tokens.dtype == np.uint8
    assert goodness_of_fit(counts(tokens), token_probabilities(state)[1]) > CHANCE


@pytest.mark.parametrize(("family", "n_sites"), CASES)
@pytest.mark.parametrize("source", SOURCES)
def test_outcomes_are_those_of_aer(source: str, family: str, n_sites: int) -> None:
    parameters, state = case(family, n_sites)
    ours = SOURCES[source](family, n_sites, parameters)(SHOTS, np.random.default_rng(2))
    theirs = aer_tokens(state, SHOTS, seed=3)
    assert two_samples(counts(ours), counts(theirs)) > CHANCE


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_1d", "xxz_1d"])
def test_mps_and_state_vector_draw_the_same_tokens(family: str) -> None:
    """Both compare the same uniform numbers with the same conditional probabilities.

    A token can differ only where a number lies within the solvers' error, below 1e-5, of its
    probability; then the rest of that shot may differ too: at N = 8 a share below 8 · 1e-5.
    """
    parameters, state = case(family, 8)
    sample = SOURCES["mps"](family, 8, parameters)
    ours = sample(2000, np.random.default_rng(7))
    same = (ours == state.sample(2000, np.random.default_rng(7))).all(axis=1)
    assert (~same).sum() <= 2  # Expected below 2000 · 8e-5 = 0.16: 3 have a chance of 6e-4.
    assert np.array_equal(ours[:100], sample(100, np.random.default_rng(7)))
    assert np.array_equal(
        state.sample(100, np.random.default_rng(7)),
        state.sample(2000, np.random.default_rng(7))[:100],
    )


def test_aer_reference_has_the_right_probabilities() -> None:
    """Guards the reference itself: its order of qubits and its change of basis."""
    _, state = case("tfim_1d", 3)
    tokens = aer_tokens(state, SHOTS, seed=4)
    assert goodness_of_fit(counts(tokens), token_probabilities(state)[1]) > CHANCE


WRONG: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sites mirrored": lambda tokens: tokens[:, ::-1],
    "X and Y exchanged": lambda tokens: np.array([2, 3, 0, 1, 4, 5], dtype=np.uint8)[tokens],
    "X outcome inverted": lambda tokens: np.array([1, 0, 2, 3, 4, 5], dtype=np.uint8)[tokens],
    "last site independent": lambda tokens: np.column_stack(
        [tokens[:, :-1], np.roll(tokens[:, -1], 1)]
    ),
    "one basis preferred": lambda tokens: np.where(tokens[:, :1] < 2, tokens, tokens[::-1]),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_the_tests_see_a_wrong_sampler(mistake: str) -> None:
    _, state = case("tfim_1d", 3)
    right = state.sample(SHOTS, np.random.default_rng(5))
    tokens = WRONG[mistake](state.sample(SHOTS, np.random.default_rng(6)))
    assert goodness_of_fit(counts(tokens), token_probabilities(state)[1]) < CHANCE
    assert two_samples(counts(tokens), counts(right)) < CHANCE
