"""The Heisenberg lattice: bonds, published instances, symmetries, SU(2) in block2."""

import json
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families.heisenberg_2d import lattice_bonds
from builders.physics.hamiltonian import Hamiltonian, Sector, isotropic
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.exact.diagonalization import exact_ground_state
from tests.builders.lattice_oracle import exact_heisenberg
from tests.paths import GOLDEN

FAMILY = families.load("heisenberg_2d")
GOLDEN = json.loads((GOLDEN / "heisenberg_2d.json").read_text(encoding="utf-8"))
needs_block2 = pytest.mark.skipif(
    find_spec("block2") is None, reason="block2 is not installed: pip install 'qslbench[block2]'"
)
LABELS = ("correlation", "renyi2", "renyi2_blocks")


def published(text: str) -> tuple[np.ndarray, dict[str, Any]]:
    """Couplings and results of a published instance; smaller ones have the first couplings."""
    bonds = len(lattice_bonds(Size.parse(text)))
    return np.array(GOLDEN["couplings"][:bonds]), GOLDEN["instances"][text]


def agrees(correlation: np.ndarray, energy: float, instance: dict[str, Any]) -> None:
    """The published DMRG has errors of its own: 5e-8 in the energy, 2e-5 in ⟨ZZ⟩ at 4 × 5."""
    assert energy == pytest.approx(instance["energy"], rel=1e-6)
    for site, row in instance["zz"].items():
        assert correlation[int(site)] == pytest.approx(np.array(row), abs=1e-4)


def test_bonds_go_site_by_site_down_then_right() -> None:
    #  0 1 2
    #  3 4 5
    expected = [(0, 3), (0, 1), (1, 4), (1, 2), (2, 5), (3, 4), (4, 5)]
    assert lattice_bonds(Size.parse("2x3")).tolist() == [list(b) for b in expected]


@pytest.mark.parametrize("text", FAMILY.sizes)
def test_every_pair_of_neighbours_is_one_bond(text: str) -> None:
    size = Size.parse(text)
    bonds = lattice_bonds(size)
    at = np.array(np.unravel_index(bonds, (size.rows, size.columns)))
    assert (np.abs(np.diff(at, axis=2)).sum(axis=0) == 1).all()
    assert len({tuple(b) for b in bonds.tolist()}) == len(bonds)
    assert len(bonds) == 2 * size.sites - size.rows - size.columns


@pytest.mark.parametrize(("text", "words"), [("1x8", "two rows"), ("8x1", "two rows")])
def test_one_row_is_refused(text: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        FAMILY.check_size(Size.parse(text))


def test_a_chain_size_and_a_large_lattice_are_refused() -> None:
    with pytest.raises(RequestError, match="ROWSxCOLUMNS"):
        solve("heisenberg_2d", 12, {"J": np.ones(11)})
    for text in ("8x9", "10x10"):
        with pytest.raises(RequestError, match=rf"{text} .* at most 45 sites.* 90 CPU seconds"):
            FAMILY.check_size(Size.parse(text))
    with pytest.raises(RequestError, match=r"shape \(16,\); size 3x4 needs shape \(17,\)"):
        solve("heisenberg_2d", "3x4", {"J": np.ones(16)})


@pytest.mark.slow
def test_a_published_lattice_against_the_oracle() -> None:
    couplings, instance = published("4x5")
    state, zz = exact_heisenberg(20, lattice_bonds(Size.parse("4x5")), 0.5 * couplings)
    agrees(zz, state.energy, instance)
    # A second convention, ⟨H⟩ = Σ (3/2) J_b C_b, on the published numbers themselves.
    energy = 1.5 * couplings @ zz[tuple(lattice_bonds(Size.parse("4x5")).T)]
    assert energy == pytest.approx(state.energy, rel=1e-10)


@pytest.mark.parametrize("text", ["3x4", "3x3"])
def test_energy_is_the_sum_over_bonds(text: str) -> None:
    size = Size.parse(text)
    parameters = FAMILY.draw(size, np.random.default_rng(1))
    state = exact_ground_state(FAMILY.hamiltonian(size, parameters), FAMILY.sector(size))
    c = state.correlation()[tuple(lattice_bonds(size).T)]
    assert state.energy == pytest.approx(1.5 * parameters["J"] @ c, rel=1e-12)
    # Singlets and doublets alike have no axis of second order.
    for bond in lattice_bonds(size).tolist():
        xx, yy, zz = (state.expectation(p, bond) for p in ("XX", "YY", "ZZ"))
        assert xx == pytest.approx(zz, abs=1e-9)
        assert yy == pytest.approx(zz, abs=1e-9)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_reflected_lattice_has_reflected_labels(axis: int) -> None:
    size = Size.parse("3x4")
    bonds = lattice_bonds(size)
    mirror = np.flip(np.arange(12).reshape(3, 4), axis).ravel()
    couplings = FAMILY.draw(size, np.random.default_rng(2))["J"]
    at = {tuple(b): k for k, b in enumerate(bonds.tolist())}
    reflected = np.array([couplings[at[tuple(sorted(mirror[b].tolist()))]] for b in bonds])
    first, second = (
        solve("heisenberg_2d", "3x4", {"J": j}, solver="exact") for j in (couplings, reflected)
    )
    assert second.energy == pytest.approx(first.energy, rel=1e-12)
    there = first.correlation()[np.ix_(mirror, mirror)]
    assert second.correlation() == pytest.approx(there, abs=1e-9)
    if axis == 1:  # pairs inside a row stay pairs inside a row
        inside = np.flatnonzero(np.arange(11) % 4 != 3)
        pairs = np.minimum(mirror[inside], mirror[inside + 1])
        assert second.renyi2()[inside] == pytest.approx(first.renyi2()[pairs], abs=1e-9)


@pytest.mark.slow
def test_solver_agrees_with_exact_diagonalisation() -> None:
    size = Size.parse("3x4")
    parameters = FAMILY.draw(size, np.random.default_rng(0))
    h, sector = FAMILY.hamiltonian(size, parameters), FAMILY.sector(size)
    exact, found = exact_ground_state(h, sector), solve_cold(h, sector)
    assert found.energy[0] == pytest.approx(exact.energy, rel=1e-8)
    labels = found.labels()
    # The limits of the data sets are 5e-4 and 1e-3; nothing is truncated here.
    for name in LABELS:
        assert labels[name][0] == pytest.approx(getattr(exact, name)(), abs=1e-4), name


def test_shifted_couplings_are_strong_along_rows() -> None:
    size = Size.parse("10x10")
    bonds = lattice_bonds(size)
    couplings = FAMILY.draw_ood(size, np.random.default_rng(0))["J"]
    along = bonds[:, 1] - bonds[:, 0] == 1
    assert along.sum() == 90
    assert couplings[along].min() >= 1.0 > couplings[~along].max()
    assert couplings[along].max() <= 3.0
    # Means 2 and ½ within four standard errors of a uniform distribution.
    assert abs(couplings[along].mean() - 2.0) < 4 * 2 / np.sqrt(12 * 90)
    assert abs(couplings[~along].mean() - 0.5) < 4 / np.sqrt(12 * 90)


def test_ferromagnetic_couplings_have_one_state_in_the_sector() -> None:
    bonds = len(lattice_bonds(Size.parse("3x4")))
    couplings = -np.random.default_rng(3).uniform(0.1, 2.0, bonds)
    state = solve("heisenberg_2d", "3x4", {"J": couplings}, solver="exact")
    # The largest spin: every pair is a triplet, whatever the couplings are.
    assert state.energy == pytest.approx(0.5 * couplings.sum(), rel=1e-12)
    assert state.correlation()[~np.eye(12, dtype=bool)] == pytest.approx(1 / 3, abs=1e-9)


def su2(text: str, seeds: range, bond: int, half_sweeps: int = 8) -> tuple[list[Any], Batch]:
    from builders.solvers.block2.solver import solve_block2

    size = Size.parse(text)
    rows = [FAMILY.draw(size, np.random.default_rng(seed)) for seed in seeds]
    hamiltonians = [FAMILY.hamiltonian(size, row) for row in rows]
    batch = solve_block2(
        hamiltonians,
        FAMILY.sector(size),
        bond=bond,
        half_sweeps=half_sweeps,
        spin=FAMILY.total_spin(size, FAMILY.typical(size)),
    )
    return hamiltonians, batch


@needs_block2
@pytest.mark.parametrize("text", ["2x2", "2x3", "3x3", "3x4"])
def test_multiplets_give_the_state_of_the_sector(text: str) -> None:
    # Odd lattices are solved with one spin more.
    hamiltonians, batch = su2(text, range(2), bond=64)
    labels = batch.labels()
    for row, h in enumerate(hamiltonians):
        exact = exact_ground_state(h, FAMILY.sector(Size.parse(text)))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-9)
        assert batch.relative_variance[row] < 1e-9
        for name in LABELS:
            assert labels[name][row] == pytest.approx(getattr(exact, name)(), abs=3e-5), name


def test_the_total_spin_is_known_for_positive_couplings_alone() -> None:
    for text, doubled in (("3x4", 0), ("3x3", 1)):
        size = Size.parse(text)
        row = FAMILY.draw(size, np.random.default_rng(0))
        assert FAMILY.total_spin(size, row) == FAMILY.sector(size).value == doubled
        row["J"][3] = -0.5
        assert FAMILY.total_spin(size, row) is None


@needs_block2
def test_a_total_spin_that_does_not_fit_is_refused() -> None:
    from builders.solvers.block2.solver import solve_block2

    size, sector = Size.parse("2x2"), Sector("magnetization", 0)
    h = FAMILY.hamiltonian(size, FAMILY.typical(size))
    with pytest.raises(ValueError, match="spin=2"):
        solve_block2([h], Sector("magnetization", 2), bond=8, spin=2)
    with pytest.raises(ValueError, match="spin=1"):
        solve_block2([h], sector, bond=8, spin=1)
    xxz = Hamiltonian(2, tuple(isotropic([(0, 1)], [1.0]))[:2])
    with pytest.raises(RequestError, match="not isotropic"):
        solve_block2([xxz], sector, bond=8, spin=0)


@pytest.mark.slow
def test_solve_reproduces_a_published_lattice() -> None:
    couplings, instance = published("4x5")
    state = solve("heisenberg_2d", "4x5", {"J": couplings})
    agrees(state.correlation(), state.energy, instance)


@needs_block2
@pytest.mark.slow
def test_block2_reproduces_a_published_lattice() -> None:
    from builders.solvers.block2.solver import solve_block2

    size = Size.parse("5x5")
    couplings, instance = published("5x5")
    h, sector = FAMILY.hamiltonian(size, {"J": couplings}), FAMILY.sector(size)
    batch = solve_block2([h], sector, bond=128, half_sweeps=8, spin=1)
    agrees(batch.labels()["correlation"][0], batch.energy[0], instance)


def test_six_rows_of_six_take_twice_the_bond_of_five() -> None:
    bonds = {text: FAMILY.solver_settings(Size.parse(text)).bond for text in FAMILY.sizes}
    assert bonds["6x6"] == 2 * bonds["9x5"]


@needs_block2
@pytest.mark.slow
def test_the_uniform_lattice_of_36_sites_is_near_its_exact_energy() -> None:
    """Published by exact diagonalisation (Wu et al. 2024): −86.9071441699763 at J = 2."""
    from builders.solvers.block2.solver import STRONG, block2_warm_start, solve_block2

    size = Size.parse("6x6")
    h = FAMILY.hamiltonian(size, {"J": 2.0 * FAMILY.typical(size)["J"]})
    batch = solve_block2(
        [h],
        FAMILY.sector(size),
        bond=192,
        half_sweeps=4,
        warm_start=block2_warm_start("heisenberg_2d", size, 4 * 96),
        precision=STRONG,
        spin=0,
    )
    # Variational, and above by the variance over the gap to other singlets, which is above 1.
    above = batch.energy[0] + 86.9071441699763
    assert 0 < above < batch.energy_variance[0] < 0.05


@needs_block2
@pytest.mark.slow
def test_a_row_of_20_sites_is_within_the_promised_errors() -> None:
    from builders.solvers.block2.rows import solve_warm_block2

    size = Size.parse("4x5")
    row = FAMILY.draw(size, np.random.default_rng(2026))
    state, zz = exact_heisenberg(20, lattice_bonds(size), 0.5 * row["J"])
    batch = solve_warm_block2("heisenberg_2d", size, [FAMILY.hamiltonian(size, row)])
    labels = batch.labels()
    assert np.abs(labels["correlation"][0] - zz).max() < 5e-4
    for name in LABELS[1:]:
        assert np.abs(labels[name][0] - getattr(state, name)()).max() < 1e-3
