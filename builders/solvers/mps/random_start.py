"""Random states of a sector: starts that share nothing with product states."""

import torch

from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, Mps, column_parts, fused

_STATES = 3  # of every charge at a cut, where there are so many


def random_mps(qubit: Qubit, n_sites: int, seed: int = 0) -> Mps:
    """A random right-canonical state with every charge that a cut can have.

    Raises:
        ValueError: no state of `n_sites` qubits has the sector's charge.
    """
    random = torch.Generator().manual_seed(seed)
    reach: list[Dims] = [{0: 1}]
    for i in range(n_sites):
        reach.append(fused(qubit, i, reach[-1]))
    if qubit.total not in reach[-1]:
        raise ValueError(f"{n_sites} qubits have no state with charge {qubit.total}")
    dims: list[Dims] = [{qubit.total: 1}]
    sites: list[Blocks] = []
    for i in range(n_sites - 1, -1, -1):
        left: Dims = {}
        site: Blocks = {}
        for q in reach[i]:
            width = column_parts(qubit, i, dims[0], q)[-1][2]
            height = min(width, reach[i][q], _STATES)
            if height:
                block = torch.randn((width, height), generator=random, dtype=torch.float64)
                site[q] = torch.linalg.qr(block)[0].mT[None]
                left[q] = height
        dims.insert(0, left)
        sites.insert(0, site)
    return Mps(qubit, dims, sites)
