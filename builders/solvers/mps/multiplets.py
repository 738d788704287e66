"""States of one total spin as states of one S_z, which labels and shots are taken from."""

from collections.abc import Iterator

import torch
from torch import Tensor

from builders.physics.hamiltonian import Sector
from builders.solvers.mps.canonical import Parts, from_the_left, right_canonical
from builders.solvers.mps.charges import HALVES
from builders.solvers.mps.measure import densities
from builders.solvers.mps.mps import Dims, Mps, column_parts, rows_of
from builders.solvers.mps.recoupling import begun, coupled, ended, passed


@torch.no_grad()
def without_multiplets(state: Mps) -> Mps:
    """States of total spin J as those of their multiplets with S_z = J.

    A bond state of spin j becomes its 2j + 1 states; those of the same S_z lie side by side.
    """
    total = state.qubit.total
    parts = [_expanded(*site) for site in left_canonical(state)]
    # Only the last site knows which S_z the state has.
    parts[-1] = {(z, s): block for (z, s), block in parts[-1].items() if z + HALVES[s] == total}
    return right_canonical(parts, Sector("magnetization", total))


def left_canonical(state: Mps) -> Iterator[tuple[Parts, Dims, Dims]]:
    """For every site its tensors, the centre behind the last, and the dimensions on either side."""
    for i, (_, basis, left) in enumerate(from_the_left(state)):
        parts = {
            (before, s): block[:, a:z]
            for q, block in basis.items()
            for s, before, a, z in rows_of(state.qubit, i, left, q)
            if z > a
        }
        yield parts, left, {q: block.shape[2] for q, block in basis.items()}


def _expanded(parts: Parts, left: Dims, right: Dims) -> Parts:
    """Tensors between multiplets as those between their states, by 2 S_z on the left."""
    out: Parts = {}
    for z in range(-max(left), max(left) + 1):
        rows = _places(left, z)
        for s, spin in enumerate(HALVES):
            ends = _places(right, z + spin)
            if not rows or not ends:
                continue
            like = next(iter(parts.values()))
            height, width = (max(stop for _, stop in at.values()) for at in (rows, ends))
            block = like.new_zeros((len(like), height, width))
            for j, (a, b) in rows.items():
                for path, m in enumerate((j + 1, j - 1)):
                    if m in ends and (j, path) in parts:
                        x, y = ends[m]
                        block[:, a:b, x:y] = coupled(j, spin, m, z + spin) * parts[j, path]
            out[z, s] = block
    return out


def _places(dims: Dims, z: int) -> dict[int, tuple[int, int]]:
    """Spin → first and last place of its states among those of one S_z."""
    out, start = {}, 0
    for j, count in dims.items():
        if j >= abs(z) and (j - z) % 2 == 0:
            out[j] = start, start + count
            start += count
    return out


@torch.no_grad()
def correlation(state: Mps) -> Tensor:
    """⟨σ_i · σ_j⟩/3 of states of one total spin, float64 (B, N, N), 1 on the diagonal.

    Vector operators on the sites passed travel along the chain together, as
    open[c, q] (B, d', sites, d) between ket states of spin q/2 and bra states of spin (q + c)/2.
    """
    n = state.n_sites
    rho = densities(state)
    upper = rho[0][0].new_zeros((state.batch, n, n), dtype=torch.float64)
    open_: dict[tuple[int, int], Tensor] = {}
    for i, site in enumerate(state.sites):
        spans = {q: _spans(state, i, q) for q in site}
        moved: dict[tuple[int, int], Tensor] = {}
        for (c, q), block in open_.items():
            bra, ket = site.get(q + c), site.get(q)
            if bra is None or ket is None:
                continue
            batch, height, count, width = block.shape
            half = (block.reshape(batch, height * count, width) @ ket).view(batch, height, -1)
            whole = (bra.mT @ half).view(batch, bra.shape[2], count, ket.shape[2])
            for m, a, b in spans[q]:
                for m_out, x, y in spans[q + c]:
                    part = whole[:, x:y, :, a:b]
                    if m == m_out:
                        trace = part.diagonal(dim1=1, dim2=3).sum(2)
                        upper[:, :i, i] += ended(q + c, q, m) * trace
                    if abs(m_out - m) <= 2 and (number := passed(q + c, q, m_out, m)):
                        _add(moved, (m_out - m, m), number * part)
        fresh: dict[tuple[int, int], Tensor] = {}
        for q, block in site.items():
            whole = block.mT @ (rho[i][q] @ block)
            for m, a, b in spans[q]:
                for m_out, x, y in spans[q]:
                    number = begun(q, m_out, m)
                    _add(fresh, (m_out - m, m), number * whole[:, x:y, None, a:b])
        open_ = _side_by_side(moved, fresh, i)
    upper /= 3.0
    return upper + upper.mT + torch.eye(n, dtype=upper.dtype, device=upper.device)


def _spans(state: Mps, i: int, q: int) -> list[tuple[int, int, int]]:
    """(spin on the right, first column, past the last) of site i's block."""
    charges = state.qubit.charges(i)
    spans = column_parts(state.qubit, i, state.dims[i + 1], q)
    return [(q + charges[s], a, b) for s, a, b in spans if b > a]


def _add(blocks: dict[tuple[int, int], Tensor], key: tuple[int, int], term: Tensor) -> None:
    blocks[key] = blocks[key].add_(term) if key in blocks else term


def _side_by_side(
    moved: dict[tuple[int, int], Tensor], fresh: dict[tuple[int, int], Tensor], count: int
) -> dict[tuple[int, int], Tensor]:
    """The operators on `count` sites, and that on one more."""
    out = {}
    for key in {**moved, **fresh}:
        some = moved[key] if key in moved else fresh[key]
        batch, height, _, width = some.shape
        old = moved.get(key, some.new_zeros((batch, height, count, width)))
        new = fresh.get(key, some.new_zeros((batch, height, 1, width)))
        out[key] = torch.cat([old, new], dim=2)
    return out
