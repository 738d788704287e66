"""Operators of the left and right part of a chain in the bases of a matrix product state.

A part carries, for every open MPO channel, the matrix of the operator accumulated in it. Parts
grow by one site (`join_*`) and are then rotated into the kept basis (`rotate_*`).
Left operators are stored as (B, channel, final, initial), right ones as
(B, channel, initial, final). Keys are (channel charge c, charge q of the sites on the left in the
initial state); the final state has the charge q + c on either side of the cut.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from builders.solvers.dmrg.mpo import DONE, START, Mpo
from builders.solvers.mps.mps import Blocks, Dims, column_parts, rows_of

Part = dict[tuple[int, int], Tensor]
Add = Callable[[int, int], int]


def left_end(mpo: Mpo) -> Part:
    """The empty left part: only the channel that has not begun."""
    edge = mpo.sites[0]["I", 0].new_zeros((mpo.batch, mpo.channels[0][0], 1, 1))
    edge[:, START] = 1.0
    return {(0, 0): edge}


def right_end(mpo: Mpo) -> Part:
    """The empty right part: only the finished channel."""
    edge = mpo.sites[0]["I", 0].new_zeros((mpo.batch, mpo.channels[-1][0], 1, 1))
    edge[:, DONE] = 1.0
    return {(0, mpo.qubit.total): edge}


def join_left(mpo: Mpo, part: Part, dims: Dims, mids: list[int], i: int) -> Part:
    """The left part of cut i joined with site i; `dims` are those of cut i.

    `mids` are the charges at cut i + 1 to keep.
    """
    qubit = mpo.qubit
    where = {q: {s: (a, z) for s, _, a, z in rows_of(qubit, i, dims, q)} for q in mids}
    height = {q: max(z for _, z in where[q].values()) for q in mids}
    out: Part = {}
    for (c, q), block in part.items():
        moves = mpo.rightwards(i, c, q)
        if moves is None:
            continue
        batch, _, *shape = block.shape
        moved = (moves.weights @ block.flatten(2)).view(batch, -1, *shape)
        for move, channels in moves.pieces:
            q_in = qubit.add(q, qubit.charges(i)[move.s])
            q_out = qubit.add(q_in, move.c_out)
            if q_in not in height or q_out not in height:
                continue
            key = (move.c_out, q_in)
            if key not in out:
                count = mpo.channels[i + 1][move.c_out]
                out[key] = block.new_zeros((batch, count, height[q_out], height[q_in]))
            (a, z), (b, y) = where[q_out][move.s_out], where[q_in][move.s]
            # Nothing else leads there: charges before and after fix the channel's.
            out[key][:, :, a:z, b:y] = moved[:, channels]
    return out


def join_right(mpo: Mpo, part: Part, dims: Dims, mids: list[int], i: int) -> Part:
    """Site i joined with the right part of cut i + 1; `dims` are those of cut i + 1.

    `mids` are the charges at cut i to keep.
    """
    qubit = mpo.qubit
    spans = {q: {s: (a, z) for s, a, z in column_parts(qubit, i, dims, q)} for q in mids}
    width = {q: max(z for _, z in spans[q].values()) for q in mids}
    out: Part = {}
    for (c, q), block in part.items():
        moves = mpo.leftwards(i, c, q)
        if moves is None:
            continue
        batch, _, *shape = block.shape
        moved = (moves.weights @ block.flatten(2)).view(batch, -1, *shape)
        for move, channels in moves.pieces:
            q_in = qubit.subtract(q, qubit.charges(i)[move.s])
            q_out = qubit.add(q_in, move.c)
            if q_in not in width or q_out not in width:
                continue
            key = (move.c, q_in)
            if key not in out:
                count = mpo.channels[i][move.c]
                out[key] = block.new_zeros((batch, count, width[q_in], width[q_out]))
            (x, y), (a, z) = spans[q_in][move.s], spans[q_out][move.s_out]
            out[key][:, :, x:y, a:z] = moved[:, channels]
    return out


def rotate_left(joined: Part, kept: Blocks, add: Add) -> Part:
    """Left operators in the kept basis; kept[q] is (B, joined, kept)."""
    out: Part = {}
    for (c, q), block in joined.items():
        q_out = add(q, c)
        if q not in kept or q_out not in kept:
            continue
        b, w, n_out, n_in = block.shape
        half = (block.reshape(b, w * n_out, n_in) @ kept[q]).reshape(b, w, n_out, -1)
        out[c, q] = kept[q_out].mT.unsqueeze(1) @ half
    return out


def rotate_right(joined: Part, kept: Blocks, add: Add) -> Part:
    """Right operators in the kept basis; kept[q] is (B, kept, joined), as a site block."""
    out: Part = {}
    for (c, q), block in joined.items():
        q_out = add(q, c)
        if q not in kept or q_out not in kept:
            continue
        b, w, n_in, n_out = block.shape
        half = (block.reshape(b, w * n_in, n_out) @ kept[q_out].mT).reshape(b, w, n_in, -1)
        out[c, q] = kept[q].unsqueeze(1) @ half
    return out


def centred(part: Part, channel: int) -> Part:
    """The part, its own Hamiltonian shifted so that the mean of its diagonal is 0, in place.

    A multiple of the identity changes no state. Without it the energy of the part, which grows with
    the chain, would leave single precision no digits for the differences that matter.

    Args:
        part: rotated operators.
        channel: of the part's Hamiltonian: DONE on the left, START on the right.
    """
    diagonals = [ops[:, channel].diagonal(dim1=1, dim2=2) for (c, _), ops in part.items() if c == 0]
    mean = torch.cat(diagonals, dim=1).mean(dim=1, keepdim=True)
    for diagonal in diagonals:
        diagonal -= mean
    return part
