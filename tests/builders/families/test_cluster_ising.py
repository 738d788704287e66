"""The cluster-Ising chain: stabilisers, duality and the solver at the edges.

"PHYSICS" stands for the project's physics reference, section 2.
"""

from dataclasses import replace

import numpy as np
import pytest

from builders import families
from builders.building.ground_state import solve
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector
from builders.physics.parameters import Parameters
from builders.physics.rows import BuildSettings
from builders.physics.sectors import sectors_of
from builders.solvers.dmrg.batch import lowest
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.strings import expectations
from builders.solvers.exact.diagonalization import exact_ground_state, matrix

FAMILY = families.load("cluster_ising_1d")
NONE, BOTH = Sector("none"), FAMILY.sector(Size(8))


def point(h1: float, h2: float, h3: float = 0.0) -> Parameters:
    return {"h1": np.array(h1), "h2": np.array(h2), "h3": np.array(h3)}


def at(n: int, h1: float, h2: float, h3: float = 0.0) -> Hamiltonian:
    return FAMILY.hamiltonian(Size(n), point(h1, h2, h3))


def ring(n: int, a: float, b: float) -> Hamiltonian:
    """− a Σ Z_{i−1} X_i Z_{i+1} − b Σ X_i around a ring of n > 3 sites."""
    middle = np.arange(n - 2)[:, None] + np.arange(3)
    terms = [
        PauliTerms("ZXZ", middle, np.full(n - 2, -a)),
        PauliTerms("ZZX", np.array([[0, n - 2, n - 1]]), np.array([-a])),
        PauliTerms("XZZ", np.array([[0, 1, n - 1]]), np.array([-a])),
        PauliTerms("X", np.arange(n)[:, None], np.full(n, -b)),
    ]
    return Hamiltonian(n, tuple(terms))


@pytest.mark.parametrize("n", [4, 5, 8, 9])
def test_stabilisers_alone_have_one_state_in_the_sector(n: int) -> None:
    """E = −(N−2), four-fold on the whole space (PHYSICS), once in the sector."""
    levels = np.linalg.eigvalsh(matrix(at(n, 0.0, 0.0)).toarray())
    assert levels[:5] == pytest.approx([2.0 - n] * 4 + [4.0 - n], abs=1e-12)
    state = exact_ground_state(at(n, 0.0, 0.0), BOTH)
    assert state.energy == pytest.approx(2.0 - n, abs=1e-12)
    assert state.gap == pytest.approx(2.0, abs=1e-12)
    for i in range(1, n - 1):
        assert state.expectation("ZXZ", (i - 1, i, i + 1)) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.4), (0.3, 1.0), (0.7, 0.7)])
def test_ring_is_self_dual_and_two_ising_rings(a: float, b: float) -> None:
    """h2 = 0: E(a, b) = E(b, a) = 2 E_TFIM(N/2); N = 8, (1, .4): −8.338285890218 (PHYSICS)."""
    one, two = (exact_ground_state(ring(8, *pair), BOTH).energy for pair in ((a, b), (b, a)))
    assert one == pytest.approx(two, rel=1e-12)
    bonds = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])
    ising = Hamiltonian(
        4,
        (
            PauliTerms("ZZ", bonds, np.full(4, -a)),
            PauliTerms("X", np.arange(4)[:, None], np.full(4, -b)),
        ),
    )
    half = exact_ground_state(ising, Sector("parity", 1)).energy
    assert one == pytest.approx(2 * half, rel=1e-12)
    if (a, b) == (1.0, 0.4):
        assert one == pytest.approx(-8.338285890218, abs=1e-11)


def test_ring_without_h1_is_self_dual() -> None:
    """Z X Z and X X have the same algebra: E(a, b) = E(b, a), and E(a, −b) = E(a, b) on 4k sites.

    So the topological phase ends at h2 = ±1 where h1 = 0.
    """

    def energy(a: float, b: float) -> float:
        pairs = np.sort((np.arange(8)[:, None] + np.arange(2)) % 8, axis=1)
        terms = (*ring(8, a, 0.0).terms[:3], PauliTerms("XX", pairs, np.full(8, -b)))
        return float(np.linalg.eigvalsh(matrix(Hamiltonian(8, terms)).toarray())[0])

    assert energy(0.4, 1.0) == pytest.approx(energy(1.0, 0.4), abs=1e-12)
    assert energy(1.0, -0.4) == pytest.approx(energy(1.0, 0.4), abs=1e-12)


EDGES = [(0.025, -1.55), (0.025, 1.6), (1.6, -1.55), (1.6, 1.6), (0.025, -1.0), (1.0, 0.0)]


@pytest.mark.parametrize("n", [5, pytest.param(12, marks=pytest.mark.slow)])
def test_solvers_agree_at_the_edges_of_the_range(n: int) -> None:
    """Warm rows to what data sets promise, a cold run to its own precision."""
    hamiltonians = [at(n, *h) for h in EDGES]
    batch = solve_warm(FAMILY.name, Size(n), hamiltonians)
    labels = batch.labels()
    for row, (h, corner) in enumerate(zip(hamiltonians, EDGES, strict=True)):
        exact = exact_ground_state(h, FAMILY.sectors(Size(n)))
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6)
        for name, values in labels.items():
            expected = getattr(exact, name)()
            assert values[row] == pytest.approx(expected, abs=5e-4), (name, corner)
    cold = solve(FAMILY.name, n, {"h1": 1.6, "h2": -1.55}, solver="dmrg")
    exact = exact_ground_state(at(n, 1.6, -1.55), FAMILY.sectors(Size(n)))
    assert cold.energy == pytest.approx(exact.energy, rel=1e-9)


def test_next_nearest_coupling_against_exact_diagonalisation() -> None:
    found = solve(
        FAMILY.name, 9, {"h1": 0.5, "h2": -0.3, "h3": 0.7}, solver="dmrg", sector="stated"
    )
    exact = exact_ground_state(at(9, 0.5, -0.3, 0.7), BOTH)
    assert found.energy == pytest.approx(exact.energy, rel=1e-9)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=1e-5)
    assert exact.energy > exact_ground_state(at(9, 0.5, -0.3), BOTH).energy + 0.1


def test_the_lowest_run_is_kept_row_by_row() -> None:
    good = solve_warm(FAMILY.name, Size(6), [at(6, 1.6, 1.6), at(6, 0.1, 0.0)])
    bad = replace(good, energy=good.energy + np.array([1.0, -1.0]))
    kept = lowest([good, bad])
    assert kept.energy.tolist() == [good.energy[0], bad.energy[1]]
    assert sorted(rows for rows, _ in kept.groups) == [(0,), (1,)]
    assert lowest([good, bad], same=2.0).energy.tolist() == good.energy.tolist()
    labels = good.labels()["renyi2"]
    assert kept.labels()["renyi2"] == pytest.approx(labels, abs=1e-12)


@pytest.mark.parametrize(
    ("h1", "h2", "name"),
    [
        (0.0, 0.0, "spt"),
        (0.5, 0.0, "spt"),
        (1.5, 0.0, "paramagnetic"),
        (0.3, 1.5, "paramagnetic"),
        (0.3, -1.5, "antiferromagnetic"),
        (1.2, -1.5, "antiferromagnetic"),
        (1.2, -0.6, "spt"),
    ],
)
@pytest.mark.parametrize("n", [8, 12])
def test_phases(n: int, h1: float, h2: float, name: str) -> None:
    """Points inside the phases of Cong, Choi, Lukin (2019), figure 2."""
    size = Size(n)
    state = exact_ground_state(at(n, h1, h2), BOTH)
    order = state.expectations(FAMILY.order_strings(size))
    found = FAMILY.phase(size, point(h1, h2), order, state.renyi2())
    assert (found.name, found.margin > 0.02) == (name, True)


def test_stabilisers_have_the_largest_margin() -> None:
    """The string with ends is a product of stabilisers, the one without turns their signs."""
    size = Size(9)
    state = exact_ground_state(at(9, 0.0, 0.0), BOTH)
    order = state.expectations(FAMILY.order_strings(size))
    assert order[:2] == pytest.approx([1.0, 0.0], abs=1e-12)
    assert FAMILY.phase(size, point(0.0, 0.0), order, state.renyi2()).margin == pytest.approx(1.0)


@pytest.mark.slow
def test_the_boundary_without_h2_is_at_h1_equal_one() -> None:
    """The self-dual point, up to the open ends: they cost a shift of a few 1/N."""
    size = Size(16)
    fields = (0.8, 1.2)
    batch = solve_warm(FAMILY.name, size, [at(16, h1, 0.0) for h1 in fields])
    order = expectations(batch, FAMILY.order_strings(size))
    names = [
        FAMILY.phase(size, point(h1, 0.0), row, np.zeros(15)).name
        for h1, row in zip(fields, order, strict=True)
    ]
    assert names == ["spt", "paramagnetic"]


def lowest_of_all(n: int, p: Parameters) -> tuple[float, Sector]:
    """The lowest energy of all four sectors and the sector that solves it, by convention."""
    h, size = FAMILY.hamiltonian(Size(n), p), Size(n)
    state = exact_ground_state(h, sectors_of(FAMILY.sector(size), n))
    assert state.sector is not None
    return state.energy, state.sector


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9])
def test_sectors_that_rows_are_solved_in_hold_the_lowest_state(n: int) -> None:
    rng, size, seen = np.random.default_rng(n), Size(n), set()
    for draw in (FAMILY.draw, FAMILY.draw_ood):
        for _ in range(25):
            p = draw(size, rng)
            energy, sector = lowest_of_all(n, p)
            solved = FAMILY.row_sectors(size, p)
            assert exact_ground_state(FAMILY.hamiltonian(size, p), solved).energy == pytest.approx(
                energy, abs=1e-9 * n
            )
            seen.add(sector)
    # N = 1 mod 4 needs another sector in a few shifted rows alone.
    assert len(seen) > 1 or n % 4 == 1


@pytest.mark.parametrize(
    ("n", "rows"), [(7, 6), *(pytest.param(n, 8, marks=pytest.mark.slow) for n in (10, 11))]
)
def test_built_rows_are_the_lowest_states_of_all_sectors(n: int, rows: int) -> None:
    size, rng = Size(n), np.random.default_rng(1)
    parameters = [FAMILY.draw(size, rng) for _ in range(rows)]
    made = FAMILY.make(size, parameters, [rng] * rows, BuildSettings("torch"))
    found = [lowest_of_all(n, p) for p in parameters]
    # Up to 2.3 of the energy lies between the sectors; the solver's error is 1e-8.
    assert made.columns["energy"] == pytest.approx([e for e, _ in found], abs=1e-6)
    assert {sector for _, sector in found} > {BOTH}
    for k, p in enumerate(parameters):
        exact = exact_ground_state(FAMILY.hamiltonian(size, p), found[k][1])
        assert made.columns["correlation"][k] == pytest.approx(exact.correlation(), abs=5e-4)
        assert made.columns["renyi2"][k] == pytest.approx(exact.renyi2(), abs=1e-3)


def test_an_even_chain_means_the_first_of_two_mirror_images() -> None:
    p = point(0.4, -1.4)
    h = FAMILY.hamiltonian(Size(10), p)
    one, two = (Sector("sublattice_parity", *signs) for signs in ((1, -1), (-1, 1)))
    assert exact_ground_state(h, two).energy == pytest.approx(exact_ground_state(h, one).energy)
    assert exact_ground_state(h, (BOTH, one, two)).sector == one
    assert two not in FAMILY.sectors(Size(10))
