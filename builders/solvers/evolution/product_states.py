"""Product states in the Z basis that evolutions start from."""

from collections.abc import Callable

import torch

from builders.core.errors import unknown
from builders.physics.hamiltonian import Sector
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, Mps, column_parts

# Bits by (site, number of sites); bit 0 is Z = +1. Odd chains have one more up than down.
BITS: dict[str, Callable[[int, int], int]] = {
    "all_up": lambda i, n: 0,  # noqa: ARG005
    "neel": lambda i, n: i % 2,  # noqa: ARG005
    "domain_wall": lambda i, n: int(i >= (n + 1) // 2),
}


def bits_of(name: str, n_sites: int) -> list[int]:
    """The bits of a state, one a site; 0 is Z = +1.

    Raises:
        RequestError: no such state.
    """
    if name not in BITS:
        raise unknown("initial state", name, list(BITS))
    return [BITS[name](i, n_sites) for i in range(n_sites)]


def product_state(name: str, n_sites: int, *, conserved: bool) -> Mps:
    """One state: `all_up`, `neel` (up, down, …), `domain_wall` (the left half up).

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
