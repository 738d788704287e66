"""The lowest magnetization where energies rise before they fall, as of a magnetized part."""

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.solvers.dmrg.lowest_sector import parts_are_magnetized
from builders.solvers.dmrg.vouched import Search


def test_a_ferromagnetic_part_beside_an_antiferromagnetic_one_is_magnetized() -> None:
    # Four sites of delta = -1.5, weak in the middle, have E = -2.67, -2.31, -3.45 at Σ Z = 0, 2, 4,
    # and the singlets beside them are far below their triplets and their polarised state.
    parameters = {
        "J": [1.0, 0.3, 1.0, 0.05, 2.0, 0.5, 2.0],
        "delta": [-1.5, -1.5, -1.5, 0.0, 1.0, 1.0, 1.0],
    }
    exact = solve("xxz_1d", 8, parameters, solver="exact")
    found = solve("xxz_1d", 8, parameters, solver="dmrg")
    assert exact.sector is not None
    assert exact.sector.value == 4
    assert found.sector == exact.sector
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    np.testing.assert_allclose(found.correlation(), exact.correlation(), rtol=0, atol=5e-4)


@pytest.mark.parametrize(
    ("zz", "expected"),
    [
        ((1.0, 0.5, 0.0), False),
        ((-0.9, 0.5, 1.0), False),
        ((-3.0, -2.0, -1.1), False),
        ((-3.0, 0.5, -2.0), True),
    ],
)
def test_parts_are_magnetized_where_bonds_differ(zz: tuple[float, ...], expected: bool) -> None:
    bonds, one = chain_bonds(4), np.ones(3)
    terms = (("XX", one), ("YY", one), ("ZZ", np.array(zz)))
    h = Hamiltonian(4, tuple(PauliTerms(paulis, bonds, c) for paulis, c in terms))
    assert parts_are_magnetized(h) == expected


def mixed(n: int) -> dict[str, np.ndarray]:
    """A ferromagnetic half beside an antiferromagnetic one."""
    rng = np.random.default_rng(1)
    delta = np.where(np.arange(n - 1) < n // 2, -1.5, rng.uniform(0.0, 1.0, n - 1))
    return {"J": rng.uniform(0.8, 1.2, n - 1), "delta": delta}


def test_more_magnetizations_than_ten_minutes_are_refused_before_any_is_solved() -> None:
    told: list[str] = []
    with pytest.raises(
        RequestError, match=r"all 64 takes about 27 minutes .*`--sector` solves one"
    ):
        solve("xxz_1d", 127, mixed(127), say=told.append)
    assert told == []


@pytest.mark.slow
def test_a_sector_that_began_in_a_state_above_is_not_left_for_its_small_variance() -> None:
    """At Σ Z = 18 of 32 sites the first bond ends 1.57 above, by variance and gap .03 off."""
    spec, size = families.solvable("xxz_1d"), Size(32)
    search = Search(spec.hamiltonian(size, mixed(32)), Sector("magnetization", 18), 128)
    begun = search.run
    assert begun.energy_error < 0.1
    assert begun.room == np.inf
    assert search.grow()
    fallen = begun.energy - search.run.energy
    assert fallen > 1.0
    assert search.run.room >= fallen
    assert search.grow()
    assert search.run.room < 1e-6
