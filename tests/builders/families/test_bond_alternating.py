"""The bond-alternating chain: free fermions, the reflection invariant, parities, the solver.

"PHYSICS" stands for the project's physics reference, section 2.
"""

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families.bond_alternating_xxz_1d import partial_reflection
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.parameters import Parameters
from builders.physics.phase import Phase
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.strings import expectations
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.state_vector import StateVector
from tests.builders.families.test_family_operators import string

FAMILY = families.load("bond_alternating_xxz_1d")


def point(J_prime: float, delta: float, J: float = 1.0) -> Parameters:
    return {"J": np.array(J), "J_prime": np.array(J_prime), "delta": np.array(delta)}


def at(n: int, J_prime: float, delta: float) -> Hamiltonian:
    return FAMILY.hamiltonian(Size(n), point(J_prime, delta))


def ground(n: int, J_prime: float, delta: float) -> StateVector:
    return exact_ground_state(at(n, J_prime, delta), FAMILY.sector(Size(n)))


def phase(n: int, J_prime: float, delta: float) -> Phase:
    state, size = ground(n, J_prime, delta), Size(n)
    order = state.expectations(FAMILY.order_strings(size))
    return FAMILY.phase(size, point(J_prime, delta), order, state.renyi2())


def test_the_first_bond_is_not_primed() -> None:
    """Two sites: E = −2J − Jδ, a singlet; J_prime is not there."""
    found = solve(FAMILY.name, 2, point(5.0, 0.5, J=2.0))
    assert found.energy == pytest.approx(-5.0, abs=1e-12)


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize("J_prime", [0.3, 1.0, 2.0])
def test_free_fermions_at_delta_zero(n: int, J_prime: float) -> None:
    """XX + YY hops with amplitude 2: the sum of the negative levels of one particle."""
    hopping = 2.0 * np.where(np.arange(n - 1) % 2, J_prime, 1.0)
    levels = np.linalg.eigvalsh(np.diag(hopping, 1) + np.diag(hopping, -1))
    expected = levels[levels < -1e-9].sum()
    assert ground(n, J_prime, 0.0).energy == pytest.approx(expected, rel=1e-11)
    if (n, J_prime) == (8, 2.0):
        assert expected == pytest.approx(-13.708136355632, abs=1e-11)  # PHYSICS


@pytest.mark.parametrize(
    ("J_prime", "delta", "expected"),
    [(0.3, 0.5, 0.997), (0.5, 1.0, 0.989), (2.0, 1.0, -0.80), (3.0, 0.5, -0.93), (1.0, 4.0, 0.18)],
)
def test_partial_reflection_of_the_physics_reference(
    J_prime: float, delta: float, expected: float
) -> None:
    """Z_R around the J_prime bond in the middle of 12 sites, to the digits given there."""
    state = ground(12, J_prime, delta)
    strings = state.expectations(FAMILY.order_strings(Size(12)))[1:16]
    found = partial_reflection(strings, state.renyi2()[[4, 6]])
    digits = 3 if abs(expected) > 0.95 else 2
    assert round(found, digits) == expected


def test_mirror_strings_are_the_mirror_of_four_sites() -> None:
    size = Size(6)
    (outer, *rest) = FAMILY.order_strings(size)[1:16]
    assert outer == ("XX", (0, 3))
    total = np.eye(16) + sum(string(4, dict(zip(s, p, strict=True))) for p, s in (outer, *rest))
    states = np.arange(16)
    mirrored = [int(f"{s:04b}"[::-1], 2) for s in states]
    expected = np.zeros((16, 16))
    expected[mirrored, states] = 4.0
    assert total == pytest.approx(expected, abs=1e-14)


def test_dimers_and_neel_states_have_the_largest_margin() -> None:
    found = phase(12, 1e-3, 1.0)
    assert (found.name, found.margin) == ("trivial", pytest.approx(1.0, abs=1e-2))
    # The mirror turns one pattern into the other on every block of four sites, so that Z_R = 0.
    found = phase(9, 1.0, 50.0)
    assert (found.name, found.margin) == ("symmetry_broken", pytest.approx(1.0, abs=1e-2))


@pytest.mark.parametrize(
    ("J_prime", "delta", "name"),
    [
        (0.3, 0.5, "trivial"),
        (0.5, 1.0, "trivial"),
        (0.5, 2.5, "trivial"),
        (2.0, 1.0, "topological"),
        (3.0, 0.5, "topological"),
        (2.5, 2.0, "topological"),
        (1.0, 4.0, "symmetry_broken"),
        (0.9, 3.5, "symmetry_broken"),
    ],
)
@pytest.mark.parametrize("n", [9, 12])
def test_phases(n: int, J_prime: float, delta: float, name: str) -> None:
    """Points inside the phases of Elben et al. (2020), figure 3."""
    found = phase(n, J_prime, delta)
    assert (found.name, found.margin > 0.05) == (name, True)


@pytest.mark.parametrize("n", [8, 10, 12])
@pytest.mark.parametrize("row", [(0.2, 1.0), (1.0, 4.0), (3.0, 0.5), (3.0, 4.0)])
def test_ground_states_have_the_mirror_parity_of_marshall(n: int, row: tuple[float, float]) -> None:
    vector = ground(n, *row).vector
    mirrored = vector.reshape((2,) * n).transpose(range(n - 1, -1, -1)).ravel()
    assert vector @ mirrored == pytest.approx((-1.0) ** (n // 2), abs=1e-9)


EDGES = [(0.1, 0.0), (0.1, 4.0), (3.0, 0.0), (3.0, 4.0), (1.0, 0.0), (1.0, 1.0), (1.0, 4.0)]


@pytest.mark.parametrize("n", [7, *(pytest.param(n, marks=pytest.mark.slow) for n in (9, 10))])
def test_rows_at_the_edges_of_the_range(n: int) -> None:
    hamiltonians = [at(n, *edge) for edge in EDGES]
    batch = solve_warm(FAMILY.name, Size(n), hamiltonians)
    labels = batch.labels()
    for row, edge in enumerate(EDGES):
        exact = ground(n, *edge)
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6)
        for name, values in labels.items():
            assert values[row] == pytest.approx(getattr(exact, name)(), abs=5e-4), (name, edge)


@pytest.mark.slow
def test_long_chains_have_the_labels_of_the_true_ground_state() -> None:
    """16 sites, past exact diagonalisation: two energies of each row nearly agree.

    The end spins of the topological phase are a singlet (C < 0; the other state has C > 0), and
    both Néel patterns are there, with one bit more across a cut than either.
    """
    size, rows = Size(16), [(3.0, 4.0), (1.0, 8.0)]
    batch = solve_warm(FAMILY.name, size, [at(16, *row) for row in rows])
    labels = batch.labels()
    assert labels["correlation"][0, 0, -1] < -0.6
    assert labels["renyi2_blocks"][1, 7] == pytest.approx(1.0, abs=0.05)
    order = expectations(batch, FAMILY.order_strings(size))
    names = [
        FAMILY.phase(size, point(*row), order[k], labels["renyi2"][k]).name
        for k, row in enumerate(rows)
    ]
    assert names == ["topological", "symmetry_broken"]


def test_sizes_without_a_unique_state_are_refused() -> None:
    FAMILY.check_size(Size(14))
    with pytest.raises(RequestError, match=r"18 sites.* 16 or 20"):
        FAMILY.check_size(Size(18))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (point(0.0, 1.0), "'J_prime' .* positive; 0.0 given"),
        (point(1.0, 1.0, J=-1.0), "'J' .* positive; -1.0 given"),
        (point(1.0, -0.1), "'delta' .* at least 0; -0.1 given"),
    ],
)
def test_other_signs_are_refused(given: Parameters, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        FAMILY.check(Size(8), given)
