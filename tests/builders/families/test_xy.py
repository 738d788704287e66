"""The XY chain's solver: both parities of Π Z, ties, edges of the range, free fermions."""

import numpy as np
import pytest

from builders import families
from builders.building.ground_state import solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import xy_ground_state

FAMILY = families.load("xy_1d")


def uniform(n: int, h: float, gamma: float) -> Parameters:
    return {"J": np.ones(n - 1), "h": np.full(n, h), "gamma": np.array(gamma)}


# Inside the circle γ² + h² = 1 the two parities cross; at h = 2 the field wins.
EDGES = [(0.0, 0.2), (0.0, 1.0), (2.0, 0.2), (2.0, 1.0), (0.5, 0.3), (0.3, 0.5), (1.0, 0.2)]


def test_rows_at_the_edges_of_the_range() -> None:
    n = 10
    rows = [uniform(n, *edge) for edge in EDGES]
    hamiltonians = [FAMILY.hamiltonian(Size(n), p) for p in rows]
    batch = solve_warm(FAMILY.name, Size(n), hamiltonians)
    labels = batch.labels()
    parities = set()
    for row, (h, edge) in enumerate(zip(hamiltonians, EDGES, strict=True)):
        exact = exact_ground_state(h, FAMILY.sector(Size(n)))
        parities.add(round(exact.expectation("Z" * n, range(n))))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6)
        for name, values in labels.items():
            assert values[row] == pytest.approx(getattr(exact, name)(), abs=5e-4), (name, edge)
    assert parities == {1, -1}


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_energy_of_the_physics_reference(solver: str) -> None:
    """Section 2: N = 8, J = 1, γ = .5, h = .3; its state has Π Z = −1."""
    found = solve(FAMILY.name, 8, uniform(8, 0.3, 0.5), solver=solver)
    assert found.energy == pytest.approx(-5.694496427131, abs=1e-9)


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_equal_parities_take_the_even_one(solver: str) -> None:
    """J alone, γ = 1: (|++…⟩ ± |−−…⟩)/√2, whose bits in the basis Z add up to an even number."""
    state = solve(FAMILY.name, 6, uniform(6, 0.0, 1.0), solver=solver)
    shots = state.sample(4000, np.random.default_rng(1))
    along_z = shots[(shots >= 4).all(axis=1)]
    assert len(along_z) > 1
    assert ((along_z % 2).sum(axis=1) % 2 == 0).all()
    assert xy_ground_state(np.ones(5), np.zeros(6), 1.0).parity == 1


def test_a_degenerate_level_of_the_parity_above_does_no_harm() -> None:
    """N = 8, Σ (XX + YY): two states with Π Z = −1 above the one with Π Z = +1 (PHYSICS)."""
    h = Hamiltonian(8, tuple(PauliTerms(p, chain_bonds(8), np.ones(7)) for p in ("XX", "YY")))
    with pytest.raises(RequestError, match="degenerate"):
        exact_ground_state(h, Sector("parity_z", -1))
    state = exact_ground_state(h, FAMILY.sector(Size(8)))
    assert state.energy == pytest.approx(-9.517540966287, abs=1e-11)


@pytest.mark.slow
def test_61_sites_are_free_fermions() -> None:
    size = Size(61)
    rows = [FAMILY.draw(size, np.random.default_rng([4, k])) for k in range(3)]
    batch = solve_warm(FAMILY.name, size, [FAMILY.hamiltonian(size, p) for p in rows])
    labels = batch.labels()
    for row, p in enumerate(rows):
        exact = xy_ground_state(p["J"], p["h"], float(p["gamma"]))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-7)
        for name, values in labels.items():
            allowed = 5e-4 if name == "correlation" else 1e-3
            assert values[row] == pytest.approx(getattr(exact, name)(), abs=allowed), name
