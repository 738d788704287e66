"""One Hamiltonian from a product state: the bond grows until the variance is small enough."""

from collections.abc import Sequence
from functools import partial

from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.solvers.dmrg.batch import Batch, lowest
from builders.solvers.dmrg.dmrg import HalfSweeps
from builders.solvers.dmrg.runs import MOST_ROUNDS, swept
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps

COLD = HalfSweeps(2, 4, precise=True)
"""How single Hamiltonians are swept."""

NOISE = 0.05  # of the first sweeps from a product state
_FIRST_BOND = 16
_STANDSTILL = 1e-12  # relative drop of the energy in four half sweeps


def solve_cold(
    hamiltonian: Hamiltonian,
    sector: Sector,
    *,
    warm_starts: Sequence[Mps] = (),
    tolerance: float = 1e-9,
    max_bond: int = 256,
) -> Batch:
    """One Hamiltonian from outside: the bond grows until the energy variance is small enough.

    Args:
        hamiltonian: any strings that conserve the sector.
        sector: its symmetry sector.
        warm_starts: states of the sector to start from too, where one start may miss the lowest
            energy.
        tolerance: of the variance, in units of (energy unit)² · N.
        max_bond: where growing stops; the variance then says how good the state is.
    """
    sectors = []
    for choice in sector.choices():
        cold = start_mps(Qubit.of(choice), hamiltonian.n_sites)
        starts = [cold, *(state for state in warm_starts if state.qubit.sector == choice)]
        run = partial(solve_tighter, hamiltonian, choice, tolerance=tolerance, max_bond=max_bond)
        sectors.append(lowest([run(start) for start in starts]))
    return lowest(sectors, SAME_ENERGY * hamiltonian.n_sites * hamiltonian.scale)


def solve_tighter(
    hamiltonian: Hamiltonian, sector: Sector, start: Mps, *, tolerance: float, max_bond: int
) -> Batch:
    """As `solve_cold`, from a given state; the first bond is the next power of two, 16 at least.

    A small variance alone does not end it: where couplings differ by orders of magnitude, weakly
    coupled parts show in the energy's last digits only, so that the energy must stand still too.
    """
    bond = max(_FIRST_BOND, 1 << start.bond().bit_length())
    shake = (HalfSweeps(2, 4, bond, noise=NOISE, precise=True),) if start.bond() == 1 else ()
    batch = swept([hamiltonian], sector, start, (*shake, HalfSweeps(4, 4, bond, precise=True)))
    for _ in range(MOST_ROUNDS):
        before = batch.energy[0]
        converged = batch.relative_variance[0] <= tolerance
        if not converged:
            bond *= 2
            if bond > max_bond:
                break
        state, stage = batch.groups[0][1], HalfSweeps(4, 4, bond, precise=True)
        batch = swept([hamiltonian], sector, state, (stage,))
        if converged and before - batch.energy[0] <= _STANDSTILL * abs(before):
            break
    return batch
