"""⟨H²⟩ in multiplets: the terms of H², and the certificate against the one of single states."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

from builders.core.errors import WorkError
from builders.physics.hamiltonian import Hamiltonian, Sector, isotropic
from builders.solvers.block2.square import certified, recoupled, square
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps import measure

needs_block2 = pytest.mark.skipif(
    find_spec("block2") is None, reason="block2 is not installed: pip install 'qslbench[block2]'"
)
PAULIS = [np.array(p) for p in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]


def pair(n: int, i: int, j: int) -> np.ndarray:
    """XX + YY + ZZ on two of n spins, as a matrix."""
    total = np.zeros((2**n, 2**n), dtype=complex)
    for p in PAULIS:
        out = np.ones((1, 1))
        for k in range(n):
            out = np.kron(out, p if k in (i, j) else np.eye(2))
        total += out
    return total


def random_couplings(n: int, seed: int) -> np.ndarray:
    """Every pair coupled: bonds side by side, crossing, enclosed, and with a common site."""
    return np.triu(np.random.default_rng(seed).uniform(0.1, 1.0, (n, n)), 1)


def test_the_square_is_the_sum_of_its_terms() -> None:
    n = 5
    couplings = random_couplings(n, 0)
    found = square(couplings)
    H = sum(couplings[i, j] * pair(n, i, j) for i, j in np.argwhere(couplings))
    total = found.constant * np.eye(2**n) + sum(c * pair(n, *b) for b, c in found.pairs.items())
    total = total + sum(c * pair(n, *a) @ pair(n, *b) for a, b, c in found.products)
    np.testing.assert_allclose(total, H @ H, atol=1e-12 * np.abs(H @ H).max())
    assert len(found.products) == 15  # pairs of disjoint bonds among five sites: 10 · 3 / 2


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ((0, 1), (2, 3), (0, 1, 2, 3)),
        ((4, 9), (2, 7), (2, 4, 7, 9)),
        ((1, 8), (3, 5), (1, 3, 5, 8)),
    ],
)
def test_recoupling_keeps_the_norm(
    one: tuple[int, int], other: tuple[int, int], order: tuple[int, ...]
) -> None:
    sites, weights = recoupled(one, other)
    assert tuple(sites) == order
    # Another basis of the same space of three invariants.
    assert np.sum(np.square(weights)) == pytest.approx(1.0, rel=1e-15)


@needs_block2
@pytest.mark.parametrize(("n", "spin"), [(10, 0), (9, 1)])
def test_the_certificate_of_multiplets_is_that_of_states(n: int, spin: int) -> None:
    from builders.solvers.block2.solver import solve_block2

    sector = Sector("magnetization", spin)
    rows = []
    for seed in range(2):
        couplings = random_couplings(n, seed)
        sites = np.argwhere(couplings)
        rows.append(Hamiltonian(n, tuple(isotropic(sites, couplings[tuple(sites.T)]))))
    # Far too few multiplets, so that there is a variance to speak of.
    batch = solve_block2(rows, sector, bond=4, half_sweeps=4, spin=spin)
    for (numbers, state), h in zip(batch.groups, rows, strict=True):
        energy, variance = energy_and_variance(state, build_mpo([h], sector))
        assert batch.energy[numbers[0]] == pytest.approx(float(energy), rel=1e-12)
        # Rounding: 1e-15 of ⟨H²⟩, which is below 1e3.
        assert batch.energy_variance[numbers[0]] == pytest.approx(float(variance), abs=1e-11)
        assert float(variance) > 1e-3
        # ⟨ZZ⟩ alone makes the label: the mean of all three letters is the same.
        pairs = measure.correlation(state, measure.densities(state)).numpy()[0]
        assert np.abs(batch.labels()["correlation"][numbers[0]] - pairs).max() < 1e-12


@needs_block2
def test_a_state_of_another_energy_is_not_certified() -> None:
    from builders.solvers.block2.solver import solve_block2

    n, sector = 6, Sector("magnetization", 0)
    couplings = random_couplings(n, 3)
    sites = np.argwhere(couplings)
    h = Hamiltonian(n, tuple(isotropic(sites, couplings[tuple(sites.T)])))
    batch = solve_block2([h], sector, bond=32, half_sweeps=4, spin=0)
    state, given = batch.groups[0][1], couplings[None] / h.scale
    energy = float(batch.energy[0]) / h.scale
    found, variance, correlation = certified(state, given, [(energy, energy**2 + 0.25)])
    assert correlation == pytest.approx(measure.correlation(state, measure.densities(state)))
    assert found == pytest.approx(torch.tensor([energy], dtype=torch.float64), rel=1e-12)
    assert float(variance) == pytest.approx(0.25, rel=1e-9)
    # Below 0 is rounding.
    assert float(certified(state, given, [(energy, energy**2 - 1e-13)])[1]) == 0.0
    with pytest.raises(WorkError, match=r"off by 1\.7e-09 a site"):
        certified(state, given, [(energy + 1e-8, energy**2)])
