"""Constants and energy units of Hamiltonians."""

import numpy as np
import pytest

from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.solvers.exact.diagonalization import matrix

SITES = np.arange(3)[:, None]
FIELD = PauliTerms("X", SITES, np.array([3.0, -4.0, 1.0]))


def test_a_constant_moves_all_levels() -> None:
    constant = PauliTerms("I", SITES, np.array([0.5, 0.25, -2.0]))
    plain, moved = Hamiltonian(3, (FIELD,)), Hamiltonian(3, (FIELD, constant))
    difference = (matrix(moved) - matrix(plain)).toarray()
    np.testing.assert_allclose(difference, -1.25 * np.eye(8), rtol=0, atol=1e-15)


@pytest.mark.parametrize("letters", ["", "IX", "II", "A"])
def test_other_letters_are_refused(letters: str) -> None:
    with pytest.raises(ValueError, match="letters are X, Y and Z, or I alone"):
        PauliTerms(letters, np.zeros((1, max(1, len(letters)))), np.ones(1))


def test_the_unit_is_the_largest_coefficient_or_the_given_one() -> None:
    plain, given = Hamiltonian(3, (FIELD,)), Hamiltonian(3, (FIELD,), unit=0.5)
    assert (plain.scale, given.scale) == (4.0, 0.5)
    assert (plain.scaled(-2.0).scale, given.scaled(-2.0).scale) == (8.0, 1.0)
    for h in (plain, given):
        normalised = h.normalised()
        assert normalised.scale == 1.0
        np.testing.assert_allclose(normalised.terms[0].coefficients * h.scale, [3.0, -4.0, 1.0])


@pytest.mark.parametrize("unit", [0.0, -1.0, np.inf, np.nan])
def test_a_unit_is_positive_and_finite(unit: float) -> None:
    with pytest.raises(ValueError, match="unit"):
        Hamiltonian(3, (FIELD,), unit=unit)


def test_parts_are_sites_that_strings_join() -> None:
    """A string over 0, 2, 4, a bond of 4 and 5, a bond of strength zero, and fields."""
    terms = (
        PauliTerms("ZXZ", np.array([[0, 2, 4]]), np.ones(1)),
        PauliTerms("XX", np.array([[4, 5], [1, 3]]), np.array([-2.0, 0.0])),
        PauliTerms("Z", np.arange(6)[:, None], np.ones(6)),
    )
    parts = Hamiltonian(6, terms).parts()
    assert len(set(parts)) == 3
    assert len(set(parts[[0, 2, 4, 5]])) == 1
