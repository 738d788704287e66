"""The states at time 0 that families name, as matrix product states."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.evolution.vectors import CRITICAL, critical_chain

if TYPE_CHECKING:
    from builders.solvers.mps.mps import Mps

# Energy variance of the critical ground state, in units of (energy unit)² · N: labels are off by
# less than 1e-6 then.
_TOLERANCE = 1e-13


def starting_state(name: str, hamiltonians: Sequence[Hamiltonian]) -> "Mps":
    """One state for all Hamiltonians, in the charge that they conserve.

    Product states of Z are block sparse in Σ Z where every H conserves it, and have no symmetry
    otherwise; the critical ground state has the parity Π X.

    Raises:
        RequestError: no such initial state.
    """
    # torch takes a second to import.
    from builders.solvers.dmrg.cold import solve_cold
    from builders.solvers.evolution.bonds import conserves_magnetization
    from builders.solvers.evolution.product_states import product_state

    n = hamiltonians[0].n_sites
    if name != CRITICAL:
        return product_state(name, n, conserved=conserves_magnetization(hamiltonians))
    batch = solve_cold(critical_chain(n), Sector("parity", 1), tolerance=_TOLERANCE)
    ((_, state),) = batch.groups
    return state
