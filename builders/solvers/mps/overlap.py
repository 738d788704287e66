"""Scalar products of matrix product states, row by row."""

from typing import Protocol

import torch
from torch import Tensor

from builders.solvers.mps.mps import Blocks, Mps


class HasParts(Protocol):
    """The tensors of B states in any gauge."""

    def parts(self, i: int) -> dict[tuple[int, int], Tensor]:
        """Site i as (left charge, physical state) → (B, left, right)."""


@torch.no_grad()
def overlap(bra: HasParts, ket: Mps) -> Tensor:
    """⟨bra|ket⟩ for each row, (B,); both in the same sector, with any dimensions."""
    qubit = ket.qubit
    one = next(iter(ket.sites[0].values())).new_ones((ket.batch, 1, 1))
    walk: Blocks = {0: one}
    for i in range(ket.n_sites):
        bras, kets = bra.parts(i), ket.parts(i)
        new: Blocks = {}
        for (q, s), a in kets.items():
            b = bras.get((q, s))
            if b is None or q not in walk:
                continue
            part = b.mH @ (walk[q] @ a)
            charge = qubit.add(q, qubit.charges(i)[s])
            new[charge] = new[charge] + part if charge in new else part
        walk = new
    end = walk.get(qubit.total)
    return one.new_zeros(ket.batch) if end is None else end[:, 0, 0]
