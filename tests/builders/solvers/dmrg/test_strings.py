"""Expectation values of Pauli strings: matrix product states, amplitudes and dense matrices."""

import numpy as np
import pytest

from builders.building.ground_state import MatrixProductGroundState
from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.hamiltonian import Sector
from builders.physics.phase import PauliString
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.strings import expectations, string_values
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import tfim_ground_state
from builders.solvers.exact.state_vector import StateVector
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import product_mps
from tests.builders.small_states import drawn, random_state, string

N = 8


def strings(n: int, seed: int = 0) -> list[PauliString]:
    """One letter, neighbours, far pairs, gaps, whole chains, odd and even numbers of Y."""
    rng = np.random.default_rng(seed)
    found: list[PauliString] = [("X", (3,)), ("Z", (0,)), ("Y", (2,)), ("XX", (0, n - 1))]
    for letter in "XYZ":
        found.append((letter * n, tuple(range(n))))
    found += [("ZXZ", (2, 3, 4)), ("ZXXXZ", (0, 1, 3, 5, 6)), ("XYYX", (0, 2, 3, 7))]
    for _ in range(40):
        sites = np.flatnonzero(rng.random(n) < 0.5)
        if len(sites):
            letters = "".join(rng.choice(list("XYZ"), len(sites)))
            found.append((letters, tuple(int(i) for i in sites)))
    return found


@pytest.mark.parametrize("family", ["tfim_1d", "xxz_1d", "heisenberg_1d"])
def test_the_two_kinds_of_state_agree(family: str) -> None:
    """Ground states of two solvers: parity and magnetization sectors, charged strings too."""
    h, sector, _ = drawn(family, N, 4)
    exact = exact_ground_state(h, sector)
    state = MatrixProductGroundState(solve_cold(h, sector, tolerance=1e-13))
    found = state.expectations(strings(N))
    # Cold DMRG stops at a variance of 1e-13 N: errors of expectation values go with its root.
    np.testing.assert_allclose(found, exact.expectations(strings(N)), rtol=0, atol=2e-6)
    assert np.abs(found).max() > 0.1


@pytest.mark.parametrize("family", ["tfim_1d", "xxz_1d"])
def test_a_matrix_product_state_far_from_convergence(family: str) -> None:
    """Exact also where the state is no eigenstate: against its own amplitudes."""
    h, sector, _ = drawn(family, N, 1)
    mpo = build_mpo([h.normalised(), h.normalised()], sector)
    start = product_mps(Qubit.of(sector), N).rows([0, 0])
    state = dmrg(mpo, start, (HalfSweeps(2, 2, 4, noise=0.2),))[0]
    values = string_values(state, strings(N)).numpy()
    vector = amplitudes(state)
    expected = StateVector(0.0, 0.0, 1.0, vector).expectations(strings(N))
    np.testing.assert_allclose(values, np.tile(expected, (2, 1)), rtol=0, atol=1e-12)


def amplitudes(state) -> np.ndarray:
    """The first state of a batch on all 2^N basis states, bond block by bond block."""
    walk = {0: np.ones((1, 1))}
    for i in range(state.n_sites):
        moved: dict[int, list[np.ndarray]] = {}
        size = 2**i
        for (q, s), a in state.parts(i).items():
            if q not in walk:
                continue
            charge = state.qubit.add(q, state.qubit.charges(i)[s])
            term = np.zeros((size, 2, a.shape[2]))
            term[:, s] = walk[q] @ a[0].numpy()
            moved.setdefault(charge, []).append(term.reshape(2 * size, -1))
        walk = {q: np.sum(terms, axis=0) for q, terms in moved.items()}
    (vector,) = (block[:, 0] for block in walk.values())
    if state.qubit.rotated:  # the stored basis is |+>, |->
        tensor = vector.reshape((2,) * state.n_sites)
        hadamard = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2.0)
        for axis in range(state.n_sites):
            tensor = np.moveaxis(np.tensordot(hadamard, tensor, (1, axis)), 0, axis)
        vector = tensor.ravel()
    return vector / np.linalg.norm(vector)


def test_amplitudes_agree_with_dense_matrices() -> None:
    state = random_state(5, seed=3)
    for letters, sites in [("ZXZ", (1, 2, 3)), ("YZY", (0, 2, 4)), ("XYYX", (0, 1, 2, 4))]:
        dense = string(5, letters, sites)
        value = (state.vector @ dense @ state.vector).real
        assert state.expectation(letters, sites) == pytest.approx(value, abs=1e-14)


def test_conserved_strings_have_the_value_of_the_sector() -> None:
    """Π X_i = +1 in a parity sector; Π Z_i = (−1)^{down spins} in a magnetization sector."""
    for family, n, letter, value in (
        ("tfim_1d", 12, "X", 1.0),
        ("xxz_1d", 12, "Z", 1.0),
        ("xxz_1d", 10, "Z", -1.0),
    ):
        h, sector, _ = drawn(family, n, 0)
        state = MatrixProductGroundState(solve_cold(h, sector))
        (found,) = state.expectations([(letter * n, tuple(range(n)))])
        assert found == pytest.approx(value, abs=1e-12)


def test_strings_that_change_the_charge_vanish() -> None:
    h, sector, _ = drawn("tfim_1d", 12, 0)
    state = MatrixProductGroundState(solve_cold(h, sector))
    assert not state.expectations([("Z", (4,)), ("ZZZ", (1, 2, 5)), ("ZY", (0, 3))]).any()


def test_rows_of_a_batch_against_free_fermions() -> None:
    """⟨X_i⟩ and ⟨Z_0 Z_{N−1}⟩ of rows that were solved together, in the order of the rows."""
    family, size = TfimChain(), Size(24)
    rows = [family.draw(size, np.random.default_rng(k)) for k in range(3)]
    batch = solve_warm("tfim_1d", size, [family.hamiltonian(size, row) for row in rows])
    asked: list[PauliString] = [("X", (5,)), ("ZZ", (2, 4))]
    found = expectations(batch, asked)
    assert found.shape == (3, 2)
    for values, row in zip(found, rows, strict=True):
        exact = tfim_ground_state(row["J"], row["h"])
        # Label errors of tfim_1d are below 1e-5.
        np.testing.assert_allclose(values, [exact.x()[5], exact.zz()[2, 4]], rtol=0, atol=2e-5)
    assert expectations(batch, []).shape == (3, 0)


@pytest.mark.parametrize(
    ("letters", "sites"),
    [
        ("", ()),
        ("W", (0,)),
        ("XX", (0,)),
        ("XX", (2, 1)),
        ("XX", (1, 1)),
        ("X", (8,)),
        ("X", (-1,)),
    ],
)
def test_malformed_strings_are_refused(letters: str, sites: tuple[int, ...]) -> None:
    state = product_mps(Qubit.of(Sector("parity", 1)), N)
    with pytest.raises(ValueError, match="increasing sites"):
        string_values(state, [(letters, sites)])
