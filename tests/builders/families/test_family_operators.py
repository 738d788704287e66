"""The contract of a family's Hamiltonian, on dense matrices. Every family runs through it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import families
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.parameters import Parameters
from tests.builders.family_cases import draw, sizes, small, solvable

Matrix = NDArray[np.complex128]
PAULI: dict[str, Matrix] = {
    "I": np.eye(2, dtype=np.complex128),
    "X": np.array([[0, 1], [1, 0]], dtype=np.complex128),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.array([[1, 0], [0, -1]], dtype=np.complex128),
}


def string(n_sites: int, letters: dict[int, str]) -> Matrix:
    """The Pauli string with these letters on these sites, (2^N, 2^N), site 0 leftmost."""
    out: Matrix = np.ones((1, 1), dtype=np.complex128)
    for site in range(n_sites):
        out = np.kron(out, PAULI[letters.get(site, "I")]).astype(np.complex128)
    return out


def dense(h: Hamiltonian) -> Matrix:
    """H as a matrix, string by string: an oracle that shares no code with the solvers."""
    out = np.zeros((2**h.n_sites,) * 2, dtype=np.complex128)
    for term in h.terms:
        for sites, value in zip(term.sites, term.coefficients, strict=True):
            letters = dict(zip(sites.tolist(), term.paulis, strict=True))
            out += value * string(h.n_sites, letters)
    return out


def symmetries(n_sites: int, sector: Sector) -> list[Matrix]:
    """The operators whose value the sector fixes."""
    if sector.kind == "magnetization":
        return [np.sum([string(n_sites, {i: "Z"}) for i in range(n_sites)], axis=0)]
    sites = {
        "parity": [range(n_sites)],
        "parity_z": [range(n_sites)],
        "sublattice_parity": [range(k, n_sites, 2) for k in (0, 1)],
        "none": [],
    }[sector.kind]
    letter = "Z" if sector.kind == "parity_z" else "X"
    return [string(n_sites, dict.fromkeys(s, letter)) for s in sites]


def sector_levels(h: Hamiltonian, sector: Sector) -> NDArray[np.float64]:
    """All energies inside the sector, ascending; inside its lowest choice if it is open."""
    return min((_levels(h, choice) for choice in sector.choices()), key=lambda levels: levels[0])


def _levels(h: Hamiltonian, sector: Sector) -> NDArray[np.float64]:
    # The symmetries commute: vectors on which all have the value are those of the largest sum of
    # −(S − value)².
    one = np.eye(2**h.n_sites, dtype=np.complex128)
    shifted = [s - sector.value * one for s in symmetries(h.n_sites, sector)]
    values, vectors = np.linalg.eigh(
        np.sum([s @ s for s in shifted], axis=0) if shifted else 0 * one
    )
    basis = vectors[:, np.abs(values) < 1e-9]
    assert basis.shape[1], f"{sector=} is empty"
    return np.linalg.eigvalsh(basis.conj().T @ dense(h) @ basis)


@pytest.fixture(params=solvable())
def family(request: pytest.FixtureRequest) -> Family:
    return families.load(request.param)


@pytest.mark.parametrize("seed", range(3))
def test_h_is_real_and_hermitian(family: Family, seed: int) -> None:
    size = small(family)
    matrix = dense(family.hamiltonian(size, draw(family, size, seed)))
    np.testing.assert_array_equal(matrix.imag, 0.0)
    np.testing.assert_array_equal(matrix, matrix.conj().T)
    assert np.abs(matrix).max() > 0


@pytest.mark.parametrize("seed", range(3))
def test_the_sector_commutes_with_h(family: Family, seed: int) -> None:
    for size in [*sizes(family, most=3), small(family)]:
        h = dense(family.hamiltonian(size, draw(family, size, seed)))
        for s in symmetries(size.sites, family.sector(size)):
            # 2^N products of numbers up to max|H| · max|S|, each rounded once.
            rounding = 2**size.sites * np.finfo(float).eps * np.abs(h).max() * np.abs(s).max()
            assert np.abs(h @ s - s @ h).max() <= 4 * rounding


@pytest.mark.parametrize("seed", range(3))
def test_the_ground_state_in_the_sector_is_one_state(family: Family, seed: int) -> None:
    for size in [*sizes(family, most=3), small(family)]:
        h = family.hamiltonian(size, draw(family, size, seed))
        levels = sector_levels(h, family.sector(size))
        assert len(levels) == 1 or levels[1] - levels[0] > 1e-6 * h.scale


@pytest.mark.parametrize("factor", [2.5, 1e-3])
def test_energies_scale_with_h(family: Family, factor: float) -> None:
    size = small(family)
    h = family.hamiltonian(size, draw(family, size))
    levels = sector_levels(h, family.sector(size))
    scaled = sector_levels(h.scaled(factor), family.sector(size))
    # eigh is backward stable: errors of a few dimension · eps · |H|.
    allowed = 64 * 16 * np.finfo(float).eps * np.abs(levels).max() * factor
    np.testing.assert_allclose(scaled, factor * levels, rtol=0, atol=allowed)
    for choice in family.sector(size).choices():
        plain, flipped = sector_levels(h, choice), sector_levels(h.scaled(-factor), choice)
        np.testing.assert_allclose(flipped, -factor * plain[::-1], rtol=0, atol=allowed)
    assert h.scaled(factor).scale == pytest.approx(factor * h.scale, rel=1e-15)


def closed_form(name: str) -> tuple[Parameters, float]:
    """Parameters of an 8-site chain whose energy is known."""
    n = 8
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    if name == "tfim_1d":
        # Free fermions, uniform critical chain: E = 1 − 1/sin(π / (2(2N+1))).
        exact = 1 - 1 / np.sin(np.pi / (2 * (2 * n + 1)))
        return {"J": np.ones(n - 1), "h": np.ones(n)}, exact
    if name == "heisenberg_1d":
        # Majumdar-Ghosh, J2 = J1/2: a product of singlets, E = −3N/2.
        return {"J": 1.0 * (distance == 1) + 0.5 * (distance == 2)}, -1.5 * n
    if name == "cluster_ising_1d":
        # Commuting stabilisers ZXZ, N − 2 of them.
        return {"h1": np.array(0.0), "h2": np.array(0.0)}, -(n - 2.0)
    if name == "bond_alternating_xxz_1d":
        # Free fermions at delta = 0, the same section.
        given = {"J": np.array(1.0), "J_prime": np.array(2.0), "delta": np.array(0.0)}
        return given, -13.708136355632
    if name == "xy_1d":
        # The project's physics reference, section 2: −½ Σ singular values of (A+B).
        J, h = np.ones(n - 1), np.full(n, 0.3)
        return {"J": J, "h": h, "gamma": np.array(0.5)}, -5.694496427131
    # XX chain: hopping fermions, the sum of the negative 4 cos(πm/(N+1)).
    levels = 4 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1))
    return {"J": np.ones(n - 1), "delta": np.zeros(n - 1)}, levels[levels < 0].sum()


@pytest.mark.parametrize(
    "name",
    [
        "tfim_1d",
        "heisenberg_1d",
        "xxz_1d",
        "cluster_ising_1d",
        "xy_1d",
        "bond_alternating_xxz_1d",
    ],
)
def test_energy_is_the_closed_form(name: str) -> None:
    family, size = families.load(name), Size(8)
    given, exact = closed_form(name)
    h = family.hamiltonian(size, family.check(size, given))
    # 256 · eps · |E| is 1e-12; a wrong sign or factor would be of order one.
    assert sector_levels(h, family.sector(size))[0] == pytest.approx(exact, abs=1e-11)


@pytest.mark.parametrize(
    "name", ["tfim_1d", "heisenberg_1d", "xxz_1d", "xy_1d", "bond_alternating_xxz_1d", "rydberg_1d"]
)
@pytest.mark.parametrize("sites", [3, 4, 5])
def test_the_sector_holds_the_lowest_level_of_all(name: str, sites: int) -> None:
    family, size = families.load(name), Size(sites)
    h = family.hamiltonian(size, draw(family, size))
    lowest = np.linalg.eigvalsh(dense(h))[0]
    assert sector_levels(h, family.sector(size))[0] == pytest.approx(lowest, rel=1e-12)


@pytest.mark.parametrize("sites", [8, 9])
def test_the_sector_is_the_one_of_the_definition(sites: int) -> None:
    # With another sector that commutes with H, entropies and shots of odd chains would differ.
    size = Size(sites)
    assert families.load("tfim_1d").sector(size) == Sector("parity", 1)
    assert families.load("cluster_ising_1d").sector(size) == Sector("sublattice_parity", 1)
    assert families.load("xy_1d").sector(size) == Sector("parity_z", 0)
    assert families.load("rydberg_1d").sector(size) == Sector("none")
    for name in (
        "heisenberg_1d",
        "xxz_1d",
        "bond_alternating_xxz_1d",
        "random_field_heisenberg_1d",
    ):
        assert families.load(name).sector(size) == Sector("magnetization", sites % 2)
