"""Free fermions against exact diagonalisation, closed forms and identities at large sizes."""

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.parameters import Parameters
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import FreeFermionState, tfim_ground_state, xy_ground_state
from builders.solvers.exact.state_vector import StateVector

TIGHT = 1e-9
"""Both solvers work to about 1e-14; a small gap of the exact one costs some digits of the state."""


def exact(J: np.ndarray, h: np.ndarray) -> StateVector:
    family, size = families.load("tfim_1d"), Size(len(h))
    return exact_ground_state(family.hamiltonian(size, {"J": J, "h": h}), family.sector(size))


def couplings(kind: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ranges = {"default": (0.0, 1.0), "cut": (0.0, 1.0), "wide": (0.0, 2.0)}
    low, high = ranges.get(kind, (1.0, 3.0))
    J, h = rng.uniform(low, high, n - 1), np.ones(n)
    if kind == "signs":
        J, h = J * rng.choice([-1, 1], n - 1), rng.uniform(0.5, 1.5, n) * rng.choice([-1, 1], n)
    if kind == "odd vacuum":
        h[n // 3] = -1.0
    if kind == "cut":
        J[(n - 1) // 2] = 0.0
    if kind == "no field":
        h[n // 2] = 0.0
    return J, h


KINDS = ("default", "wide", "ordered", "signs", "odd vacuum", "cut", "no field")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "seed"), [(2, 0), (5, 1), (10, 2), (10, 3)])
def test_against_exact_diagonalisation(kind: str, n: int, seed: int) -> None:
    J, h = couplings(kind, n, seed)
    ours, want = tfim_ground_state(J, h), exact(J, h)
    assert ours.energy == pytest.approx(want.energy, rel=1e-12)
    assert ours.gap == pytest.approx(want.gap, abs=TIGHT)
    assert ours.correlation() == pytest.approx(want.correlation(), abs=TIGHT)
    assert ours.renyi2() == pytest.approx(want.renyi2(), abs=TIGHT)
    assert ours.renyi2_blocks() == pytest.approx(want.renyi2_blocks(), abs=TIGHT)
    assert ours.x() == pytest.approx([want.expectation("X", (i,)) for i in range(n)], abs=TIGHT)
    for paulis, matrix in (("XX", ours.xx()), ("YY", ours.yy()), ("ZZ", ours.zz())):
        pairs = [want.expectation(paulis, (i, j)) for i in range(n) for j in range(i + 1, n)]
        assert matrix[np.triu_indices(n, 1)] == pytest.approx(pairs, abs=TIGHT)


def test_two_sites_by_hand() -> None:
    """J = 0, h = 1: |++⟩. J = 1, h = 0: (|00⟩ + |11⟩)/√2 with E = −1 and one bit of entropy."""
    plus = tfim_ground_state([0.0], [1.0, 1.0])
    assert plus.energy == pytest.approx(-2.0, abs=1e-15)
    assert plus.xx()[0, 1] == pytest.approx(1.0, abs=1e-15)
    assert plus.zz()[0, 1] == pytest.approx(0.0, abs=1e-15)
    bell = tfim_ground_state([1.0], [0.0, 0.0])
    assert bell.energy == pytest.approx(-1.0, abs=1e-15)
    assert [bell.xx()[0, 1], bell.yy()[0, 1], bell.zz()[0, 1]] == pytest.approx([1.0, -1.0, 1.0])
    assert bell.renyi2_blocks() == pytest.approx([1.0], abs=1e-15)


@pytest.mark.parametrize("n", [2, 8, 48, 127, 512])
def test_uniform_critical_chain(n: int) -> None:
    """J = h = 1: E = 1 − 1/sin(π/(2(2N+1))) (PHYSICS, section 2; N = 8 is −9.837951447459)."""
    state = tfim_ground_state(np.ones(n - 1), np.ones(n))
    want = 1.0 - 1.0 / np.sin(np.pi / (2 * (2 * n + 1)))
    assert state.energy == pytest.approx(want, rel=1e-13)
    if n == 8:
        assert state.energy == pytest.approx(-9.837951447459, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_energy_is_the_sum_of_its_terms(kind: str) -> None:
    J, h = couplings(kind, 64, 4)
    state = tfim_ground_state(J, h)
    terms = -(J * state.zz().diagonal(1)).sum() - (h * state.x()).sum()
    # About 128 terms of order 1.
    assert terms == pytest.approx(state.energy, rel=1e-12)


@pytest.mark.parametrize("kind", ["default", "wide", "ordered"])
def test_signs_can_be_rotated_away(kind: str) -> None:
    """Turning spins by π about x flips couplings; about z it flips fields, two at a time for P."""
    n, rng = 48, np.random.default_rng(7)
    J, h = couplings(kind, n, 5)
    plain = tfim_ground_state(J, h)
    around_x = rng.choice([-1.0, 1.0], n)
    around_z = np.ones(n)
    around_z[rng.permutation(n)[:10]] = -1.0
    turned = tfim_ground_state(J * around_x[:-1] * around_x[1:], h * around_z)
    assert turned.energy == pytest.approx(plain.energy, rel=1e-13)
    assert turned.x() == pytest.approx(plain.x() * around_z, abs=TIGHT)
    both = np.outer(around_x, around_x)
    assert turned.zz() == pytest.approx(plain.zz() * both, abs=TIGHT)
    assert turned.yy() == pytest.approx(plain.yy() * both * np.outer(around_z, around_z), abs=TIGHT)
    assert turned.renyi2() == pytest.approx(plain.renyi2(), abs=TIGHT)
    assert turned.renyi2_blocks() == pytest.approx(plain.renyi2_blocks(), abs=TIGHT)


def test_deep_in_the_ordered_phase_the_state_is_a_cat() -> None:
    """Every cut holds the one bit of the cat, up to (h/J)² corrections, and ⟨ZZ⟩ stays finite."""
    n = 127
    state = tfim_ground_state(np.full(n - 1, 20.0), np.ones(n))
    assert state.renyi2_blocks() == pytest.approx(np.ones(n - 1), abs=0.01)
    # Pfeuty 1970: the bulk value of ⟨Z_i Z_j⟩ far apart is (1 − (h/J)²)^(1/4).
    assert state.zz()[40, 86] == pytest.approx((1.0 - 1.0 / 400.0) ** 0.25, abs=1e-9)


def test_bulk_of_the_critical_chain() -> None:
    """⟨X⟩ = ⟨Z_iZ_{i+1}⟩ = 2/π on an infinite critical chain (Pfeuty 1970).

    At the middle of an open chain of N sites the two differ from 2/π by terms of order 1/N.
    """
    state = tfim_ground_state(np.ones(126), np.ones(127))
    assert state.x()[63] == pytest.approx(2 / np.pi, abs=1 / 127)
    assert state.zz()[63, 64] == pytest.approx(2 / np.pi, abs=1 / 127)


@pytest.mark.parametrize(
    ("J", "h", "words"),
    [
        ([1.0], [1.0], r"\(1,\).*\(1,\)"),
        ([1.0, 1.0], [1.0, 1.0], r"\(2,\).*N >= 2"),
        ([[1.0]], [1.0, 1.0], r"\(1, 1\)"),
        ([np.nan], [1.0, 1.0], "not finite"),
        ([1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0], "degenerate"),
        ([0.0], [0.0, 0.0], "degenerate"),
        # Two ordered halves with nothing between them: four states, two of them with P = +1.
        ([9.0] * 31 + [0.0] + [9.0] * 31, [1.0] * 64, "degenerate"),
    ],
)
def test_refusals(J: list[float], h: list[float], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        tfim_ground_state(J, h)


def test_a_matrix_that_is_no_covariance_is_refused() -> None:
    with pytest.raises(ValueError, match="pure"):
        FreeFermionState(0.0, 1.0, np.full((3, 3), 0.1))


def xy(kind: str, n: int, seed: int) -> Parameters:
    """Parameters of an XY chain."""
    rng = np.random.default_rng(seed)
    if kind == "drawn":
        return families.load("xy_1d").draw(Size(n), rng)
    J, h, gamma = rng.uniform(0.5, 1.5, n - 1), rng.uniform(-1.0, 1.0, n), rng.uniform(-2.0, 2.0)
    if kind == "signs":
        J = J * rng.choice([-1, 1], n - 1)
    if kind == "ising":
        gamma = 1.0
    return {"J": J, "h": h, "gamma": np.array(gamma)}


@pytest.mark.parametrize("kind", ["drawn", "fields", "signs", "ising"])
@pytest.mark.parametrize(("n", "seed"), [(2, 0), (5, 1), (9, 2), (10, 3), (10, 4), (10, 5)])
def test_xy_against_exact_diagonalisation(kind: str, n: int, seed: int) -> None:
    family, size, p = families.load("xy_1d"), Size(n), xy(kind, n, seed)
    want = exact_ground_state(family.hamiltonian(size, p), family.sector(size))
    ours = xy_ground_state(p["J"], p["h"], float(p["gamma"]))
    assert ours.energy == pytest.approx(want.energy, rel=1e-12)
    assert ours.parity == pytest.approx(want.expectation("Z" * n, range(n)), abs=TIGHT)
    assert ours.correlation() == pytest.approx(want.correlation(), abs=TIGHT)
    assert ours.renyi2() == pytest.approx(want.renyi2(), abs=TIGHT)
    assert ours.renyi2_blocks() == pytest.approx(want.renyi2_blocks(), abs=TIGHT)
    for paulis, matrix in (("ZZ", ours.xx()), ("YY", ours.yy()), ("XX", ours.zz())):
        pairs = [want.expectation(paulis, (i, j)) for i in range(n) for j in range(i + 1, n)]
        assert matrix[np.triu_indices(n, 1)] == pytest.approx(pairs, abs=TIGHT)


def test_xy_ground_states_of_both_parities() -> None:
    found = [xy_ground_state(**xy("drawn", 10, seed)).parity for seed in range(20)]
    assert set(found) == {1, -1}


def test_xy_energies_of_the_physics_reference() -> None:
    """Section 2, N = 8: γ = .5, h = .3; and Σ (XX + YY), the negative 4 cos(πm/(N+1))."""
    assert xy_ground_state(np.ones(7), np.full(8, 0.3), 0.5).energy == pytest.approx(
        -5.694496427131, abs=1e-12
    )
    assert xy_ground_state(-2.0 * np.ones(7), np.zeros(8), 0.0).energy == pytest.approx(
        -9.517540966287, abs=1e-12
    )


def test_xy_at_gamma_one_is_the_ising_chain() -> None:
    J, h = couplings("default", 64, 6)
    ising, xy_chain = tfim_ground_state(J, h), xy_ground_state(J, h, 1.0)
    assert xy_chain.energy == pytest.approx(ising.energy, rel=1e-13)
    assert xy_chain.correlation() == pytest.approx(ising.correlation(), abs=TIGHT)


def test_xy_on_the_circle_is_a_superposition_of_two_products() -> None:
    """γ² + (h/J)² = 1 (Kurmann, Thomas, Müller 1982); open ends need half the field.

    Spins in the plane of X and Z at the angles ±θ to Z with cos²θ = (1−γ)/(1+γ), which is also the
    overlap c² of the two directions' states. A cut after l sites has the purity
    (1 + c^2l)(1 + c^2(N−l))/2 up to c^N.
    """
    n, gamma = 64, 0.6
    h = np.full(n, 0.8)
    h[[0, -1]] = 0.4
    state = xy_ground_state(np.ones(n - 1), h, gamma)
    cosine = (1 - gamma) / (1 + gamma)
    bond = -(1 + gamma) / 2 * (1 - cosine) - 0.8 * np.sqrt(cosine)
    assert state.energy == pytest.approx((n - 1) * bond, rel=1e-12)
    left = np.arange(1, n)
    purity = (1 + cosine**left) * (1 + cosine ** (n - left)) / 2
    assert state.renyi2_blocks() == pytest.approx(-np.log2(purity), abs=1e-9)
