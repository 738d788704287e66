"""Batches of matrix product states, block sparse in a conserved charge, right-canonical.

All states of a batch share their sectors and their dimensions, so that each step of an
algorithm is one batched matrix product over all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from builders.solvers.mps.charges import Qubit

Blocks = dict[int, Tensor]
Dims = dict[int, int]

_TILT = 0.5  # of the start, where it cannot be a product state


@dataclass(frozen=True)
class Mps:
    """B states Σ A[0] A[1] … A[N−1] |s_0 s_1 …⟩ with the orthogonality centre on site 0.

    Attributes:
        qubit: local space (for a rotated one the physical basis is |+⟩, |−⟩).
        dims: for every cut 0 … N, charge of the sites on the left → dimension.
        sites: for every site, left charge q → (B, dims[i][q], columns), real or, of states that
            have evolved, complex; the columns hold
            the right bond of physical state 0, then that of state 1.
    """

    qubit: Qubit
    dims: list[Dims]
    sites: list[Blocks]

    @property
    def n_sites(self) -> int:
        """Number of sites N."""
        return len(self.sites)

    @property
    def batch(self) -> int:
        """Number of states B."""
        return len(next(iter(self.sites[0].values())))

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return next(iter(self.sites[0].values())).device

    def bond(self) -> int:
        """Largest bond dimension."""
        return max(sum(d.values()) for d in self.dims)

    def parts(self, i: int) -> dict[tuple[int, int], Tensor]:
        """Site i as (left charge, physical state) → (B, left, right), empty blocks left out."""
        return {
            (q, s): block[:, :, start:stop]
            for q, block in self.sites[i].items()
            for s, start, stop in column_parts(self.qubit, i, self.dims[i + 1], q)
            if stop > start and block.shape[1]
        }

    def rows(self, index: Sequence[int]) -> "Mps":
        """The states with the given numbers, repeats allowed."""
        pick = torch.as_tensor(index)
        sites = [{q: a[pick.to(a.device)] for q, a in site.items()} for site in self.sites]
        return Mps(self.qubit, self.dims, sites)

    def replaced(self, index: Sequence[int], others: "Mps") -> "Mps":
        """These states with those of the given numbers replaced by `others`, one for each.

        Raises:
            ValueError: the dimensions differ.
        """
        if others.dims != self.dims:
            raise ValueError("states of other dimensions cannot join a batch")
        pick = list(index)
        sites = []
        for mine, theirs in zip(self.sites, others.sites, strict=True):
            site = {q: block.clone() for q, block in mine.items()}
            for q, block in theirs.items():
                site[q][pick] = block
            sites.append(site)
        return Mps(self.qubit, self.dims, sites)

    def to(self, where: torch.device | str | torch.dtype) -> "Mps":
        """The same states on another device or in another precision."""
        sites = [{q: a.to(where) for q, a in site.items()} for site in self.sites]
        return Mps(self.qubit, self.dims, sites)


def column_parts(qubit: Qubit, i: int, right: Dims, q: int) -> list[tuple[int, int, int]]:
    """(physical state, first column, past the last) of site i's block with left charge q."""
    out, start = [], 0
    for s in (0, 1):
        stop = start + right.get(qubit.add(q, qubit.charges(i)[s]), 0)
        out.append((s, start, stop))
        start = stop
    return out


def rows_of(qubit: Qubit, i: int, left: Dims, q: int) -> list[tuple[int, int, int, int]]:
    """(physical state, left charge, first row, past the last) of site i's block, right charge q."""
    out, start = [], 0
    for s in (0, 1):
        charge = qubit.subtract(q, qubit.charges(i)[s])
        stop = start + left.get(charge, 0)
        out.append((s, charge, start, stop))
        start = stop
    return out


def fused(qubit: Qubit, i: int, left: Dims) -> Dims:
    """Charges and dimensions of the bond left of site i joined with it."""
    out: Dims = {}
    for q, d in left.items():
        for s in (0, 1):
            charge = qubit.add(q, qubit.charges(i)[s])
            if qubit.has(charge):
                out[charge] = out.get(charge, 0) + d
    return dict(sorted(out.items()))


def by_right_charge(qubit: Qubit, i: int, left: Dims, right: Dims, site: Blocks) -> Blocks:
    """Site i from blocks by left charge, (B, left, columns), to (B, rows, right) by right charge.

    `left` and `right` are the dimensions of the cuts i and i + 1; blocks that are not there are 0.
    """
    out: Blocks = {}
    like = next(iter(site.values()))
    for q, d in right.items():
        pieces = []
        for s, q_left, a, z in rows_of(qubit, i, left, q):
            if q_left in site and z > a:
                _, x, y = column_parts(qubit, i, right, q_left)[s]
                pieces.append(site[q_left][:, :, x:y])
            else:
                pieces.append(like.new_zeros((len(like), z - a, d)))
        out[q] = torch.cat(pieces, dim=1)
    return out


def by_left_charge(qubit: Qubit, i: int, left: Dims, right: Dims, site: Blocks) -> Blocks:
    """The inverse of `by_right_charge`."""
    out: Blocks = {}
    like = next(iter(site.values()))
    for q, d in left.items():
        pieces = []
        for s, a, z in column_parts(qubit, i, right, q):
            q_right = qubit.add(q, qubit.charges(i)[s])
            if q_right in site and z > a:
                _, _, x, y = rows_of(qubit, i, left, q_right)[s]
                pieces.append(site[q_right][:, x:y])
            else:
                pieces.append(like.new_zeros((len(like), d, z - a)))
        out[q] = torch.cat(pieces, dim=2)
    return out


def orthonormal(state: Mps) -> Mps:
    """A state whose tensors are right-canonical to single precision, made so to double.

    One Newton–Schulz step a site, Q → (3 − Q Q†) Q / 2, which squares the deviation; the state
    moves by no more than the deviations were. Site 0 is normalised.
    """
    sites = [
        {q: 1.5 * block - 0.5 * (block @ block.mH) @ block for q, block in site.items()}
        for site in state.sites[1:]
    ]
    norm = (
        torch.stack([b.abs().square().sum((1, 2)) for b in state.sites[0].values()]).sum(0).sqrt()
    )
    first = {q: block / norm[:, None, None] for q, block in state.sites[0].items()}
    return Mps(state.qubit, state.dims, [first, *sites])


def start_mps(qubit: Qubit, n_sites: int) -> Mps:
    """The state of the sector that DMRG starts from.

    It is a product state where neighbours carry the same charges. Where they do not, the update
    of two neighbours cannot leave a product state: there it is a tilted product state projected
    onto the sector, which has every charge at every cut.

    Raises:
        ValueError: no state of `n_sites` qubits has the sector's charge.
    """
    product = qubit.even == qubit.odd
    return product_mps(qubit, n_sites) if product else _projected_mps(qubit, n_sites)


def product_mps(qubit: Qubit, n_sites: int) -> Mps:
    """A product state of a sector of one kind of site, its charge spread evenly.

    For Σ Z = 0 it is the Néel state, for Π X = +1 all |+⟩. A random start can hold localised
    excitations that a local update never removes; this one holds none.

    Raises:
        ValueError: no product state of `n_sites` qubits has the sector's charge.
    """
    dims: list[Dims] = [{0: 1}]
    sites: list[Blocks] = []
    for i, s in enumerate(_spread(qubit, n_sites)):
        (charge,) = dims[-1]
        dims.append({qubit.add(charge, qubit.charges(i)[s]): 1})
        _, at, _ = column_parts(qubit, i, dims[-1], charge)[s]
        width = column_parts(qubit, i, dims[-1], charge)[-1][2]
        block = torch.zeros((1, 1, width), dtype=torch.float64)
        block[:, :, at] = 1.0
        sites.append({charge: block})
    return Mps(qubit, dims, sites)


def _spread(qubit: Qubit, n_sites: int) -> list[int]:
    """States of the sites whose charges add up to the total: as many 0 as there can be."""
    first, second = qubit.charges(0)
    if qubit.integer:
        counts = [
            k for k in range(n_sites, -1, -1) if k * first + (n_sites - k) * second == qubit.total
        ]
    else:
        counts = [n_sites - qubit.total]
    if not counts:
        raise ValueError(f"{n_sites} qubits have no state with charge {qubit.total}")
    share = counts[0] / n_sites
    return [
        0 if math.floor((i + 1) * share + 0.5) > math.floor(i * share + 0.5) else 1
        for i in range(n_sites)
    ]


def _projected_mps(qubit: Qubit, n_sites: int) -> Mps:
    """(|0⟩ + tilt |1⟩) on every site, in the stored basis, projected onto the sector."""
    weights = (1.0, _TILT)
    norms: list[dict[int, float]] = [{qubit.total: 1.0}]  # of what is right of each cut, by charge
    sites: list[Blocks] = []
    for i in range(n_sites - 1, -1, -1):
        right, left = norms[0], {}
        block: Blocks = {}
        starts = {qubit.subtract(q, c) for q in right for c in qubit.charges(i)} if i else {0}
        for q in sorted(starts):
            ends = [right.get(qubit.add(q, c), 0.0) for c in qubit.charges(i)]
            row = [w * end for w, end in zip(weights, ends, strict=True) if end]
            if row:
                left[q] = math.hypot(*row)
                block[q] = torch.tensor([[row]], dtype=torch.float64) / left[q]
        if not block:
            raise ValueError(f"{n_sites} qubits have no state with charge {qubit.total}")
        norms.insert(0, left)
        sites.insert(0, block)
    return Mps(qubit, [dict.fromkeys(norm, 1) for norm in norms], sites)
