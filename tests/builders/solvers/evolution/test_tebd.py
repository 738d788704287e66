"""Evolved matrix product states against dense matrices, and what evolution conserves."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from builders.core.errors import RequestError
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector
from builders.solvers.evolution.product_states import product_state
from builders.solvers.evolution.tebd import Evolved, evolve
from builders.solvers.evolution.trotter import layers
from builders.solvers.mps import measure
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.means import magnetization
from builders.solvers.mps.overlap import overlap
from tests.builders.solvers.evolution.small_evolutions import (
    amplitudes,
    drawn,
    exactly,
    infidelity,
    product_vector,
    sine,
)

# Family, initial state, N, whether Σ Z is conserved.
CASES = (
    ("xxz_1d", "neel", 8, True),
    ("xxz_1d", "domain_wall", 7, True),
    ("tfim_1d", "all_up", 8, False),
    ("tfim_1d", "neel", 6, False),
)
TIMES = (0.0, 0.4, 0.8)
ROWS = 2


@lru_cache
def case(
    family: str, start: str, n: int, conserved: bool, step: float, order: int = 4
) -> tuple[list[Hamiltonian], Evolved]:
    hamiltonians = drawn(family, n, ROWS, seed=n)
    settings = EvolutionSettings(2 ** (n // 2), step, 4 if order == 4 else 2, cut=0.0)
    return hamiltonians, evolve(
        hamiltonians, product_state(start, n, conserved=conserved), TIMES, settings
    )


def distance(family: str, start: str, n: int, conserved: bool, step: float, order: int) -> float:
    """The largest sine of the angle to the exact state, at the last time."""
    hamiltonians, evolved = case(family, start, n, conserved, step, order)
    vector = product_vector(start, n)
    return max(
        sine(exactly(h, vector, TIMES[-1]), amplitudes(evolved.states[-1], row))
        for row, h in enumerate(hamiltonians)
    )


@pytest.mark.parametrize(("family", "start", "n", "conserved"), CASES)
def test_states_are_those_of_dense_matrices(
    family: str, start: str, n: int, conserved: bool
) -> None:
    hamiltonians, evolved = case(family, start, n, conserved, 0.1)
    for row, h in enumerate(hamiltonians):
        for time, state in zip(TIMES, evolved.states, strict=True):
            want = exactly(h, product_vector(start, n), time)
            # The law of the fourth power, below, has 2e-5 at the step 0.1.
            assert sine(want, amplitudes(state, row)) < 3e-5


@pytest.mark.parametrize(("family", "start", "n", "conserved"), CASES)
@pytest.mark.parametrize("order", [2, 4])
def test_half_the_step_divides_the_error_by_two_to_the_order(
    family: str, start: str, n: int, conserved: bool, order: int
) -> None:
    coarse, fine = (distance(family, start, n, conserved, step, order) for step in (0.2, 0.1))
    assert coarse / fine == pytest.approx(2.0**order, rel=0.15)


@pytest.mark.parametrize(("family", "start", "n", "conserved"), CASES)
def test_labels_are_those_of_the_amplitudes(
    family: str, start: str, n: int, conserved: bool
) -> None:
    _, evolved = case(family, start, n, conserved, 0.1)
    state = evolved.states[-1]
    rho = measure.densities(state)
    pairs = measure.pauli_pairs(state, rho)
    upper = np.triu_indices(n, 1)
    for row in range(ROWS):
        want = amplitudes(state, row)
        for paulis, values in pairs.items():
            assert values[row].numpy()[upper] == pytest.approx(want.pairs(paulis), abs=1e-10)
        z = [want.mean("Z", i) for i in range(n)]
        assert magnetization(state, rho)[row].numpy() == pytest.approx(z, abs=1e-10)
        blocks = [want.entropy(0, a) for a in range(1, n)]
        assert measure.block_entropies(rho)[row].numpy() == pytest.approx(blocks, abs=1e-10)
        neighbours = [want.entropy(a, a + 2) for a in range(n - 1)]
        assert measure.pair_entropies(state, rho)[row].numpy() == pytest.approx(
            neighbours, abs=1e-10
        )
    total = (pairs["XX"] + pairs["YY"] + pairs["ZZ"]) / 3.0
    assert measure.correlation(state, rho).numpy() == pytest.approx(total.numpy(), abs=1e-12)


@pytest.mark.parametrize(("family", "start", "n", "conserved"), CASES)
def test_energy_drifts_with_the_fourth_power_of_the_step(
    family: str, start: str, n: int, conserved: bool
) -> None:
    drifts = []
    for step in (0.2, 0.1):
        hamiltonians, evolved = case(family, start, n, conserved, step)
        drifts.append(np.abs(evolved.energy - evolved.energy[:, :1]).max())
        for row, h in enumerate(hamiltonians):
            vector = product_vector(start, n)
            diagonal = [t for t in h.terms if set(t.paulis) == {"Z"}]
            z = np.sign(0.5 - np.array([int(b) for b in f"{vector.argmax():0{n}b}"]))
            want = sum((t.coefficients * z[t.sites].prod(axis=1)).sum() for t in diagonal)
            assert evolved.energy[row, 0] == pytest.approx(want, abs=1e-12)
    assert 0.0 < drifts[1] < 1e-4
    assert drifts[0] / drifts[1] == pytest.approx(16.0, rel=0.2)


def test_magnetization_is_conserved_with_and_without_its_charge() -> None:
    for conserved in (True, False):
        _, evolved = case("xxz_1d", "neel", 8, conserved, 0.1)
        for state in evolved.states:
            total = magnetization(state, measure.densities(state)).sum(1)
            assert total.numpy() == pytest.approx(np.zeros(ROWS), abs=1e-11)


def test_a_charge_changes_nothing() -> None:
    _, with_charge = case("xxz_1d", "neel", 8, True, 0.1)
    _, without = case("xxz_1d", "neel", 8, False, 0.1)
    for row in range(ROWS):
        one, other = (amplitudes(e.states[-1], row) for e in (with_charge, without))
        assert infidelity(one, other) < 1e-12


@pytest.mark.parametrize(("family", "start", "n", "conserved"), CASES)
def test_backward_leads_back(family: str, start: str, n: int, conserved: bool) -> None:
    hamiltonians, evolved = case(family, start, n, conserved, 0.1)
    back = [h.scaled(-1.0) for h in hamiltonians]
    settings = EvolutionSettings(64, 0.1, cut=1e-15)
    final = evolve(back, evolved.states[-1], [TIMES[-1] - TIMES[1], TIMES[-1]], settings).states
    start_states = (evolved.states[1], evolved.states[0])
    for there, again in zip(start_states, final, strict=True):
        # The step is a palindrome, so that Trotter errors undo themselves where steps are equal.
        assert overlap(there, again).abs().numpy() == pytest.approx(np.ones(ROWS), abs=1e-11)


def test_rows_of_a_block_evolve_as_alone() -> None:
    hamiltonians, together = case("xxz_1d", "neel", 8, True, 0.1)
    for row, h in enumerate(hamiltonians):
        settings = EvolutionSettings(16, 0.1, cut=1e-15)
        alone = evolve([h], product_state("neel", 8, conserved=True), TIMES, settings)
        one, other = amplitudes(together.states[-1], row), amplitudes(alone.states[-1], 0)
        assert infidelity(one, other) < 1e-12


def test_a_small_bond_loses_the_weight_that_it_says() -> None:
    hamiltonians, exact = case("xxz_1d", "neel", 8, True, 0.1)
    start = product_state("neel", 8, conserved=True)
    lost = []
    for bond in (4, 8):
        cut = evolve(hamiltonians, start, TIMES, EvolutionSettings(bond, 0.1, cut=1e-15))
        # Charges share the bond between rows: each row gets at least `bond`.
        assert bond <= cut.states[-1].bond() <= bond + 4
        assert (np.diff(cut.truncated_weight, axis=1) >= 0).all()
        lost.append(cut.truncated_weight[:, -1])
        for row in range(ROWS):
            missed = infidelity(amplitudes(exact.states[-1], row), amplitudes(cut.states[-1], row))
            # Errors of one truncation add up as angles or as weights, or in between.
            assert lost[-1][row] / 4.0 < missed < 40.0 * lost[-1][row]
    assert (lost[1] < lost[0]).all()


def test_an_entangled_state_that_is_not_in_schmidt_form_evolves() -> None:
    n, rng = 6, torch.Generator().manual_seed(1)
    sizes = [1, 2, 3, 4, 3, 2, 1]
    parts = [
        {(0, s): torch.randn((1, *pair), generator=rng, dtype=torch.complex128) for s in (0, 1)}
        for pair in pairwise(sizes)
    ]
    start = right_canonical(parts, Sector("none"), any_norm=True)
    (h,) = drawn("tfim_1d", n, 1, seed=3)
    evolved = evolve([h], start, [0.0, 0.5], EvolutionSettings(8, 0.05, cut=1e-15))
    before, after = (amplitudes(state, 0) for state in evolved.states)
    assert infidelity(before, amplitudes(start, 0)) < 1e-12
    assert infidelity(exactly(h, before.vector, 0.5), after) < 1e-11


@pytest.mark.parametrize(("order", "factors"), [(2, 3), (4, 11)])
def test_layers_join_between_steps_and_add_up(order: int, factors: int) -> None:
    found = layers(0.6, 3, 4 if order == 4 else 2)
    assert len(found) == 3 * (factors - 1) + 1
    for odd in (False, True):
        assert sum(x.time for x in found if x.odd == odd) == pytest.approx(0.6, abs=1e-14)
    assert [x.odd for x in found] == [bool(k % 2) for k in range(len(found))]


@pytest.mark.parametrize("times", [[], [-0.1], [0.2, 0.1], [float("nan")]])
def test_other_times_are_refused(times: list[float]) -> None:
    (h,) = drawn("tfim_1d", 4, 1, seed=0)
    with pytest.raises(RequestError, match="give times that rise, from 0 on"):
        evolve([h], product_state("all_up", 4, conserved=False), times, EvolutionSettings(4, 0.1))


def test_other_hamiltonians_are_refused() -> None:
    far = Hamiltonian(4, (PauliTerms("ZZ", np.array([[0, 2]]), np.ones(1)),))
    (tfim,) = drawn("tfim_1d", 4, 1, seed=0)
    settings = EvolutionSettings(4, 0.1)
    with pytest.raises(RequestError, match="other sites than neighbours"):
        evolve([far], product_state("all_up", 4, conserved=False), [0.1], settings)
    with pytest.raises(RequestError, match="does not conserve the charge"):
        evolve([tfim], product_state("all_up", 4, conserved=True), [0.1], settings)


def test_other_settings_and_states_are_refused() -> None:
    with pytest.raises(ValueError, match="a positive step"):
        EvolutionSettings(4, 0.0)
    with pytest.raises(RequestError, match="Did you mean 'neel'"):
        product_state("neal", 4, conserved=True)
