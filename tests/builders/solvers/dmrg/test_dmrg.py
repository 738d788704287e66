"""DMRG, its labels and its certificate, against exact diagonalisation and free fermions."""

import numpy as np
import pytest
import torch

from builders import families, solve
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import tfim_ground_state
from builders.solvers.exact.state_vector import StateVector
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.measure import block_entropies, densities, pair_entropies, pauli_pairs
from builders.solvers.mps.mps import Mps, product_mps, start_mps
from tests.builders.family_cases import chains
from tests.builders.small_states import dense, drawn

# Bond 32 holds any state of ten qubits, so that only the sweeps' convergence is left. The energy
# is quadratic in the error of the state, labels are linear.
_ENERGY, _LABEL = 1e-9, 1e-5


def vector(state: Mps, row: int) -> np.ndarray:
    """Amplitudes in the basis |0>, |1>, site 0 the most significant bit."""
    open_ = {0: np.ones((1, 1))}
    for i in range(state.n_sites):
        new: dict[int, np.ndarray] = {}
        for (q, s), a in state.parts(i).items():
            charge = state.qubit.add(q, state.qubit.charges(i)[s])
            one_hot = np.eye(2)[s]
            part = np.einsum("xl,lr,s->xsr", open_[q], a[row].numpy(), one_hot)
            part = part.reshape(-1, a.shape[2])
            new[charge] = new[charge] + part if charge in new else part
        open_ = new
    amplitudes = open_[state.qubit.total][:, 0]
    if state.qubit.rotated:
        turn = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)
        tensor = amplitudes.reshape((2,) * state.n_sites)
        for axis in range(state.n_sites):
            tensor = np.moveaxis(np.tensordot(turn, tensor, axes=(1, axis)), 0, axis)
        amplitudes = tensor.ravel()
    return amplitudes


SLOW = pytest.mark.slow


@pytest.mark.parametrize("family", chains())
@pytest.mark.parametrize(("n", "seed"), [(2, 0), (3, 1), (6, 1), pytest.param(10, 1, marks=SLOW)])
def test_cold_run_agrees_with_exact_diagonalisation(family: str, n: int, seed: int) -> None:
    h, sector, parameters = drawn(family, n, seed)
    exact = exact_ground_state(h, sector)
    found = solve(family, n, parameters, solver="dmrg", sector="stated")
    assert found.energy == pytest.approx(exact.energy, rel=_ENERGY)
    # Rounding of <(H - E)^2> is a few ulp of the squared partial sums, below (N scale)^2.
    assert abs(found.energy_variance) < 1e-7 * n * h.scale**2
    assert found.correlation() == pytest.approx(exact.correlation(), abs=_LABEL)
    assert found.renyi2() == pytest.approx(exact.renyi2(), abs=_LABEL)
    assert found.renyi2_blocks() == pytest.approx(exact.renyi2_blocks(), abs=_LABEL)


@pytest.mark.parametrize("family", chains())
@pytest.mark.parametrize("n", [5, pytest.param(9, marks=SLOW)])
def test_warm_rows_agree_with_exact_diagonalisation(family: str, n: int) -> None:
    cases = [drawn(family, n, seed) for seed in range(4)]
    batch = solve_warm(family, Size(n), [c[0] for c in cases])
    labels = batch.labels()
    sectors = families.solvable(family).sectors(Size(n))
    for row, (h, _, _) in enumerate(cases):
        exact = exact_ground_state(h, sectors)
        # What the data sets promise: 1e-6 in energy, 5e-4 in every entry.
        assert batch.energy[row] == pytest.approx(exact.energy, rel=1e-6)
        for name in labels:
            expected = getattr(exact, name)()
            assert labels[name][row] == pytest.approx(expected, abs=5e-4), name


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [(32, 0.0, 1.0), *(pytest.param(127, *each, marks=SLOW) for each in ((0.0, 1.0), (1.0, 3.0)))],
)
def test_tfim_is_free_fermions(n: int, low: float, high: float) -> None:
    rng = np.random.default_rng(7)
    couplings, fields = rng.uniform(low, high, n - 1), np.ones(n)
    exact = tfim_ground_state(couplings, fields)
    found = solve("tfim_1d", n, {"J": couplings, "h": fields})
    assert found.energy == pytest.approx(exact.energy, rel=1e-6)
    assert found.correlation() == pytest.approx(exact.correlation(), abs=5e-4)
    assert found.renyi2() == pytest.approx(exact.renyi2(), abs=5e-4)
    assert found.renyi2_blocks() == pytest.approx(exact.renyi2_blocks(), abs=5e-4)


def test_su2_symmetry_and_the_energy_from_correlations() -> None:
    h, sector, parameters = drawn("heisenberg_1d", 12, 3)
    state = solve("heisenberg_1d", 12, parameters, solver="dmrg")
    couplings = np.triu(parameters["J"], 1)
    energy = 3 * (couplings * state.correlation()).sum()
    assert energy == pytest.approx(state.energy, rel=1e-12)
    mpo = build_mpo([h.normalised()], sector)
    schedule = (HalfSweeps(4, 4, 32), HalfSweeps(4, 4, 64))
    mps = dmrg(mpo, product_mps(Qubit.of(sector), 12), schedule)[0]
    pairs = pauli_pairs(mps, densities(mps))
    assert torch.equal(pairs["XX"], pairs["YY"])  # the conserved charge
    # SU(2) is not imposed: what truncation breaks of it is of the order of the label error.
    assert (pairs["XX"] - pairs["ZZ"]).abs().max() < 1e-4


def truncated(family: str, n: int, bond: int) -> tuple[Mps, Hamiltonian]:
    """A state that is far from an eigenstate, so that no check of it is trivial."""
    h, sector, _ = drawn(family, n, 0)
    mpo = build_mpo([h], sector)
    start = start_mps(Qubit.of(sector), n)
    return dmrg(mpo, start, (HalfSweeps(2, 2, bond),))[0], h


@pytest.mark.parametrize("family", chains())
def test_labels_and_certificate_of_a_truncated_state(family: str) -> None:
    state, h = truncated(family, 8, 3)
    psi = vector(state, 0)
    assert np.linalg.norm(psi) == pytest.approx(1.0, abs=1e-12)
    matrix = dense(h).real
    energy = psi @ matrix @ psi
    variance = psi @ matrix @ matrix @ psi - energy**2
    mpo = build_mpo([h], families.load(family).sector(Size(8)))
    found = energy_and_variance(state, mpo)
    assert float(found[0]) == pytest.approx(energy, rel=1e-12)
    assert variance > 1e-4 * h.scale**2
    assert float(found[1]) == pytest.approx(variance, rel=1e-9)
    rough = energy_and_variance(state, mpo, precise=False)
    assert float(rough[0]) == float(found[0])  # the energy is always in double precision
    assert float(rough[1]) == pytest.approx(variance, rel=1e-5)
    oracle = StateVector(0.0, 0.0, 1.0, psi)
    rho = densities(state)
    pairs = pauli_pairs(state, rho)
    for letters, values in pairs.items():
        for i, j in [(0, 1), (2, 7), (3, 5)]:
            expected = oracle.expectation(letters, (i, j))
            assert float(values[0, i, j]) == pytest.approx(expected, abs=1e-12)
    assert pair_entropies(state, rho)[0].numpy() == pytest.approx(oracle.renyi2(), abs=1e-12)
    blocks = block_entropies(rho)[0].numpy()
    assert blocks == pytest.approx(oracle.renyi2_blocks(), abs=1e-12)


@pytest.mark.parametrize(("family", "n", "bond"), [("tfim_1d", 24, 8), ("heisenberg_1d", 24, 24)])
def test_certificate_of_good_states_in_single_precision(family: str, n: int, bond: int) -> None:
    """Down to 1e-11 a site, from numbers of order 1: no difference of those is taken."""
    cases = [drawn(family, n, seed) for seed in range(4)]
    sector = cases[0][1]
    mpo = build_mpo([h.normalised() for h, *_ in cases], sector)
    start = start_mps(Qubit.of(sector), n).rows([0] * 4)
    state = dmrg(mpo, start, (HalfSweeps(2, 3, bond // 2), HalfSweeps(4, 3, bond)))[0]
    exact, rough = (energy_and_variance(state, mpo, precise=p)[1] for p in (True, False))
    assert exact.max() < n * (1e-9 if family == "tfim_1d" else 1e-4)
    assert rough.numpy() == pytest.approx(exact.numpy(), rel=1e-3)
    for k in range(4):  # rows of different numbers of channels, padded to the same
        alone = energy_and_variance(state.rows([k]), mpo.rows([k]))[1]
        assert float(alone) == pytest.approx(float(exact[k]), rel=1e-6)


def test_a_row_does_not_see_its_neighbours() -> None:
    cases = [drawn("tfim_1d", 12, seed) for seed in range(6)]
    together = solve_warm("tfim_1d", Size(12), [c[0] for c in cases])
    alone = solve_warm("tfim_1d", Size(12), [cases[4][0]])
    # Not bit for bit (blocks of rows are fixed for that), but far below any label error: products
    # in single precision round by 1e-7 of a correction, and a row's corrections are below 0.1.
    assert together.energy[4] == pytest.approx(alone.energy[0], rel=1e-12)
    same = alone.labels()["correlation"][0]
    assert together.labels()["correlation"][4] == pytest.approx(same, abs=1e-7)


def test_without_a_symmetry() -> None:
    n = 8
    fields = np.random.default_rng(2).standard_normal((2, n))
    h = Hamiltonian(
        n,
        (
            PauliTerms("ZZ", chain_bonds(n), np.ones(n - 1)),
            PauliTerms("X", np.arange(n)[:, None], fields[0]),
            PauliTerms("Z", np.arange(n)[:, None], fields[1]),
        ),
    )
    sector = Sector("none")
    start = product_mps(Qubit.of(sector), n)
    state = dmrg(build_mpo([h], sector), start, (HalfSweeps(6, 4, 16),))[0]
    energy, variance = energy_and_variance(state, build_mpo([h], sector))
    assert float(energy) == pytest.approx(exact_ground_state(h, sector).energy, rel=1e-9)
    assert float(variance) < 1e-8


def cluster_terms(n: int) -> Hamiltonian:
    """A cluster chain with random fields and couplings, which conserves both sublattices."""
    rng = np.random.default_rng(n)
    triples = np.arange(n - 2)[:, None] + np.arange(3)
    return Hamiltonian(
        n,
        (
            PauliTerms("ZXZ", triples, -rng.uniform(0.5, 1.0, n - 2)),
            PauliTerms("X", np.arange(n)[:, None], rng.uniform(0.0, 1.0, n)),
            PauliTerms("XX", chain_bonds(n), rng.uniform(-1.0, 1.0, n - 1)),
            PauliTerms("ZZ", triples[:, ::2], rng.uniform(-0.5, 0.5, n - 2)),
            PauliTerms("YY", triples[:, ::2], rng.uniform(-0.5, 0.5, n - 2)),
        ),
    )


@pytest.mark.parametrize("kind", ["parity", "sublattice_parity", "parity_z"])
@pytest.mark.parametrize("value", [1, -1])
@pytest.mark.parametrize("n", [3, 8, 9])
def test_both_values_of_every_parity(kind: str, value: int, n: int) -> None:
    h, sector = cluster_terms(n), Sector(kind, value)
    if kind != "sublattice_parity":  # these terms join the sublattices
        joined = PauliTerms("ZZ", chain_bonds(n), np.linspace(0.3, 0.9, n - 1))
        h = Hamiltonian(n, (*h.terms, joined))
    if kind == "parity_z":  # the same chain with X and Z in each other's place
        swapped = str.maketrans("XZ", "ZX")
        terms = (PauliTerms(t.paulis.translate(swapped), t.sites, t.coefficients) for t in h.terms)
        h = Hamiltonian(n, tuple(terms))
    exact, found = exact_ground_state(h, sector), solve_cold(h, sector)
    assert found.energy[0] == pytest.approx(exact.energy, rel=_ENERGY)
    assert abs(found.energy_variance[0]) < 1e-7 * n
    for name, values in found.labels().items():
        assert values[0] == pytest.approx(getattr(exact, name)(), abs=_LABEL), name


@pytest.mark.slow
@pytest.mark.parametrize("family", ["heisenberg_1d", "xxz_1d"])
def test_label_errors_at_48_sites(family: str) -> None:
    """Rows of a data set against the same rows at four times the bond, 5e-4 and 1e-3 allowed."""
    cases = [drawn(family, 48, seed) for seed in range(3)]
    batch = solve_warm(family, Size(48), [c[0] for c in cases])
    labels = batch.labels()
    for row, (h, sector, _) in enumerate(cases):
        rows, state = next(group for group in batch.groups if row in group[0])
        mpo = build_mpo([h.normalised()], sector)
        start = state.rows([list(rows).index(row)])
        tight = dmrg(mpo, start, (HalfSweeps(4, 4, 96), HalfSweeps(4, 4, 192)))[0]
        rho = densities(tight)
        pairs = pauli_pairs(tight, rho)
        c = ((pairs["XX"] + pairs["YY"] + pairs["ZZ"]) / 3)[0].numpy()
        assert np.abs(labels["correlation"][row] - c).max() < 5e-4
        s2 = pair_entropies(tight, rho)[0].numpy()
        assert np.abs(labels["renyi2"][row] - s2).max() < 1e-3


def test_sector_of_an_odd_chain() -> None:
    state = truncated("heisenberg_1d", 5, 4)[0]
    psi = vector(state, 0)
    ones = np.array([bin(k).count("1") for k in range(32)])
    assert np.abs(psi[ones != 2]).max() < 1e-14  # sum Z = 5 - 2 * ones = +1
