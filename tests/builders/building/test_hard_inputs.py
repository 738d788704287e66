"""Inputs that lead solvers astray: cut chains, starts that are eigenstates, extreme scales."""

import numpy as np
import pytest

from builders import solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families import load
from builders.families.heisenberg_2d import lattice_bonds
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import tfim_ground_state
from tests.builders.family_cases import chains

N = 14
# Parameters that are ratios; all others carry the unit of energy.
RATIOS = {
    "xxz_1d": {"delta"},
    "xxz_1d_attractive": {"delta"},
    "xxz_1d_critical": {"delta"},
    "bond_alternating_xxz_1d": {"delta"},
    "xy_1d": {"gamma"},
    "rydberg_1d": {"rb_over_a"},
}
# Their other couplings are 1: no factor scales the whole of H.
FIXED_UNIT = {"cluster_ising_1d", "random_field_heisenberg_1d"}


def in_unit(family: str, parameters: dict[str, np.ndarray], unit: float) -> dict[str, np.ndarray]:
    """The parameters with energies in another unit."""
    ratios = RATIOS.get(family, set())
    return {k: v if k in ratios else unit * v for k, v in parameters.items()}


def chain(n: int, cut: int | None = None, sign: float = 1.0) -> np.ndarray:
    """Couplings of neighbours, one of them missing."""
    j = np.full(n - 1, sign)
    if cut is not None:
        j[cut] = 0.0
    return np.diag(j, 1) + np.diag(j, -1)


@pytest.mark.parametrize("half", [6, pytest.param(8, marks=pytest.mark.slow)])
def test_two_heisenberg_chains_are_the_sum_of_both(half: int) -> None:
    whole = solve("heisenberg_1d", 2 * half, {"J": chain(2 * half, half - 1)}, solver="dmrg")
    part = solve("heisenberg_1d", half, {"J": chain(half)}, solver="exact")
    assert whole.energy == pytest.approx(2 * part.energy, rel=1e-9)
    inside = part.correlation()
    assert whole.correlation()[:half, :half] == pytest.approx(inside, abs=1e-5)
    assert whole.correlation()[:half, half:] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("j", "h"),
    [
        (np.zeros(N - 1), np.ones(N)),
        (np.zeros(N - 1), -np.ones(N)),  # the start |+ … +> is the highest state
        (np.ones(N - 1), np.zeros(N)),  # a cat state: degenerate, but not in its sector
        (-2.0 * np.ones(N - 1), np.ones(N)),
        (np.r_[np.ones(6), 0.0, np.ones(6)], np.ones(N)),
        (10.0 ** np.linspace(-6, 0, N - 1), 10.0 ** np.linspace(0, -6, N)),
    ],
)
def test_tfim_corners_against_free_fermions(j: np.ndarray, h: np.ndarray) -> None:
    exact = tfim_ground_state(j, h)
    found = solve("tfim_1d", N, {"J": j, "h": h}, solver="dmrg")
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=1e-5)


def test_ferromagnet_has_one_state_in_its_sector() -> None:
    found = solve("heisenberg_1d", 8, {"J": chain(8, sign=-1.0)}, solver="dmrg")
    assert found.energy == pytest.approx(-7.0, rel=1e-9)
    # S = N/2, so that every pair is in a triplet: C = 1/3.
    off = ~np.eye(8, dtype=bool)
    assert found.correlation()[off] == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(
    ("delta", "wide"),
    [
        pytest.param(0.5, True, marks=pytest.mark.slow),
        pytest.param(-0.8, False, marks=pytest.mark.slow),
    ],
)
def test_xxz_corners_against_exact_diagonalisation(delta: float, wide: bool) -> None:
    j = 10.0 ** np.linspace(-4, 0, N - 1) if wide else np.ones(N - 1)
    given = {"J": j, "delta": np.full(N - 1, delta)}
    family, size = load("xxz_1d"), Size(N)
    h = family.hamiltonian(size, family.check(size, given))
    exact = exact_ground_state(h, family.sector(size))
    found = solve("xxz_1d", N, given, solver="dmrg", sector="stated")
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=5e-4)


def test_nothing_to_solve_is_refused() -> None:
    with pytest.raises(RequestError, match="every state is a ground state"):
        solve("heisenberg_1d", N, {"J": np.zeros((N, N))})


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_free_spins_are_refused(solver: str) -> None:
    """Two doublets in one sector: the labels would depend on the solver's mood."""
    words = "degenerate: 2 parts of an odd number of sites, one with site 1,"
    with pytest.raises(RequestError, match=words):
        solve("heisenberg_1d", 10, {"J": chain(10, 4)}, solver=solver)
    with pytest.raises(RequestError, match="3 parts"):
        solve("heisenberg_1d", 15, {"J": chain(15, 2) * chain(15, 7)}, solver="dmrg")
    corner = np.where((lattice_bonds(Size.parse("4x4")) == 0).any(axis=1), 0.0, 1.0)
    with pytest.raises(RequestError, match="2 parts"):
        solve("heisenberg_2d", "4x4", {"J": corner}, solver="dmrg")


def test_one_free_spin_has_its_sector() -> None:
    """Odd chain cut into five and four sites: the doublet is the five, with Σ Z = +1."""
    whole = solve("heisenberg_1d", 9, {"J": chain(9, 4)}, solver="dmrg")
    five = solve("heisenberg_1d", 5, {"J": chain(5)}, solver="exact")
    assert whole.correlation()[:5, :5] == pytest.approx(five.correlation(), abs=1e-5)
    assert whole.renyi2_blocks()[4] == pytest.approx(0.0, abs=1e-9)


def test_cut_ising_chains_without_a_field_are_refused() -> None:
    """Each half has two magnetizations: two states with Π X = +1."""
    with pytest.raises(RequestError, match="degenerate"):
        solve("tfim_1d", 12, {"J": np.r_[np.ones(5), 0.0, np.ones(5)], "h": np.zeros(12)})


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
@pytest.mark.parametrize("unit", [1e12, 1e-310])
@pytest.mark.parametrize("name", sorted(set(chains()) - FIXED_UNIT))
def test_the_unit_of_energy_changes_energies_alone(name: str, unit: float, solver: str) -> None:
    family, size = load(name), Size(4)
    given = family.draw(size, np.random.default_rng(3))
    plain = solve(name, 4, given, solver="exact")
    found = solve(name, 4, in_unit(name, given, unit), solver=solver)
    # 1e-310 has 13 bits: couplings are rounded to 1e-4 of themselves.
    close = 1e-3 if unit < 1e-300 else 1e-9
    assert found.energy == pytest.approx(unit * plain.energy, rel=close)
    assert np.isfinite(found.energy_variance)
    assert found.correlation() == pytest.approx(plain.correlation(), abs=close)
    assert found.renyi2() == pytest.approx(plain.renyi2(), abs=close)


@pytest.mark.parametrize("unit", [1e-290, 1e-300, 1e-306])
def test_small_units_do_not_stop_lanczos_early(unit: float) -> None:
    """11 sites, where exact diagonalisation is iterative and looks at absolute numbers."""
    plain, small = (
        solve("tfim_1d", 11, {"J": u * np.full(10, 2.0), "h": u * np.ones(11)}, solver="exact")
        for u in (1.0, unit)
    )
    assert small.energy == pytest.approx(unit * plain.energy, rel=1e-12)
    assert small.correlation() == pytest.approx(plain.correlation(), abs=1e-9)


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
@pytest.mark.parametrize("name", sorted(set(chains()) - {"cluster_ising_1d"}))
def test_energies_whose_squares_overflow_are_refused(name: str, solver: str) -> None:
    given = in_unit(name, load(name).draw(Size(4), np.random.default_rng(3)), 1e200)
    with pytest.raises(RequestError, match=r"e\+\d+: its square.* overflows. At most 1e\+150"):
        solve(name, 4, given, solver=solver)


@pytest.mark.parametrize(
    ("delta", "n"),
    [
        (-1.0, 5),
        (-1.0, 6),
        (1.0, 6),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in ((-1.0, 12), (-1.0, 13))),
    ],
)
def test_the_transitions_of_the_xxz_chain(delta: float, n: int) -> None:
    """At Δ = −1 every other spin turned about z makes it the ferromagnet: E = −(N−1).

    Its highest spin has one state in the sector, C_ij = ((−1)^{i−j} 2 N' + M')/3 with
    ⟨XX⟩ = ⟨YY⟩ of N' and ⟨ZZ⟩ of M' = (M² − N)/(N(N−1)), M = Σ Z. At Δ = 1 it is Heisenberg's.
    """
    given = {"J": np.ones(n - 1), "delta": np.full(n - 1, delta)}
    found = solve("xxz_1d", n, given, solver="dmrg")
    if delta == 1.0:
        other = solve("heisenberg_1d", n, {"J": chain(n)}, solver="exact")
        assert found.energy == pytest.approx(other.energy, rel=1e-9)
        assert found.correlation() == pytest.approx(other.correlation(), abs=1e-5)
        return
    assert found.energy == pytest.approx(-(n - 1.0), rel=1e-9)
    total = n % 2
    zz = (total - n) / (n * (n - 1))
    # S² = S(S+1) with S = N/2: the three letters of a pair sum to 1.
    xx = (1.0 - zz) / 2.0
    i, j = np.triu_indices(n, 1)
    expected = (2.0 * (-1.0) ** (j - i) * xx + zz) / 3.0
    assert found.correlation()[i, j] == pytest.approx(expected, abs=1e-4)
