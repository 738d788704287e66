"""The Rydberg chain: formula, closed forms, phases, the solver under a strong blockade."""

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.strings import expectations
from builders.solvers.exact.diagonalization import exact_ground_state, matrix

FAMILY = families.load("rydberg_1d")


def point(delta: float, radius: float, omega: float = 1.0) -> Parameters:
    """Δ in units of Ω, and R_b/a."""
    return {
        "omega": np.array(omega),
        "delta": np.array(omega * delta),
        "rb_over_a": np.array(radius),
    }


def at(n: int, delta: float, radius: float) -> Hamiltonian:
    return FAMILY.hamiltonian(Size(n), point(delta, radius))


def test_matrix_elements_are_the_formula() -> None:
    n, omega, delta, radius = 5, 1.7, 0.6, 1.4
    given = {"omega": omega, "delta": delta, "rb_over_a": radius}
    h = matrix(FAMILY.hamiltonian(Size(n), FAMILY.check(Size(n), given))).toarray()
    for state in range(2**n):
        bits = [int(b) for b in f"{state:05b}"]
        energy = -delta * sum(bits)
        for i in range(n):
            for j in range(i + 1, n):
                energy += omega * (radius / (j - i)) ** 6 * bits[i] * bits[j]
            flipped = state ^ (1 << (n - 1 - i))
            assert h[flipped, state] == pytest.approx(omega / 2, abs=1e-13)
            h[flipped, state] = 0.0
        assert h[state, state] == pytest.approx(energy, abs=1e-11)
        h[state, state] = 0.0
    assert not h.any()


@pytest.mark.parametrize("delta", [-2.0, 0.0, 0.7, 3.0])
def test_far_atoms_do_not_feel_each_other(delta: float) -> None:
    """One atom: E = −Δ/2 − ½√(Δ² + Ω²), here with Ω = 2."""
    found = solve(FAMILY.name, 3, point(delta, 1e-3, omega=2.0))
    expected = -delta - np.sqrt(delta**2 + 1.0)
    assert found.energy == pytest.approx(3 * expected, abs=1e-12)


def test_a_blockaded_pair_oscillates_at_sqrt_two_omega() -> None:
    """Δ = 0: levels ∓Ω/√2 and 0, and V = 10⁶ Ω above them; corrections are of order Ω²/V."""
    levels = np.linalg.eigvalsh(matrix(at(2, 0.0, 10.0)).toarray())
    assert levels[:3] == pytest.approx([-np.sqrt(0.5), 0.0, np.sqrt(0.5)], abs=2e-6)
    assert levels[2] - levels[0] == pytest.approx(np.sqrt(2.0), abs=2e-6)
    assert levels[3] == pytest.approx(1e6, rel=1e-6)


def test_energies_scale_with_omega() -> None:
    one = solve(FAMILY.name, 7, point(1.3, 1.6))
    other = solve(FAMILY.name, 7, point(1.3, 1.6, omega=10 * np.pi))
    assert other.energy == pytest.approx(10 * np.pi * one.energy, rel=1e-12)


@pytest.mark.parametrize("radius", [1.0, 2.95])
def test_the_certificate_is_in_units_of_the_drive(radius: float) -> None:
    assert at(7, 0.5, radius).scale == 0.5
    assert at(7, -2.0, radius).scale == 1.0
    assert at(7, 3.0, radius).normalised().scale == 1.0


EDGES = [(-2.0, 1.0), (3.0, 1.0), (-2.0, 2.95), (3.0, 2.95), (3.0, 2.0), (3.0, 1.5), (2.0, 2.4)]


@pytest.mark.parametrize("n", [7, pytest.param(10, marks=pytest.mark.slow)])
def test_rows_at_the_edges_of_the_range(n: int) -> None:
    size = Size(n)
    drawn = [FAMILY.draw(size, np.random.default_rng([8, k])) for k in range(5)]
    rows = [point(*edge) for edge in EDGES] + drawn
    hamiltonians = [FAMILY.hamiltonian(size, p) for p in rows]
    batch = solve_warm(FAMILY.name, size, hamiltonians)
    labels = batch.labels()
    for row, h in enumerate(hamiltonians):
        exact = exact_ground_state(h, FAMILY.sector(size))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6)
        for name, values in labels.items():
            assert values[row] == pytest.approx(getattr(exact, name)(), abs=5e-4), (name, rows[row])


def test_one_hamiltonian_from_outside() -> None:
    found = solve(FAMILY.name, 9, point(2.0, 2.5), solver="dmrg")
    exact = solve(FAMILY.name, 9, point(2.0, 2.5), solver="exact")
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=5e-4)


@pytest.mark.slow
def test_31_atoms_have_the_published_phases() -> None:
    """Points of arXiv:2211.16943 well inside the two lobes, between them and outside."""
    size = Size(31)
    points = {
        (2.5, 1.3): "z2",
        (3.0, 1.7): "z2",
        (2.5, 2.4): "z3",
        (3.0, 2.6): "z3",
        (-1.0, 1.5): "disordered",
        (0.5, 2.4): "disordered",
        (2.3, 2.06): "disordered",
    }
    rows = [point(*p) for p in points]
    batch = solve_warm(FAMILY.name, size, [FAMILY.hamiltonian(size, p) for p in rows])
    order = expectations(batch, FAMILY.order_strings(size))
    found = [FAMILY.phase(size, p, o, np.zeros(30)).name for p, o in zip(rows, order, strict=True)]
    assert found == list(points.values())


@pytest.mark.parametrize(
    ("density", "name", "margin"),
    [
        ((1, 0, 1, 0, 1, 0, 1), "z2", 0.3),
        ((1, 0, 0, 1, 0, 0, 1), "z3", 0.4),
        ((0, 1, 0, 1, 0, 1, 0), "disordered", 0.6 - 1 / 3),
        ((1, 1, 1, 1, 1, 1, 1), "disordered", 0.7 - 4 / 7),
        # Both pass: shares 0.77 and 0.72, then the other way round.
        ((0.4, 0.01, 0.27, 0.22, 0.0, 0.0, 0.1), "z2", 0.05),
        ((0.4, 0.01, 0.22, 0.27, 0.0, 0.0, 0.1), "z3", 0.05),
    ],
)
def test_phase_by_hand(density: tuple[float, ...], name: str, margin: float) -> None:
    found = FAMILY.phase(Size(7), point(0, 1), 1 - 2 * np.array(density, dtype=float), np.zeros(6))
    assert found.name == name
    assert found.margin == pytest.approx(margin, abs=1e-12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (point(1.0, 1.5, omega=-1.0), "'omega' .* positive; -1.0 given"),
        (point(1.0, 1.5, omega=0.0), "'omega' .* positive; 0.0 given"),
        (point(1.0, 0.0), "'rb_over_a' .* above 0 and at most 10; 0.0 given"),
        (point(1.0, -1.0), "'rb_over_a' .* above 0 and at most 10; -1.0 given"),
        (point(1.0, 11.0), "'rb_over_a' .* above 0 and at most 10; 11.0 given"),
    ],
)
def test_impossible_values_are_refused(given: Parameters, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        FAMILY.check(Size(7), given)
