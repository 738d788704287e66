"""Matrix product states from another library's tensors, and many of them in one batch."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from builders.core.errors import WorkError
from builders.physics.hamiltonian import Sector
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, Mps, by_right_charge, column_parts

# Site i as (charge of the sites on the left, physical state) → (left, right), or
# (B, left, right) of a batch; any gauge.
Parts = dict[tuple[int, int], Tensor]

# Rounding of a long chain stays far below it; a wrong gauge or a lost block does not.
_NORM_TOLERANCE = 1e-6


def right_canonical(sites: Sequence[Parts], sector: Sector, *, any_norm: bool = False) -> Mps:
    """Normalised states with the orthogonality centre on site 0, made by QR from the right.

    Args:
        sites: for every site, the tensors of one state or of a batch.
        sector: the sector of the state.
        any_norm: the norm may be any but 0.

    Raises:
        WorkError: the norm differs from 1 by more than 1e-6, and may not.
    """
    qubit = Qubit.of(sector)
    like = next(a for parts in sites for a in parts.values())
    end = {qubit.total: like.new_ones((1, 1))}
    dims, blocks, carry = from_the_right(qubit, sites, end, {0})
    norms = carry[0].abs().flatten() if 0 in carry else like.new_zeros(1)
    worst = norms[(norms - 1.0).abs().argmax()].item()
    if not any_norm and not abs(worst - 1.0) < _NORM_TOLERANCE:
        raise WorkError(f"the state that was handed over has norm {worst:.9g} instead of 1.")
    return Mps(qubit, [*dims, {qubit.total: 1}], blocks)


def from_the_right(
    qubit: Qubit, sites: Sequence[Parts], end: Blocks, starts: set[int]
) -> tuple[list[Dims], list[Blocks], Blocks]:
    """Tensors of neighbouring sites made orthonormal by QR from the right.

    Args:
        qubit: local space, with charges that are the same on all sites or counted from site 0.
        sites: the tensors, in any gauge.
        end: what multiplies them on the right, by charge, (states, kept) or with a batch axis.
        starts: charges on the left of the first site.

    Returns:
        Dimensions left of every site, the sites as in `Mps`, and what is left over at the left
        end, by charge, (B, states, kept).
    """
    dims: list[Dims] = []
    blocks: list[Blocks] = []
    carry = end
    reached = _reached(qubit, sites, starts)
    for i in range(len(sites) - 1, -1, -1):
        block: Blocks = {}
        left: Blocks = {}
        for q in reached[i]:
            matrix = _times(qubit, i, sites[i], carry, q)
            if matrix.numel():
                across, triangle = torch.linalg.qr(matrix.mT)
                across = across.mT if across.ndim == 3 else across.mT[None]
                block[q], left[q] = across.contiguous(), triangle.mT
        carry = left
        dims.append({q: a.shape[1] for q, a in block.items()})
        blocks.append(block)
    return dims[::-1], blocks[::-1], carry


def from_the_left(state: Mps) -> Iterator[tuple[Blocks, Blocks, Dims]]:
    """States walked through by QR from the left, site by site.

    Yields:
        The centre, by right charge (B, rows, right), and an orthonormal basis of its columns, in
        which the next centre's rows are; the dimensions left of the site, in these bases.
    """
    dims, site = state.dims[0], state.sites[0]
    for i in range(state.n_sites):
        center = by_right_charge(state.qubit, i, dims, state.dims[i + 1], site)
        split = {q: torch.linalg.qr(block) for q, block in center.items()}
        yield center, {q: basis for q, (basis, _) in split.items()}, dims
        if i + 1 < state.n_sites:
            dims = {q: basis.shape[2] for q, (basis, _) in split.items()}
            site = {q: carry @ state.sites[i + 1][q] for q, (_, carry) in split.items()}


def stacked(states: Sequence[Mps]) -> Mps:
    """States of one sector as one batch; smaller blocks are filled up with zeros.

    Rows of zeros belong to bond states that the state does not have: their weight is zero in
    everything that is computed from left to right.
    """
    qubit, n = states[0].qubit, states[0].n_sites
    dims: list[Dims] = []
    for i in range(n + 1):
        charges = sorted({q for state in states for q in state.dims[i]})
        dims.append({q: max(state.dims[i].get(q, 0) for state in states) for q in charges})
    sites = [_filled(qubit, states, dims, i) for i in range(n)]
    return Mps(qubit, dims, sites)


def _filled(qubit: Qubit, states: Sequence[Mps], dims: list[Dims], i: int) -> Blocks:
    out: Blocks = {}
    for q, height in dims[i].items():
        spans = column_parts(qubit, i, dims[i + 1], q)
        like = next(iter(states[0].sites[i].values()))
        block = torch.zeros((len(states), height, spans[-1][2]), dtype=like.dtype)
        for k, state in enumerate(states):
            if q in state.sites[i]:
                a = state.sites[i][q][0]
                own = column_parts(qubit, i, state.dims[i + 1], q)
                for (_, to, _), (_, start, stop) in zip(spans, own, strict=True):
                    block[k, : len(a), to : to + stop - start] = a[:, start:stop]
        out[q] = block
    return out


def _reached(qubit: Qubit, sites: Sequence[Parts], starts: set[int]) -> list[list[int]]:
    """Charges at the left of every site that a path from the left end leads to, sorted."""
    reached = [starts]
    for i, parts in enumerate(sites[:-1]):
        known = reached[-1]
        reached.append({qubit.add(q, qubit.charges(i)[s]) for q, s in parts if q in known})
    return [sorted(charges) for charges in reached]


def _times(qubit: Qubit, i: int, parts: Parts, carry: Blocks, q: int) -> Tensor:
    """Site i's block of left charge q times what came from the right: (left, columns of `Mps`)."""
    height = next((a.shape[-2] for (p, _), a in parts.items() if p == q), 0)
    outer = next((a.shape[:-2] for a in parts.values()), ())
    halves = []
    for s in (0, 1):
        right = carry.get(qubit.add(q, qubit.charges(i)[s]))
        if right is not None:
            part = parts.get((q, s))
            empty = right.new_zeros((*outer, height, right.shape[-1]))
            halves.append(empty if part is None else part @ right)
    return torch.cat(halves, dim=-1) if halves else torch.zeros((height, 0))
