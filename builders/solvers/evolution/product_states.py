"""Product states in the Z basis that evolutions start from, as matrix product states."""

import torch

from builders.physics.hamiltonian import Sector
from builders.physics.initial_state import spins
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, Mps, column_parts


def bits_of(name: str, n_sites: int) -> list[int]:
    """The bits of a state, one a site; 0 is Z = +1.

    Raises:
        RequestError: no such state.
    """
    return [int(spin < 0) for spin in spins(name, n_sites)]


def product_state(name: str, n_sites: int, *, conserved: bool) -> Mps:
    """One state of `builders.physics.initial_state`.

    Args:
        name: which.
        n_sites: N.
        conserved: block sparse in Σ Z; otherwise without a symmetry.

    Raises:
        RequestError: no such state.
    """
    bits = bits_of(name, n_sites)
    total = n_sites - 2 * sum(bits)
    qubit = Qubit.of(Sector("magnetization", total) if conserved else Sector("none"))
    dims: list[Dims] = [{0: 1}]
    sites: list[Blocks] = []
    for i, s in enumerate(bits):
        (charge,) = dims[-1]
        dims.append({qubit.add(charge, qubit.charges(i)[s]): 1})
        spans = column_parts(qubit, i, dims[-1], charge)
        block = torch.zeros((1, 1, spans[-1][2]), dtype=torch.float64)
        block[:, :, spans[s][1]] = 1.0
        sites.append({charge: block})
    return Mps(qubit, dims, sites)
