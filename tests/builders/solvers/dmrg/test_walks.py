"""Walks through neighbouring sectors: what they cost, where they lead, against exact energies."""

import json
from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds, isotropic
from builders.physics.hamiltonian_family import SolverSettings
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.dmrg import HalfSweeps
from builders.solvers.dmrg.solver import at_full_bond, solve_warm
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.variance import energy_of
from builders.solvers.dmrg.walks import Finish, improved, neighbours
from builders.solvers.dmrg.windows import Surroundings
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps.canonical import from_the_right
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.spin_steps import stepped
from tests.paths import GOLDEN

ZERO = Sector("magnetization", 0)
SETTINGS = SolverSettings(bond=32, steps=4, tolerance=1e-4)
PART = 4


def chain(h: NDArray[np.float64], couplings: NDArray[np.float64] | None = None) -> Hamiltonian:
    n = len(h)
    j = np.ones(n - 1) if couplings is None else couplings
    fields = PauliTerms("Z", np.arange(n)[:, None], h)
    return Hamiltonian(n, (*isotropic(chain_bonds(n), j), fields))


def parts(link: float) -> Hamiltonian:
    """Two chains of 4 sites and a weak link; the fields want spins up on the left, down right."""
    rng = np.random.default_rng(2)
    h = rng.uniform(-1.0, 1.0, 2 * PART) + np.repeat([-1.5, 1.5], PART)
    couplings = np.ones(2 * PART - 1)
    couplings[PART - 1] = link
    return chain(h, couplings)


def part_energy(h: Hamiltonian, first: int, total: int) -> float:
    fields = next(t for t in h.terms if t.paulis == "Z").coefficients[first : first + PART]
    return exact_ground_state(chain(fields), Sector("magnetization", total)).energy


def by_parts(h: Hamiltonian, total: int) -> float:
    """The lowest energy of two parts that do not interact, over what each has of Σ Z."""
    each = range(-PART, PART + 1, 2)
    return min(
        part_energy(h, 0, m) + part_energy(h, PART, total - m) for m in each if total - m in each
    )


def halves(h: Hamiltonian) -> list[Mps]:
    """Both parts solved for themselves, each with Σ Z = 0."""
    fields = next(t for t in h.terms if t.paulis == "Z").coefficients
    return [solve_cold(chain(f), ZERO).groups[0][1] for f in (fields[:PART], fields[PART:])]


def product_of(left: Mps, right: Mps) -> Mps:
    return Mps(left.qubit, [*left.dims[:-1], *right.dims], [*left.sites, *right.sites])


def finish(hamiltonians: list[Hamiltonian]) -> Finish:
    return partial(at_full_bond, hamiltonians, SETTINGS)


@pytest.fixture(scope="module")
def stuck() -> tuple[Hamiltonian, Batch]:
    """Both parts with Σ Z = 0: an eigenstate that no sweep leaves."""
    h = parts(0.0)
    return h, finish([h])([0], product_of(*halves(h)))


@pytest.fixture(scope="module")
def crossed(stuck: tuple[Hamiltonian, Batch]) -> Batch:
    h, batch = stuck
    return improved(batch, [h], finish([h]))


def test_sweeps_stick_and_a_walk_crosses(stuck: tuple[Hamiltonian, Batch], crossed: Batch) -> None:
    h, before = stuck
    apart = part_energy(h, 0, 0) + part_energy(h, PART, 0)
    assert before.energy[0] == pytest.approx(apart, abs=1e-8)
    assert before.relative_variance[0] < 1e-10  # nothing tells that it is no ground state
    assert crossed.energy[0] == pytest.approx(by_parts(h, 0), abs=1e-7)
    assert crossed.energy[0] < before.energy[0] - 0.1
    assert crossed.relative_variance[0] < 1e-10


def test_neighbouring_sectors_tell_that_a_row_is_stuck(
    stuck: tuple[Hamiltonian, Batch], crossed: Batch
) -> None:
    """E₊ + E₋ < 2 E, by as much as the move gains where the parts do not interact."""
    h, before = stuck
    less, here, more = (e[0] for e in neighbours(before.groups[0][1], [h]))
    gain = part_energy(h, 0, 2) + part_energy(h, PART, -2) - before.energy[0]
    assert gain < -0.1
    assert less + more - 2.0 * here == pytest.approx(gain, abs=1e-3)
    less, here, more = (e[0] for e in neighbours(crossed.groups[0][1], [h]))
    assert less + more > 2.0 * here + 0.1
    for found, total in ((less, -2), (here, 0), (more, 2)):
        assert found == pytest.approx(by_parts(h, total), abs=1e-3)


def test_a_row_that_is_right_stays(stuck: tuple[Hamiltonian, Batch], crossed: Batch) -> None:
    h, _ = stuck
    assert improved(crossed, [h], finish([h])) is crossed


def test_the_highest_sector_has_one_neighbour() -> None:
    up, small = Sector("magnetization", 6), chain(np.linspace(-1.0, 1.0, 6))
    batch = solve_cold(small, up)
    less, here, more = (e[0] for e in neighbours(batch.groups[0][1], [small]))
    assert here == pytest.approx(exact_ground_state(small, up).energy, abs=1e-9)
    exact = exact_ground_state(small, Sector("magnetization", 4)).energy
    assert less == pytest.approx(exact, abs=1e-3)  # two half sweeps
    assert more == np.inf


def test_rows_of_a_batch_walk_on_their_own(stuck: tuple[Hamiltonian, Batch]) -> None:
    """One row is stuck and one is not; that one keeps its energy."""
    h, before = stuck
    two = [h, chain(np.zeros(2 * PART))]
    start = finish(two)([0, 1], before.groups[0][1].rows([0, 0]))
    after = improved(start, two, finish(two))
    assert after.energy[0] == pytest.approx(by_parts(h, 0), abs=1e-7)
    assert after.energy[1] == start.energy[1]
    assert sorted(k for rows, _ in after.groups for k in rows) == [0, 1]


def dense(state: Mps) -> NDArray[np.float64]:
    """A state as a vector, the first site slowest."""
    vectors = {0: np.ones((1, 1))}
    for i in range(state.n_sites):
        new: dict[int, list[NDArray[np.float64]]] = {}
        made: dict[tuple[int, int], NDArray[np.float64]] = {
            (q, s): vectors[q] @ a[0].numpy()
            for (q, s), a in state.parts(i).items()
            if q in vectors
        }
        for (q, s), v in made.items():
            out = np.zeros((2 * len(v), v.shape[1]))
            out[s::2] = v
            new.setdefault(q + state.qubit.charges(i)[s], []).append(out)
        vectors = {q: np.sum(some, axis=0) for q, some in new.items()}
    return vectors[state.qubit.total][:, 0]


@pytest.mark.parametrize("step", [2, -2])
def test_a_step_is_a_sum_of_raised_or_lowered_spins(step: int) -> None:
    n = 6
    h = chain(np.random.default_rng(8).uniform(-1.0, 1.0, n))
    state = solve_cold(h, ZERO).groups[0][1]
    weights = torch.linspace(0.5, 2.0, n, dtype=torch.float64)
    qubit = Qubit.of(Sector("magnetization", step))
    raised = stepped(qubit, [state.parts(i) for i in range(n)], state.dims, step, weights)
    end = {step: torch.ones((1, 1), dtype=torch.float64)}
    dims, sites, carry = from_the_right(qubit, raised, end, {0})
    sites[0] = {0: carry[0] @ sites[0][0]}
    found = dense(Mps(qubit, [*dims, {step: 1}], sites))
    spin = np.array([[0.0, 1.0], [0.0, 0.0]])
    spin = spin if step > 0 else spin.T
    full = sum(
        float(w) * np.kron(np.kron(np.eye(2**i), spin), np.eye(2 ** (n - 1 - i)))
        for i, w in enumerate(weights)
    )
    np.testing.assert_allclose(found, full @ dense(state), rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="step=1 must be 2 or -2"):
        stepped(qubit, [], [{}], 1, weights)


@pytest.mark.parametrize("step", [2, -2])
def test_the_energy_of_a_window_is_that_of_the_whole_state(step: int) -> None:
    n = 10
    h = chain(np.random.default_rng(9).uniform(-2.0, 2.0, n))
    state = solve_cold(h, ZERO).groups[0][1]
    mpo = mpo_of([h.normalised()], ZERO)
    around = Surroundings(state, mpo)
    for first, last in ((0, 4), (3, 7), (6, 10), (0, 10)):
        window = around.stepped(step, first, last, (HalfSweeps(2, 3, 32),))
        whole = around.whole(window, step, [0])
        there = mpo_of([h.normalised()], whole.qubit.sector)
        assert window.energy.item() == pytest.approx(energy_of(whole, there).item(), abs=1e-10)
    exact = exact_ground_state(h, Sector("magnetization", step)).energy
    assert window.energy.item() * h.scale == pytest.approx(exact, abs=1e-5)


@pytest.mark.slow
def test_a_row_that_sweeps_leave_in_another_order() -> None:
    """The row of 64 sites: sweeps from three warm starts end 0.082 above the reference."""
    kept = json.loads((GOLDEN / "spin_order_n64.json").read_text(encoding="utf-8"))
    family, size = families.load("random_field_heisenberg_1d"), Size(64)
    h = family.hamiltonian(size, {"h": np.array(kept["h"])})
    batch = solve_warm(family.name, size, [h])
    assert batch.energy[0] == pytest.approx(kept["energy"], abs=1e-4)
