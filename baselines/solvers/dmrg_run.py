"""DMRG by a fixed schedule, from the ground state of a family's typical Hamiltonian."""

from functools import lru_cache

import numpy as np

from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.solvers.dmrg.batch import Batch, lowest
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps

_NOISE = 0.05  # of the first sweeps from a product state


def run(
    family: HamiltonianFamily, size: Size, hamiltonians: list[Hamiltonian], bond: int, sweeps: int
) -> Batch:
    """States of the family's Hamiltonians; a row does not depend on the others.

    Args:
        family: the family.
        size: N sites.
        hamiltonians: of the rows.
        bond: bond dimension of the typical state, which rows keep.
        sweeps: sweeps there and back a row.
    """
    schedule = (HalfSweeps(2 * sweeps, family.solver_settings(size).steps),)
    runs = []
    for sector in family.sectors(size):
        for number in range(len(family.warm_starts(size))):
            start = _typical(family, size, number, sector, bond)
            runs.append(_swept(hamiltonians, sector, start, schedule))
    return lowest(runs)


def _swept(
    hamiltonians: list[Hamiltonian], sector: Sector, start: Mps, schedule: tuple[HalfSweeps, ...]
) -> Batch:
    mpo = build_mpo([h.normalised() for h in hamiltonians], sector)
    with one_thread():
        state, step_angle = dmrg(mpo, start.rows([0] * len(hamiltonians)), schedule)
        energy, variance = (x.cpu().numpy() for x in energy_and_variance(state, mpo))
    scale = np.array([h.scale for h in hamiltonians])
    everyone = ((tuple(range(len(hamiltonians))), state),)
    parts = (
        energy * scale,
        variance * scale**2,
        variance / state.n_sites,
        step_angle.cpu().numpy(),
    )
    return Batch(everyone, *parts)


@lru_cache(maxsize=16)
def _typical(family: HamiltonianFamily, size: Size, number: int, sector: Sector, bond: int) -> Mps:
    hamiltonian = family.hamiltonian(size, family.warm_starts(size)[number])
    schedule = (HalfSweeps(4, 4, bond, noise=_NOISE), HalfSweeps(6, 4, bond))
    mpo = build_mpo([hamiltonian.normalised()], sector)
    with one_thread():
        return dmrg(mpo, start_mps(Qubit.of(sector), size.sites), schedule)[0]
