"""The V-score: values by hand, the constant of a family, and where it is not defined."""

import numpy as np
import pytest

from builders import families, solve
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.physics.v_score import V_SCORE, infinite_temperature_energy, v_score, v_score_of
from builders.solvers.exact.diagonalization import matrix
from tests.builders.family_cases import draw, solvable


def test_values_worked_out_by_hand() -> None:
    """2 · 0.5/(−3 − 1)² = 1/16, and without a constant 2 · 0.5/3² = 1/9."""
    assert v_score(2, -3.0, 0.5, 1.0) == 0.0625
    assert v_score(2, -3.0, 0.5) == pytest.approx(1 / 9, rel=1e-15)
    # −J ZZ − h (X + X) on spins along X: E = −2h, Var = J², V = 2 J²/(2h)², with J = 3, h = 2.
    assert v_score(2, [-4.0, -4.0], [9.0, 0.0]).tolist() == [1.125, 0.0]


def test_it_has_no_unit_and_no_zero_of_energy() -> None:
    h = Hamiltonian(
        3,
        (
            PauliTerms("ZZ", np.array([[0, 1]]), np.array([-3.0])),
            PauliTerms("I", np.array([[0], [1]]), np.array([0.25, 0.5])),
        ),
    )
    assert infinite_temperature_energy(h) == 0.75
    value = v_score_of(h, -2.0, 1.5)
    assert value == pytest.approx(3 * 1.5 / 2.75**2, rel=1e-15)
    # Energies far below and far above what a square can hold.
    for factor in (1e-170, 7.0, 1e130):
        again = v_score_of(h.scaled(factor), factor * -2.0, factor * 1.5 * factor)
        assert again == pytest.approx(value if factor > 1e-160 else 0.0, rel=1e-14)


def test_it_is_undefined_at_the_energy_of_infinite_temperature() -> None:
    found = v_score(4, [0.0, -1.0], [1.0, 1.0])
    assert np.isnan(found[0])
    assert found[1] == 4.0


@pytest.mark.parametrize("name", solvable())
def test_the_infinite_temperature_energy_is_the_trace(name: str) -> None:
    family = families.load(name)
    size = family.geometry.parse("2x2" if name == "heisenberg_2d" else "4")
    if name == "rydberg_1d":
        size = Size(7)
    h = family.hamiltonian(size, draw(family, size))
    dense = matrix(h)
    mean = dense.diagonal().mean()
    assert infinite_temperature_energy(h) == pytest.approx(mean, abs=1e-12 * abs(dense).max())


def test_a_rydberg_row_has_its_constant_taken_off() -> None:
    """−Δ n_i has the mean −Δ/2 a site, and n_i n_j V_ij the mean V_ij/4."""
    family, size = families.load("rydberg_1d"), Size(7)
    omega, delta, radius = 10 * np.pi, 4.0, 1.3
    given = {"omega": omega, "delta": delta, "rb_over_a": radius}
    pairs = sum((7 - d) * omega * (radius / d) ** 6 for d in range(1, 7))
    infinite = pairs / 4 - 7 * delta / 2
    state = solve("rydberg_1d", 7, given)
    row = {
        "energy": np.array([state.energy]),
        "energy_variance": np.array([0.125]),
        "parameters": family.flatten(family.check(size, given))[None],
    }
    (found,) = V_SCORE.values(family, size, row) or [np.nan]
    assert found == pytest.approx(7 * 0.125 / (state.energy - infinite) ** 2, rel=1e-12)
    assert abs(infinite) > 0.1 * abs(state.energy)
    del row["energy_variance"]
    assert V_SCORE.values(family, size, row) is None
