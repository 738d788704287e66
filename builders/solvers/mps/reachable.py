"""States without the charges that no path from the left end leads to."""

import torch

from builders.solvers.mps.mps import Blocks, Dims, Mps, column_parts


def reachable(state: Mps) -> Mps:
    """The same states; their charges at every cut are those of paths from the left end.

    Sweeps that add charges at random leave some at which no state begins. They carry no weight, and
    what is measured from left to right does not know them.
    """
    qubit = state.qubit
    dims: list[Dims] = [dict(state.dims[0])]
    for i, right in enumerate(state.dims[1:]):
        ends = {qubit.add(q, c) for q in dims[i] for c in qubit.charges(i)}
        dims.append({q: d for q, d in right.items() if q in ends})
    if dims == state.dims:
        return state
    sites: list[Blocks] = []
    for i, site in enumerate(state.sites):
        block: Blocks = {}
        for q in site:
            if q in dims[i]:
                spans = column_parts(qubit, i, state.dims[i + 1], q)
                kept = [
                    site[q][:, :, a:z]
                    for s, a, z in spans
                    if qubit.add(q, qubit.charges(i)[s]) in dims[i + 1]
                ]
                block[q] = torch.cat(kept, dim=2) if kept else site[q][:, :, :0]
        sites.append(block)
    return Mps(qubit, dims, sites)
