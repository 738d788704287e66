"""Operators of the left and right part of a chain in the bases of a matrix product state.

A part carries, for every open MPO channel, the matrix of the operator accumulated in it. Parts
grow by one site (`join_*`) and are then rotated into the kept basis (`rotate_*`).
Left operators are stored as (B, channel, final, initial), right ones as
(B, channel, initial, final). Keys are (channel charge c, charge q of the sites on the left in the
initial state); the final state has the charge q + c on either side of the cut.
"""

from collections.abc import Callable

from torch import Tensor

from builders.mpo import DONE, START, Mpo
from builders.mps import Blocks, Dims, columns, rows_of

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
    for move in mpo.moves(i):
        turned = move.weights.mT
        for (c_part, q), block in part.items():
            q_in = qubit.add(q, qubit.charges(i)[move.s])
            q_out = qubit.add(q_in, move.c_out)
            if c_part != move.c or q_in not in height or q_out not in height:
                continue
            key = (move.c_out, q_in)
            if key not in out:
                shape = (mpo.channels[i + 1][move.c_out], height[q_out], height[q_in])
                out[key] = block.new_zeros((mpo.batch, *shape))
            (a, z), (b, y) = where[q_out][move.s_out], where[q_in][move.s]
            moved = (turned @ block.flatten(2)).reshape(len(block), -1, *block.shape[2:])
            out[key][:, :, a:z, b:y] += moved
    return out


def join_right(mpo: Mpo, part: Part, dims: Dims, mids: list[int], i: int) -> Part:
    """Site i joined with the right part of cut i + 1; `dims` are those of cut i + 1.

    `mids` are the charges at cut i to keep.
    """
    qubit = mpo.qubit
    spans = {q: {s: (a, z) for s, a, z in columns(qubit, i, dims, q)} for q in mids}
    width = {q: max(z for _, z in spans[q].values()) for q in mids}
    out: Part = {}
    for move in mpo.moves(i):
        for (c_part, q), block in part.items():
            q_in = qubit.subtract(q, qubit.charges(i)[move.s])
            q_out = qubit.add(q_in, move.c)
            if c_part != move.c_out or q_in not in width or q_out not in width:
                continue
            key = (move.c, q_in)
            if key not in out:
                shape = (mpo.channels[i][move.c], width[q_in], width[q_out])
                out[key] = block.new_zeros((mpo.batch, *shape))
            (x, y), (a, z) = spans[q_in][move.s], spans[q_out][move.s_out]
            moved = (move.weights @ block.flatten(2)).reshape(len(block), -1, *block.shape[2:])
            out[key][:, :, x:y, a:z] += moved
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
