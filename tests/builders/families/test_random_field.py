"""The random-field Heisenberg chain: closed forms, symmetries, level statistics, the solver."""

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.diagonalization import exact_ground_state, matrix, sector_basis

FAMILY = families.load("random_field_heisenberg_1d")


def energy(h: list[float]) -> float:
    return solve(FAMILY.name, len(h), {"h": h}, solver="exact", sector="stated").energy


@pytest.mark.parametrize("h", [(0.0, 0.0), (0.7, -0.4), (3.0, 1.0)])
def test_two_sites(h: tuple[float, float]) -> None:
    """|01⟩ and |10⟩ have −1 ± (h0 − h1) and are coupled by 2."""
    expected = -1.0 - np.sqrt(4.0 + (h[0] - h[1]) ** 2)
    assert energy(list(h)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [8, 9])
def test_without_a_field_it_is_the_uniform_heisenberg_chain(n: int) -> None:
    other = solve("xxz_1d", n, {"J": np.ones(n - 1), "delta": np.ones(n - 1)}, solver="exact")
    found = solve(FAMILY.name, n, {"h": np.zeros(n)}, solver="exact")
    assert found.energy == pytest.approx(other.energy, abs=1e-11)
    np.testing.assert_allclose(found.correlation(), other.correlation(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [8, 9])
def test_a_uniform_field_moves_odd_chains_only(n: int) -> None:
    """Σ Z is conserved: 0 for even N, +1 for odd N."""
    h = np.random.default_rng(3).uniform(-1.0, 1.0, n)
    assert energy(list(h + 0.3)) == pytest.approx(energy(list(h)) + 0.3 * (n % 2), abs=1e-11)


@pytest.mark.parametrize("n", [8, 10])
def test_reversed_fields_turn_all_spins(n: int) -> None:
    h = np.random.default_rng(4).uniform(-1.0, 1.0, n)
    assert energy(list(-h)) == pytest.approx(energy(list(h)), abs=1e-11)
    assert energy(list(h[::-1])) == pytest.approx(energy(list(h)), abs=1e-11)


def test_a_strong_staggered_field_makes_a_neel_state() -> None:
    """E = −h N − (N−1) and, to second order, −(2)²/(4h + …) a bond: 4/(4h) at most."""
    n, strength = 8, 1e3
    found = energy(list(strength * (-1.0) ** np.arange(n)))
    assert -strength * n - (n - 1) - (n - 1) / strength <= found <= -strength * n - (n - 1)


EDGES = {
    "up": [2.0] * 10,
    "staggered": [2.0, -2.0] * 5,
    "half": [2.0] * 5 + [-2.0] * 5,
    "one": [2.0] + [0.0] * 9,
    "none": [0.0] * 10,
}


@pytest.mark.slow
@pytest.mark.parametrize("n", [9, 10])
def test_rows_at_the_edges_of_the_range(n: int) -> None:
    hamiltonians = [FAMILY.hamiltonian(Size(n), {"h": np.array(h[:n])}) for h in EDGES.values()]
    batch = solve_warm(FAMILY.name, Size(n), hamiltonians)
    labels = batch.labels()
    for row, name in enumerate(EDGES):
        exact = exact_ground_state(hamiltonians[row], FAMILY.sector(Size(n)))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6), name
        for label, values in labels.items():
            assert values[row] == pytest.approx(getattr(exact, label)(), abs=5e-4), (name, label)


@pytest.mark.slow
@pytest.mark.parametrize(("strength", "expected"), [(1.0, 0.5307), (40.0, 0.3863)])
def test_level_ratio(strength: float, expected: float) -> None:
    """Mean of min/max of neighbouring spacings in the middle third of the levels with Σ Z = 0.

    Random matrices (GOE): 0.5307; independent levels: 2 ln 2 − 1 = 0.3863 (Atas et al., PRL 110,
    084101 (2013)). A ratio spreads by about 0.27, and 20 spectra of 924 levels have 6,000 of them:
    one standard error is 0.0035.
    """
    size, rng = Size(12), np.random.default_rng(1)
    basis = sector_basis(12, FAMILY.sector(size))
    ratios = []
    for _ in range(20):
        h = FAMILY.hamiltonian(size, {"h": rng.uniform(-strength, strength, 12)})
        levels = np.linalg.eigvalsh((basis.T @ matrix(h) @ basis).toarray())
        gaps = np.diff(levels[308:616])
        ratios.append(np.minimum(gaps[1:], gaps[:-1]) / np.maximum(gaps[1:], gaps[:-1]))
    assert abs(np.mean(ratios) - expected) < 4 * 0.0035


def test_strong_disorder_is_refused_where_nothing_tells_the_lowest_state() -> None:
    strong = np.linspace(-2.5, 2.5, 15)
    FAMILY.check(Size(14), {"h": strong[:14]})
    FAMILY.check(Size(15), {"h": strong * 0.8 + 7.0})  # a uniform field is harmless
    with pytest.raises(RequestError, match=r"spread by 5 .* At 15 sites at most 4"):
        FAMILY.check(Size(15), {"h": strong})
    long = np.linspace(-1.2, 1.2, 65)
    FAMILY.check(Size(64), {"h": long[:64]})
    with pytest.raises(RequestError, match=r"spread by 2.4 .* At 65 sites at most 2"):
        FAMILY.check(Size(65), {"h": long})


@pytest.mark.slow
def test_no_cold_run_ends_below_a_row() -> None:
    """A cold run of 32 sites starts from a product state, and may only end above."""
    size = Size(32)
    rows = [FAMILY.draw(size, np.random.default_rng([6, k])) for k in range(3)]
    hamiltonians = [FAMILY.hamiltonian(size, row) for row in rows]
    batch = solve_warm(FAMILY.name, size, hamiltonians)
    for k, h in enumerate(hamiltonians):
        cold = solve_cold(h, FAMILY.sector(size), max_bond=64, tolerance=1e-7)
        assert batch.energy[k] <= cold.energy[0] + 1e-6 * abs(cold.energy[0])
