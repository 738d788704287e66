"""Exact diagonalisation: Kronecker products, closed forms, tabulated energies, identities.

"PHYSICS" stands for the project's physics reference, sections 1 and 2, whose tabulated energies
were computed independently of this code and are given to 12 decimals: tolerance 1e-11.
"""

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds, isotropic
from builders.solvers.exact.diagonalization import exact_ground_state, matrix, sector_basis
from tests.builders.small_states import dense, drawn, string

TABLE = 1e-11
NONE, SZ0, EVEN = Sector("none"), Sector("magnetization", 0), Sector("parity", 1)


def ring(n: int, span: int = 2) -> np.ndarray:
    """Sites i, i+1, … i+span−1 around a ring, each row sorted."""
    return np.sort((np.arange(n)[:, None] + np.arange(span)) % n, axis=1)


def build(n: int, *terms: tuple[str, np.ndarray, float | np.ndarray]) -> Hamiltonian:
    return Hamiltonian(
        n, tuple(PauliTerms(p, at, np.broadcast_to(c, len(at)).copy()) for p, at, c in terms)
    )


def every_letter(n: int, seed: int) -> Hamiltonian:
    """Random real strings of one to four letters with up to four Y."""
    rng = np.random.default_rng(seed)
    terms = []
    for paulis in ("X", "Z", "XZ", "ZX", "YY", "YXY", "ZYY", "YYYY", "XYYZ"):
        at = np.array([np.sort(rng.permutation(n)[: len(paulis)]) for _ in range(4)])
        terms.append(PauliTerms(paulis, at, rng.standard_normal(4)))
    return Hamiltonian(n, tuple(terms))


def test_matrix_is_the_sum_of_kronecker_products() -> None:
    h = every_letter(5, 0)
    # Sums of at most 36 numbers of order 1.
    assert matrix(h).toarray() == pytest.approx(dense(h), abs=1e-13)


PARITIES = ("parity", "parity_z", "sublattice_parity")


@pytest.mark.parametrize(
    "sector",
    [NONE, SZ0, Sector("magnetization", 2), *(Sector(k, v) for k in PARITIES for v in (1, -1))],
)
def test_sector_basis_is_orthonormal_and_in_the_sector(sector: Sector) -> None:
    basis = sector_basis(6, sector).toarray()
    assert basis.T @ basis == pytest.approx(np.eye(basis.shape[1]), abs=1e-15)
    operators = {
        "none": [],
        "magnetization": [sum(string(6, "Z", (i,)).real for i in range(6))],
        "parity": [string(6, "XXXXXX", range(6)).real],
        "parity_z": [string(6, "ZZZZZZ", range(6)).real],
        "sublattice_parity": [string(6, "XXX", sites).real for sites in ((0, 2, 4), (1, 3, 5))],
    }[sector.kind]
    for operator in operators:
        assert operator @ basis == pytest.approx(sector.value * basis, abs=1e-15)
    sizes = {"none": 64, "magnetization": {0: 20, 2: 15}.get(sector.value)}
    sizes |= {"parity": 32, "parity_z": 32, "sublattice_parity": 16}
    assert basis.shape[1] == sizes[sector.kind]


def test_two_site_singlet() -> None:
    state = exact_ground_state(Hamiltonian(2, tuple(isotropic([[0, 1]], [1.5]))), SZ0)
    assert state.energy == pytest.approx(-4.5, abs=1e-14)  # −3 J.
    assert state.gap == pytest.approx(6.0, abs=1e-14)  # Triplet at +J.
    assert state.correlation() == pytest.approx(np.array([[1.0, -1.0], [-1.0, 1.0]]), abs=1e-14)
    assert state.renyi2_blocks() == pytest.approx([1.0], abs=1e-14)
    assert state.renyi2() == pytest.approx([0.0], abs=1e-14)


def test_ghz_state_of_the_ising_chain_without_field() -> None:
    state = exact_ground_state(build(6, ("ZZ", chain_bonds(6), -1.0)), EVEN)
    assert state.energy == pytest.approx(-5.0, abs=1e-13)
    assert state.renyi2_blocks() == pytest.approx(np.ones(5), abs=1e-13)
    assert state.renyi2() == pytest.approx(np.ones(5), abs=1e-13)
    want = np.where(np.eye(6, dtype=bool), 1.0, 1.0 / 3.0)
    assert state.correlation() == pytest.approx(want, abs=1e-13)


def test_product_state_of_the_field_alone() -> None:
    state = exact_ground_state(build(4, ("X", np.arange(4)[:, None], -2.0)), EVEN)
    assert state.energy == pytest.approx(-8.0, abs=1e-13)
    assert state.renyi2() == pytest.approx(np.zeros(3), abs=1e-13)
    assert [state.expectation("X", (i,)) for i in range(4)] == pytest.approx([1.0] * 4)


@pytest.mark.parametrize("n", [6, 8, 10, 12])
def test_majumdar_ghosh(n: int) -> None:
    """J2 = J1/2 on an open chain: singlets on (0,1), (2,3), …, E = −3N/2 (PHYSICS)."""
    next_pairs = np.stack([np.arange(n - 2), np.arange(2, n)], axis=1)
    pairs = np.concatenate([chain_bonds(n), next_pairs])
    couplings = np.repeat([1.0, 0.5], [n - 1, n - 2])
    state = exact_ground_state(Hamiltonian(n, tuple(isotropic(pairs, couplings))), SZ0)
    assert state.energy == pytest.approx(-1.5 * n, rel=1e-13)
    assert state.renyi2_blocks() == pytest.approx(np.arange(1, n) % 2, abs=1e-10)
    assert state.correlation()[0] == pytest.approx([1.0, -1.0] + [0.0] * (n - 2), abs=1e-10)


N8 = chain_bonds(8)
ALTERNATING = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0])
SITES8 = np.arange(8)[:, None]
TABULATED = {
    "tfim open, J = h = 1": (
        build(8, ("ZZ", N8, -1.0), ("X", SITES8, -1.0)), EVEN, -9.837951447459
    ),
    "tfim open, closed form": (
        build(8, ("ZZ", N8, -1.0), ("X", SITES8, -1.0)), EVEN, 1 - 1 / np.sin(np.pi / 34)
    ),
    "tfim periodic, J = h = 1": (
        build(8, ("ZZ", ring(8), -1.0), ("X", SITES8, -1.0)), EVEN, -10.251661790966
    ),
    "tfim periodic, closed form": (
        build(8, ("ZZ", ring(8), -1.0), ("X", SITES8, -1.0)), EVEN, -2 / np.sin(np.pi / 16)
    ),
    "xy, gamma = .5, h = .3": (
        build(8, ("XX", N8, -0.75), ("YY", N8, -0.25), ("Z", SITES8, -0.3)), NONE, -5.694496427131
    ),
    "xx": (build(8, ("XX", N8, 1.0), ("YY", N8, 1.0)), SZ0, -9.517540966287),
    "xx, closed form": (
        build(8, ("XX", N8, 1.0), ("YY", N8, 1.0)),
        SZ0,
        4 * np.minimum(np.cos(np.pi * np.arange(1, 9) / 9), 0).sum(),
    ),
    "bond-alternating xx, J = 1, J' = 2": (
        build(8, ("XX", N8, ALTERNATING), ("YY", N8, ALTERNATING)),
        SZ0,
        -13.708136355632,
    ),
    "cluster-Ising periodic, h1 = .4": (
        build(8, ("X", SITES8, -0.4)), NONE, -8.338285890218
    ),
}  # fmt: skip


def cluster_ring(n: int) -> list[PauliTerms]:
    """− Σ Z_{i−1} X_i Z_{i+1} around a ring, letters in the order of the sites."""
    out = []
    for i in range(n):
        at = [(i - 1) % n, i, (i + 1) % n]
        order = np.argsort(at)
        letters = "".join("ZXZ"[k] for k in order)
        out.append(PauliTerms(letters, np.sort(at)[None, :], np.array([-1.0])))
    return out


@pytest.mark.parametrize("name", TABULATED)
def test_tabulated_energy(name: str) -> None:
    h, sector, want = TABULATED[name]
    if name.startswith("cluster"):
        h = Hamiltonian(8, (*h.terms, *cluster_ring(8)))
    state = exact_ground_state(h, sector)
    assert state.energy == pytest.approx(want, abs=TABLE)
    # Σ|c| ≤ 21 and a residual of a few 1e-15 · 21.
    assert state.energy_variance < 1e-24


@pytest.mark.parametrize("family", ["heisenberg_1d", "xxz_1d", "tfim_1d"])
@pytest.mark.parametrize("n", [7, 8])
def test_sector_against_the_whole_space(family: str, n: int) -> None:
    """The dense spectrum of all 2^N states holds the sector's level; for these it is the lowest."""
    h, sector, _ = drawn(family, n, seed=n)
    state = exact_ground_state(h, sector)
    values, vectors = np.linalg.eigh(dense(h))
    assert state.energy == pytest.approx(values[0], rel=1e-12)
    if n % 2 == 0 or family == "tfim_1d":
        overlap = abs(np.vdot(vectors[:, 0], state.vector))
        assert overlap == pytest.approx(1.0, abs=1e-10)


def test_dense_and_iterative_solvers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    h, sector, _ = drawn("xxz_1d", 10, seed=2)
    whole = exact_ground_state(h, sector)
    monkeypatch.setattr("builders.solvers.exact.diagonalization._DENSE", 1)
    iterative = exact_ground_state(h, sector)
    assert iterative.energy == pytest.approx(whole.energy, rel=1e-13)
    assert iterative.gap == pytest.approx(whole.gap, rel=1e-10)
    assert iterative.vector == pytest.approx(whole.vector, abs=1e-10)


@pytest.mark.parametrize("n", [9, 10, 12])
@pytest.mark.parametrize("seed", [0, 1])
def test_heisenberg_identities(n: int, seed: int) -> None:
    """E = 3 Σ J_ij C_ij always; for a singlet ⟨XX⟩ = ⟨YY⟩ = ⟨ZZ⟩ and Σ_j C_ij = 0."""
    h, sector, parameters = drawn("heisenberg_1d", n, seed)
    state = exact_ground_state(h, sector)
    correlation = state.correlation()
    assert 1.5 * (parameters["J"] * correlation).sum() == pytest.approx(state.energy, rel=1e-12)
    if n % 2 == 0:
        for pair in ((0, 1), (2, 7), (0, n - 1)):
            values = [state.expectation(p, pair) for p in ("XX", "YY", "ZZ")]
            assert values == pytest.approx([values[0]] * 3, abs=1e-9)
        assert correlation.sum(axis=1) == pytest.approx(np.zeros(n), abs=1e-9)


def test_correlation_of_a_doublet_does_not_depend_on_the_member() -> None:
    h, _, _ = drawn("heisenberg_1d", 7, 3)
    up, down = (exact_ground_state(h, Sector("magnetization", m)) for m in (1, -1))
    assert up.energy == pytest.approx(down.energy, rel=1e-13)
    assert up.correlation() == pytest.approx(down.correlation(), abs=1e-9)


@pytest.mark.parametrize("family", ["heisenberg_1d", "xxz_1d", "tfim_1d"])
def test_scaling_and_mirror(family: str) -> None:
    """E(2H) = 2E(H) with the same labels; a mirrored chain has mirrored labels."""
    n = 8
    h, sector, _ = drawn(family, n, 5)
    mirrored = Hamiltonian(
        n,
        tuple(
            PauliTerms(t.paulis[::-1], n - 1 - t.sites[:, ::-1], t.coefficients) for t in h.terms
        ),
    )
    one = exact_ground_state(h, sector)
    two = exact_ground_state(h.scaled(2.0), sector)
    back = exact_ground_state(mirrored, sector)
    assert two.energy == pytest.approx(2 * one.energy, rel=1e-13)
    assert two.correlation() == pytest.approx(one.correlation(), abs=1e-10)
    assert back.correlation() == pytest.approx(one.correlation()[::-1, ::-1], abs=1e-10)
    assert back.renyi2() == pytest.approx(one.renyi2()[::-1], abs=1e-10)
    # The two sides of a cut of a pure state have the same entropy.
    assert back.renyi2_blocks() == pytest.approx(one.renyi2_blocks()[::-1], abs=1e-10)


@pytest.mark.parametrize(
    ("n", "sector", "words"),
    [
        (15, NONE, "15 sites.*at most 14"),
        (6, Sector("magnetization", 1), "magnetization 1"),
        (6, Sector("magnetization", 8), "magnetization 8"),
    ],
)
def test_refusals(n: int, sector: Sector, words: str) -> None:
    h = Hamiltonian(n, tuple(isotropic(chain_bonds(n), np.ones(n - 1))))
    with pytest.raises(RequestError, match=words):
        exact_ground_state(h, sector)


@pytest.mark.parametrize("dense_up_to", [1, 600])
def test_a_degenerate_level_is_refused(monkeypatch: pytest.MonkeyPatch, dense_up_to: int) -> None:
    monkeypatch.setattr("builders.solvers.exact.diagonalization._DENSE", dense_up_to)
    h = Hamiltonian(7, tuple(isotropic(chain_bonds(7), np.ones(6))))
    with pytest.raises(RequestError, match="degenerate"):
        exact_ground_state(h, NONE)
    assert exact_ground_state(h, Sector("magnetization", 1)).gap > 0.1


def test_a_symmetry_that_h_breaks_is_refused() -> None:
    with pytest.raises(RequestError, match="does not conserve"):
        exact_ground_state(build(6, ("ZZ", chain_bonds(6), -1.0), ("X", [[0]], -1.0)), SZ0)
    with pytest.raises(RequestError, match="does not conserve"):
        exact_ground_state(build(6, ("XX", chain_bonds(6), -1.0), ("Z", [[2]], -1.0)), EVEN)
