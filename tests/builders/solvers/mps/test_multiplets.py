"""States of one total spin: coefficients, Hamiltonian, states and labels."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, isotropic
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import DONE, START
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.dmrg.warm_starts import warm_start
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps import measure
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps
from builders.solvers.mps.multiplets import correlation, left_canonical, without_multiplets
from builders.solvers.mps.recoupling import coupled, six_j
from tests.builders.small_states import dense, drawn, string

SPINS = range(6)


@pytest.mark.parametrize(("a", "b", "c", "d"), [*itertools.product(range(1, 4), repeat=4)])
def test_six_j_symbols_are_the_elements_of_an_orthogonal_matrix(
    a: int, b: int, c: int, d: int
) -> None:
    left = [e for e in range(9) if abs(a - b) <= e <= a + b and (a + b + e) % 2 == 0]
    left = [e for e in left if abs(c - d) <= e <= c + d and (c + d + e) % 2 == 0]
    right = [f for f in range(9) if abs(b - c) <= f <= b + c and (b + c + f) % 2 == 0]
    right = [f for f in right if abs(a - d) <= f <= a + d and (a + d + f) % 2 == 0]
    found = np.array(
        [[math.sqrt((e + 1) * (f + 1)) * six_j(a, b, e, c, d, f) for f in right] for e in left]
    )
    assert len(left) == len(right)
    if left:
        assert found @ found.T == pytest.approx(np.eye(len(left)), abs=1e-13)


def test_six_j_symbols_of_a_table() -> None:
    # Rotenberg et al., The 3-j and 6-j Symbols (1959).
    assert six_j(2, 2, 2, 2, 2, 2) == pytest.approx(1 / 6, abs=1e-15)
    assert six_j(1, 1, 2, 1, 1, 2) == pytest.approx(1 / 6, abs=1e-15)
    assert six_j(1, 1, 0, 1, 1, 2) == pytest.approx(1 / 2, abs=1e-15)
    assert six_j(2, 2, 0, 2, 2, 4) == pytest.approx(1 / 3, abs=1e-15)
    assert six_j(1, 1, 3, 1, 1, 2) == six_j(1, 1, 1, 1, 1, 1) == 0.0


@pytest.mark.parametrize("j", SPINS)
def test_a_multiplet_and_a_site_make_an_orthonormal_basis(j: int) -> None:
    for z in range(-j - 1, j + 2, 2):
        found = np.array(
            [[coupled(j, spin, m, z) for spin in (1, -1)] for m in (j + 1, j - 1) if m >= abs(z)]
        )
        assert found @ found.T == pytest.approx(np.eye(len(found)), abs=1e-14)


def random_isotropic(n: int, seed: int) -> Hamiltonian:
    pairs = list(itertools.combinations(range(n), 2))
    return Hamiltonian(
        n, tuple(isotropic(pairs, np.random.default_rng(seed).standard_normal(len(pairs))))
    )


def between_paths(h: Hamiltonian, total: int) -> np.ndarray:
    """The matrix of H between all paths that end at the spin `total`/2."""
    mpo, n = mpo_of([h], Sector("spin", total)), h.n_sites
    paths = [
        steps
        for steps in itertools.product((1, -1), repeat=n)
        if sum(steps) == total and min(np.cumsum(steps)) >= 0
    ]
    matrix = np.zeros((len(paths),) * 2)
    for (a, bra), (b, ket) in itertools.product(enumerate(paths), repeat=2):
        walk: torch.Tensor | None = torch.zeros((1, 2), dtype=torch.float64)
        walk[:, START] = 1.0
        c = q = 0
        for i, (after, before) in enumerate(zip(bra, ket, strict=True)):
            moves = mpo.rightwards(i, c, q)
            states = ((1 - before) // 2, (1 - after) // 2)
            found = [
                (move, moves.weights[0, channels])
                for move, channels in (moves.pieces if moves else ())
                if (move.s, move.s_out) == states
            ]
            if not found:
                walk = None
                break
            ((move, weights),) = found
            walk, c, q = walk @ weights.mT, move.c_out, q + before
        matrix[a, b] = 0.0 if walk is None or c else float(walk[0, DONE])
    return matrix


@pytest.mark.parametrize(("n", "total"), [(2, 0), (4, 2), (5, 1), (5, 3), (6, 0), (6, 2), (6, 6)])
def test_h_between_paths_has_the_spectrum_of_that_total_spin(n: int, total: int) -> None:
    h = random_isotropic(n, total)
    found = between_paths(h, total)
    assert found == pytest.approx(found.T, abs=1e-13)
    # Among the states of the largest S_z, higher total spins are lifted out of the way.
    lifted, s_z = dense(h).real, np.zeros((2**n,) * 2)
    for i in range(n):
        s_z += 0.5 * string(n, "Z", (i,)).real
    square = 0.75 * n * np.eye(2**n)
    for i, j in itertools.combinations(range(n), 2):
        square += 0.5 * sum(string(n, p, (i, j)).real for p in ("XX", "YY", "ZZ"))
    spin, one = total / 2, np.eye(2**n)
    lifted = lifted + 1e4 * (square - spin * (spin + 1) * one) + 1e4 * (s_z - spin * one) ** 2
    keep = np.flatnonzero(np.diag(s_z) == spin)
    energies = np.linalg.eigvalsh(lifted[np.ix_(keep, keep)])[: len(found)]
    assert np.linalg.eigvalsh(found) == pytest.approx(energies, abs=1e-9)


@pytest.mark.parametrize(
    ("terms", "match"),
    [
        ([PauliTerms("Z", np.array([[0]]), np.ones(1))], "total spin"),
        ([PauliTerms("ZZ", np.array([[0, 1]]), np.ones(1))], "XX, YY and ZZ differ"),
    ],
)
def test_an_anisotropic_h_is_refused(terms: list[PauliTerms], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        mpo_of([Hamiltonian(2, tuple(terms))], Sector("spin", 0))


def truncated(n: int, bond: int) -> tuple[Mps, list[Hamiltonian]]:
    """Three rows whose states are not converged."""
    hamiltonians = [drawn("heisenberg_1d", n, seed)[0].normalised() for seed in range(3)]
    sector = Sector("spin", n % 2)
    start = start_mps(Qubit.of(sector), n).rows([0] * 3)
    schedule = (HalfSweeps(4, 3, 8, noise=0.05), HalfSweeps(2, 3, bond))
    return dmrg(mpo_of(hamiltonians, sector), start, schedule)[0], hamiltonians


@pytest.mark.parametrize(("n", "bond"), [(2, 4), (3, 4), (14, 16), (15, 16), (24, 24)])
def test_the_state_is_the_same_without_multiplets(n: int, bond: int) -> None:
    state, hamiltonians = truncated(n, bond)
    flat = without_multiplets(state)
    assert flat.qubit.sector == Sector("magnetization", n % 2)
    energy, variance = energy_and_variance(state, mpo_of(hamiltonians, state.qubit.sector))
    plain = energy_and_variance(flat, mpo_of(hamiltonians, flat.qubit.sector))
    assert plain[0] == pytest.approx(energy, abs=1e-12)
    assert plain[1] == pytest.approx(variance, rel=1e-9, abs=1e-20)
    assert n < 14 or variance.min() > 1e-5  # there was something to compare
    rough = energy_and_variance(state, mpo_of(hamiltonians, state.qubit.sector), precise=False)
    assert rough[1] == pytest.approx(variance, rel=1e-4, abs=1e-12)
    expected = measure.correlation(flat, measure.densities(flat))
    assert correlation(state) == pytest.approx(expected, abs=1e-12)
    assert correlation(state.to(torch.float32)) == pytest.approx(expected, abs=2e-6)
    pairs = measure.pauli_pairs(flat, measure.densities(flat))
    assert pairs["XX"] == pytest.approx(pairs["ZZ"], abs=1e-12)


def test_tensors_are_left_canonical() -> None:
    state, _ = truncated(12, 16)
    for parts, left, right in left_canonical(state):
        assert set(left) == {q for q, _ in parts}
        for q, d in right.items():
            blocks = [a for (before, s), a in parts.items() if before + (1, -1)[s] == q]
            gram = torch.stack([a.mT @ a for a in blocks]).sum(0)
            assert gram == pytest.approx(torch.eye(d).expand(3, d, d), abs=1e-12)


def test_a_batch_is_made_canonical_as_each_of_its_rows() -> None:
    flat = without_multiplets(truncated(13, 16)[0])
    sites = [flat.parts(i) for i in range(13)]
    together = right_canonical(sites, flat.qubit.sector)
    for k in range(3):
        alone = right_canonical(
            [{key: a[k] for key, a in site.items()} for site in sites], flat.qubit.sector
        )
        for one, all_ in zip(alone.sites, together.sites, strict=True):
            for q, block in one.items():
                assert block[0].abs() == pytest.approx(all_[q][k].abs(), abs=1e-10)


@pytest.mark.parametrize(
    "n", [2, 3, 5, 8, 9, *(pytest.param(n, marks=pytest.mark.slow) for n in (13, 14))]
)
def test_rows_are_exact_where_the_bond_suffices(n: int) -> None:
    size, spec = Size(n), families.load("heisenberg_1d")
    settings = replace(spec.solver_settings(size), bond=256, steps=4, tolerance=1e-9, single=False)
    assert settings.multiplets
    hamiltonians = [drawn("heisenberg_1d", n, seed)[0] for seed in range(3)]
    batch = solve_warm("heisenberg_1d", size, hamiltonians, settings=settings)
    labels = batch.labels()
    for k, h in enumerate(hamiltonians):
        exact = exact_ground_state(h, spec.sector(size))
        assert batch.energy[k] == pytest.approx(exact.energy, rel=1e-10)
        assert labels["correlation"][k] == pytest.approx(exact.correlation(), abs=1e-7)
        assert labels["renyi2"][k] == pytest.approx(exact.renyi2(), abs=1e-7)
        assert labels["renyi2_blocks"][k] == pytest.approx(exact.renyi2_blocks(), abs=1e-7)


@pytest.mark.parametrize("n", [12, *(pytest.param(n, marks=pytest.mark.slow) for n in (22, 23))])
def test_the_solver_of_states_agrees(n: int) -> None:
    size, spec = Size(n), families.load("heisenberg_1d")
    hamiltonians = [drawn("heisenberg_1d", n, seed)[0] for seed in range(3)]
    settings = replace(spec.solver_settings(size), bond=96, tolerance=1e-4)
    found, plain = (
        solve_warm("heisenberg_1d", size, hamiltonians, settings=replace(settings, multiplets=kept))
        for kept in (True, False)
    )
    assert found.energy == pytest.approx(plain.energy, rel=1e-8)
    ours, theirs = found.labels(), plain.labels()
    assert found.correlation is not None
    for name, tolerance in (("correlation", 5e-5), ("renyi2", 1e-4), ("renyi2_blocks", 2e-4)):
        assert ours[name] == pytest.approx(theirs[name], abs=tolerance), name


@pytest.mark.parametrize("n", [8, 9, 10])
def test_rows_have_the_lowest_total_spin(n: int) -> None:
    """No row of the family may have its ground state in a multiplet that is not looked at."""
    size, spec = Size(n), families.load("heisenberg_1d")
    rng = np.random.default_rng(n)
    for draw in [spec.draw] * 60 + [spec.draw_ood] * 20:
        h = spec.hamiltonian(size, draw(size, rng))
        low, high = (
            exact_ground_state(h, Sector("magnetization", n % 2 + more)).energy for more in (0, 2)
        )
        assert low < high - 1e-3 * h.scale


def test_a_bond_counts_the_states_of_its_multiplets() -> None:
    state = warm_start("heisenberg_1d", Size(24), bond=40)
    assert state.qubit.paths
    states = [sum((q + 1) * d for q, d in dims.items()) for dims in state.dims]
    assert 30 < max(states) <= 40
    assert without_multiplets(state).bond() == max(states)
