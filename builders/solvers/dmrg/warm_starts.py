"""What the rows of a config start from, and the states that they settle to from there.

One *warm start* run solves the family's typical Hamiltonian and a few random ones cold. It fixes
how many states each charge gets at each cut, and its first state is where every row starts from.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from builders import families
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.solvers.dmrg.batch import Batch, among, lowest
from builders.solvers.dmrg.cold import NOISE
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.runs import settled
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps

_ROWS = 3  # random rows beside the typical one that choose the dimensions
_SEED = 20250519


def from_warm_starts(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    settings: SolverSettings,
    device: str = "cpu",
    row_sectors: Sequence[Sequence[Sector]] | None = None,
) -> Batch:
    """The lowest states that rows settle to from all warm starts."""
    spec = families.solvable(family)
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    everyone = range(len(hamiltonians))
    sectors = []
    for sector in solved_sectors(spec, size, settings):
        rows = [k for k in everyone if row_sectors is None or sector in row_sectors[k]]
        if not rows:
            continue
        chosen = [hamiltonians[k] for k in rows]
        starts = [state.to(device) for state in _starts(family, size, sector, settings)]
        runs = [settled(chosen, sector, s, stage, settings.tolerance) for s in starts]
        sectors.append(among(lowest(runs), rows, len(everyone)))
    return lowest(sectors, SAME_ENERGY * size.sites * np.array([h.scale for h in hamiltonians]))


def solved_sectors(
    spec: HamiltonianFamily, size: Size, settings: SolverSettings
) -> tuple[Sector, ...]:
    """The sectors in which rows are solved; the lowest energy is kept."""
    sector = spec.sector(size)
    return (Sector("spin", sector.value),) if settings.multiplets else spec.sectors(size)


def other_starts(family: str, size: Size, sector: Sector) -> list[Mps]:
    """The states in a sector of all warm starts of a family that has several."""
    spec = families.solvable(family)
    settings = spec.solver_settings(size)
    if len(spec.warm_starts(size)) < 2 or sector not in solved_sectors(spec, size, settings):
        return []
    return _starts(family, size, sector, settings)


def warm_starts(
    family: str, size: Size, settings: SolverSettings | None = None
) -> dict[Sector, list[Mps]]:
    """All that the rows of a config start from, by sector, kept; `settings` as in `solve_warm`."""
    spec = families.solvable(family)
    settings = settings or spec.solver_settings(size)
    sectors = solved_sectors(spec, size, settings)
    return {sector: _starts(family, size, sector, settings) for sector in sectors}


def _starts(family: str, size: Size, sector: Sector, settings: SolverSettings) -> list[Mps]:
    """What rows start from in one sector."""
    spec = families.solvable(family)
    first = sector in (solved_sectors(spec, size, settings)[0], *spec.sector(size).choices())
    numbers = range(len(spec.warm_starts(size))) if first else spec.other_starts(size)
    return [warm_start(family, size, k, sector, settings.bond) for k in numbers]


def warm_start(
    family: str,
    size: Size,
    number: int = 0,
    choice: Sector | None = None,
    bond: int | None = None,
) -> Mps:
    """A state that the rows of a config start from, kept; it depends on its arguments alone.

    Args:
        family: a family's name.
        size: N sites.
        number: which of the family's warm starts.
        choice: one of `solved_sectors`; default the first of the family's solver settings.
        bond: bond dimension; default that of the family's solver settings.
    """
    spec = families.solvable(family)
    settings = spec.solver_settings(size)
    sector = choice or solved_sectors(spec, size, settings)[0]
    # Kept by what is meant, however it was asked for.
    return _warm_start(family, size, number, sector, bond or settings.bond)


@lru_cache(maxsize=16)
def _warm_start(family: str, size: Size, number: int, sector: Sector, bond: int) -> Mps:
    spec = families.solvable(family)
    rng = np.random.default_rng(_SEED)
    parameters = [spec.warm_starts(size)[number]] + [spec.draw(size, rng) for _ in range(_ROWS)]
    hamiltonians = [spec.hamiltonian(size, p) for p in parameters]
    start = start_mps(Qubit.of(sector), size.sites)
    bonds = sorted({min(bond, 2**k) for k in range(4, 12)})
    schedule = tuple(
        HalfSweeps(4 if b == bonds[-1] else 2, 4, b, noise=NOISE if b == bonds[0] else 0.0)
        for b in bonds
    )
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector)
    with one_thread():
        return dmrg(mpo, start.rows([0] * len(hamiltonians)), schedule)[0].rows([0])
