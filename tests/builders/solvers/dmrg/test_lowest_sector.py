"""The lowest magnetization where energies rise before they fall, as of a magnetized part."""

import numpy as np
import pytest

from builders import solve
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, chain_bonds
from builders.solvers.dmrg.lowest_sector import parts_are_magnetized


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
