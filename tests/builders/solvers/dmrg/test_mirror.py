"""States projected onto a mirror parity: patterns that the energy cannot tell apart."""

import numpy as np
import pytest
import torch

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mirror import mirror_symmetric
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps

FAMILY = families.load("cluster_ising_1d")


def hamiltonian(n: int, h1: float, h2: float) -> Hamiltonian:
    p = {"h1": np.array(h1), "h2": np.array(h2), "h3": np.array(0.0)}
    return FAMILY.hamiltonian(Size(n), p)


def one_pattern(n: int, h: Hamiltonian) -> Mps:
    """A state that fields of alternating sign have driven into one of the two patterns."""
    staggered = 0.5 * (-1.0) ** np.arange(n)
    pinned = Hamiltonian(n, (*h.terms, PauliTerms("X", np.arange(n)[:, None], -staggered)))
    sector = FAMILY.sector(Size(n))
    start = start_mps(Qubit.of(sector), n)
    schedule = (HalfSweeps(4, 4, 16), HalfSweeps(4, 4, 32))
    return dmrg(build_mpo([pinned], sector), start, schedule)[0]


def batch_of(state: Mps) -> Batch:
    zeros = np.zeros(state.batch)
    return Batch(
        ((tuple(range(state.batch)), state),), zeros, zeros.copy(), zeros.copy(), zeros.copy()
    )


@pytest.mark.parametrize(("h1", "h2"), [(0.3, -3.0), (0.8, -2.5)])
def test_two_patterns_become_the_ground_state(h1: float, h2: float) -> None:
    """Deep in the phase, where the splitting is far below the gap already at N = 12."""
    n = 12
    h = hamiltonian(n, h1, h2)
    sector = FAMILY.sector(Size(n))
    pattern = dmrg(build_mpo([h], sector), one_pattern(n, h), (HalfSweeps(2, 2, 32),))[0]
    found = mirror_symmetric(batch_of(pattern), [h])
    exact = exact_ground_state(h, sector)
    # One pattern is the ground state up to the splitting; the projected one has its labels.
    before, labels = batch_of(pattern).labels(), found.labels()
    assert np.abs(before["renyi2_blocks"][0] - exact.renyi2_blocks()).max() > 0.9
    assert found.energy[0] == pytest.approx(exact.energy, rel=1e-8)
    for name, values in labels.items():
        assert values[0] == pytest.approx(getattr(exact, name)(), abs=1e-4), name
    assert found.relative_variance[0] < 1e-7


def test_labels_of_projected_states_are_mirror_symmetric() -> None:
    n = 16
    h = hamiltonian(n, 1.2, -1.45)
    start = one_pattern(n, h)
    before = batch_of(start).labels()["renyi2_blocks"][0]
    assert np.abs(before - before[::-1]).max() > 1e-2
    labels = mirror_symmetric(batch_of(start), [h]).labels()
    for name in ("renyi2", "renyi2_blocks"):
        assert labels[name][0] == pytest.approx(labels[name][0][::-1], abs=1e-9)
    c = labels["correlation"][0]
    assert c == pytest.approx(c[::-1, ::-1], abs=1e-9)


def test_a_state_that_is_its_own_image_is_left_alone() -> None:
    hamiltonians = [hamiltonian(8, 0.4, 0.1), hamiltonian(8, 1.2, 0.4)]
    batch = solve_warm(FAMILY.name, Size(8), hamiltonians)
    again = mirror_symmetric(batch, hamiltonians)
    assert np.array_equal(again.energy, batch.energy)
    assert torch.equal(
        next(iter(again.groups[0][1].sites[3].values())),
        next(iter(batch.groups[0][1].sites[3].values())),
    )
