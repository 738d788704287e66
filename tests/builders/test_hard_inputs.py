"""Inputs that lead solvers astray: cut chains, starts that are eigenstates, extreme scales."""

import numpy as np
import pytest

from builders import solve
from builders.errors import RequestError
from builders.exact import exact_ground_state
from builders.families import load
from builders.free_fermion import tfim_ground_state
from builders.names import Size

N = 14


def chain(n: int, cut: int | None = None, sign: float = 1.0) -> np.ndarray:
    """Couplings of neighbours, one of them missing."""
    j = np.full(n - 1, sign)
    if cut is not None:
        j[cut] = 0.0
    return np.diag(j, 1) + np.diag(j, -1)


@pytest.mark.parametrize("half", [7, 8])
def test_two_heisenberg_chains_are_the_sum_of_both(half: int) -> None:
    whole = solve("heisenberg_1d", 2 * half, {"J": chain(2 * half, half - 1)}, solver="dmrg")
    part = solve("heisenberg_1d", half, {"J": chain(half)}, solver="exact")
    assert whole.energy == pytest.approx(2 * part.energy, rel=1e-9)
    inside = part.correlation()
    assert whole.correlation()[:half, :half] == pytest.approx(inside, abs=1e-5)
    if half % 2 == 0:  # two singlets; two doublets have a choice between the halves
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
    found = solve("heisenberg_1d", N, {"J": chain(N, sign=-1.0)}, solver="dmrg")
    assert found.energy == pytest.approx(-(N - 1), rel=1e-9)
    # S = N/2, so that every pair is in a triplet: C = 1/3.
    off = ~np.eye(N, dtype=bool)
    assert found.correlation()[off] == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(("delta", "wide"), [(2.0, False), (-0.8, False), (0.5, True)])
def test_xxz_corners_against_exact_diagonalisation(delta: float, wide: bool) -> None:
    j = 10.0 ** np.linspace(-4, 0, N - 1) if wide else np.ones(N - 1)
    given = {"J": j, "delta": np.full(N - 1, delta)}
    family, size = load("xxz_1d"), Size(N)
    h = family.hamiltonian(size, family.check(size, given))
    exact = exact_ground_state(h, family.sector(size))
    found = solve("xxz_1d", N, given, solver="dmrg")
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=5e-4)


def test_nothing_to_solve_is_refused() -> None:
    with pytest.raises(RequestError, match="every state is a ground state"):
        solve("heisenberg_1d", N, {"J": np.zeros((N, N))})


def test_degenerate_small_systems_are_refused() -> None:
    """Two doublets in one sector: the labels would depend on the solver's mood."""
    with pytest.raises(RequestError, match="degenerate"):
        solve("heisenberg_1d", 10, {"J": chain(10, 4)})
