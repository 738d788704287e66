"""The two-site eigenproblem, and what a sweep's movement tells."""

import numpy as np
import pytest
import torch

from builders import families
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.solvers.dmrg.blocks import join_left, join_right, left_end, right_end
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.effective import BondHamiltonian, ground_state
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.warm_starts import warm_start
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Mps, column_parts, fused, start_mps
from builders.solvers.mps.overlap import overlap

# On two sites the bond Hamiltonian is H itself.
PAIR = Size(2)


def bond_problem(family: str, seed: int) -> tuple[Blocks, BondHamiltonian, float]:
    """A random start, H of two sites, and its lowest energy in the sector."""
    spec = families.load(family)
    sector = spec.sector(PAIR).choices()[0]
    h = spec.hamiltonian(PAIR, spec.draw(PAIR, np.random.default_rng(seed))).normalised()
    mpo = build_mpo([h], sector)
    qubit = mpo.qubit
    middle, end = fused(qubit, 0, {0: 1}), {qubit.total: 1}
    mids = [q for q in middle if column_parts(qubit, 1, end, q)[-1][2]]
    left = join_left(mpo, left_end(mpo), {0: 1}, mids, 0)
    right = join_right(mpo, right_end(mpo), end, mids, 1)
    rng = torch.Generator().manual_seed(seed)
    theta = {
        q: torch.randn(
            (1, middle[q], column_parts(qubit, 1, end, q)[-1][2]),
            generator=rng,
            dtype=torch.float64,
        )
        for q in mids
    }
    exact = exact_ground_state(h, sector).energy
    return theta, BondHamiltonian(theta, left, right, qubit.add), exact


@pytest.mark.parametrize("precise", [True, False])
@pytest.mark.parametrize("family", ["tfim_1d", "xxz_1d"])
def test_as_many_steps_as_dimensions_give_the_ground_state(family: str, precise: bool) -> None:
    theta, hamiltonian, exact = bond_problem(family, 5)
    found = hamiltonian.pack(ground_state(theta, hamiltonian, 4, precise))
    energy = float((found * hamiltonian.apply(found)).sum())
    # The energy's error is the square of the vector's, which single precision leaves at 1e-6.
    assert energy == pytest.approx(exact, abs=1e-12 if precise else 1e-10)
    assert float(found.norm()) == pytest.approx(1.0, abs=1e-12)


def test_the_diagonal_is_that_of_the_matrix() -> None:
    theta, hamiltonian, _ = bond_problem("tfim_1d", 2)
    size = hamiltonian.pack(theta).shape[1]
    unit = torch.eye(size, dtype=torch.float64)
    matrix = torch.cat([hamiltonian.apply(unit[k : k + 1]) for k in range(size)])
    assert torch.equal(matrix, matrix.T)
    assert hamiltonian.diagonal()[0].numpy() == pytest.approx(matrix.diagonal().numpy(), abs=1e-14)


def test_a_start_that_is_an_eigenstate_stays() -> None:
    theta, hamiltonian, _ = bond_problem("xxz_1d", 1)
    once = ground_state(theta, hamiltonian, 4, True)
    twice = ground_state(once, hamiltonian, 4, True)
    cosine = float((hamiltonian.pack(once) * hamiltonian.pack(twice)).sum())
    assert abs(cosine) == pytest.approx(1.0, abs=1e-13)


def chain(seed: int, n: int = 12) -> tuple[Mps, torch.Tensor]:
    spec, size = families.load("xxz_1d"), Size(n)
    h = spec.hamiltonian(size, spec.draw(size, np.random.default_rng(seed)))
    start = start_mps(Qubit.of(spec.sector(size)), n)
    schedule = (HalfSweeps(2, 4, 16, noise=0.05), HalfSweeps(6, 4, 64))
    with one_thread():
        return dmrg(build_mpo([h], spec.sector(size)), start, schedule)


def test_overlap_is_that_of_state_vectors() -> None:
    a, b = chain(1)[0], chain(2)[0]
    spec, size = families.load("xxz_1d"), Size(12)
    vectors = []
    for seed in (1, 2):
        h = spec.hamiltonian(size, spec.draw(size, np.random.default_rng(seed)))
        vectors.append(exact_ground_state(h, spec.sector(size)).vector)
    assert abs(float(overlap(a, b))) == pytest.approx(abs(vectors[0] @ vectors[1]), abs=1e-7)
    assert float(overlap(a, a)) == pytest.approx(1.0, abs=1e-12)


def test_a_converged_state_stands_still_and_a_fresh_one_does_not() -> None:
    assert float(chain(3)[1]) < 1e-5
    spec, size = families.load("xxz_1d"), Size(12)
    h = spec.hamiltonian(size, spec.draw(size, np.random.default_rng(3)))
    start = warm_start("xxz_1d", size)
    step_angle = dmrg(build_mpo([h], spec.sector(size)), start, (HalfSweeps(2, 2),))[1]
    assert float(step_angle) > 1e-4


def test_rows_sweep_until_they_stand_still() -> None:
    spec, size = families.load("xxz_1d"), Size(16)
    rng = np.random.default_rng(4)
    rows = [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(4)]
    batch = solve_warm("xxz_1d", size, rows)
    assert (batch.step_angle <= spec.solver_settings(size).tolerance).all()


def test_replaced_rows_need_the_same_dimensions() -> None:
    state, small = chain(1)[0], start_mps(Qubit.of(families.load("xxz_1d").sector(Size(12))), 12)
    both = state.rows([0, 0]).replaced([1], state)
    assert float(overlap(both, both)[1]) == pytest.approx(1.0, abs=1e-12)
    with pytest.raises(ValueError, match="dimensions"):
        state.replaced([0], small)
