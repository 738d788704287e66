"""Operators of the left and right part of a chain in the bases of a matrix product state.

A part carries, for every open MPO channel, the matrix of the operator accumulated in it. Parts
grow by one site (`join_*`) and are then rotated into the kept basis (`rotate_*`).
Left operators of a bond are stored as (B, final, channel, initial), right ones as
(B, channel, initial, final), so that applying H needs two matrix products and no transpose.
Keys are (channel charge c, charge q of the sites on the left in the initial state); the final
state has the charge q + c on either side of the cut.
"""

from collections.abc import Callable

from torch import Tensor

from builders.mpo import DONE, START, Mpo
from builders.mps import Blocks, Dims, columns, rows_of

Part = dict[tuple[int, int], Tensor]
Add = Callable[[int, int], int]


def left_end(mpo: Mpo) -> Part:
    """The empty left part: only the channel that has not begun."""
    edge = mpo.sites[0]["I", 0].new_zeros((mpo.batch, 1, mpo.channels[0][0], 1))
    edge[:, :, START] = 1.0
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
    where = {q: {s: (a, z) for s, _, a, z in rows_of(qubit, dims, q)} for q in mids}
    height = {q: max(z for _, z in where[q].values()) for q in mids}
    out: Part = {}
    for (op, c), weights in mpo.sites[i].items():
        c_out = qubit.add(c, qubit.op_charge(op))
        turned = weights.mT.unsqueeze(1)
        for (c_part, q), block in part.items():
            if c_part != c:
                continue
            moved = turned @ block
            for s_out, s_in, value in qubit.elements(op):
                q_in = qubit.add(q, qubit.charges[s_in])
                q_out = qubit.add(q_in, c_out)
                if q_in not in height or q_out not in height:
                    continue
                key = (c_out, q_in)
                if key not in out:
                    shape = (height[q_out], mpo.channels[i + 1][c_out], height[q_in])
                    out[key] = block.new_zeros((mpo.batch, *shape))
                (a, z), (b, y) = where[q_out][s_out], where[q_in][s_in]
                out[key][:, a:z, :, b:y].add_(moved, alpha=value)
    return out


def join_right(mpo: Mpo, part: Part, dims: Dims, mids: list[int], i: int) -> Part:
    """Site i joined with the right part of cut i + 1; `dims` are those of cut i + 1.

    `mids` are the charges at cut i to keep.
    """
    qubit = mpo.qubit
    spans = {q: {s: (a, z) for s, a, z in columns(qubit, dims, q)} for q in mids}
    width = {q: max(z for _, z in spans[q].values()) for q in mids}
    out: Part = {}
    for (op, c), weights in mpo.sites[i].items():
        c_right = qubit.add(c, qubit.op_charge(op))
        for (c_part, q), block in part.items():
            if c_part != c_right:
                continue
            b, w, d_in, d_out = block.shape
            moved = (weights @ block.reshape(b, w, d_in * d_out)).reshape(b, -1, d_in, d_out)
            for s_out, s_in, value in qubit.elements(op):
                q_in = qubit.add(q, -qubit.charges[s_in])
                q_out = qubit.add(q_in, c)
                if q_in not in width or q_out not in width:
                    continue
                key = (c, q_in)
                if key not in out:
                    shape = (mpo.channels[i][c], width[q_in], width[q_out])
                    out[key] = block.new_zeros((b, *shape))
                (x, y), (a, z) = spans[q_in][s_in], spans[q_out][s_out]
                out[key][:, :, x:y, a:z].add_(moved, alpha=value)
    return out


def rotate_left(joined: Part, kept: Blocks, add: Add) -> Part:
    """Left operators in the kept basis; kept[q] is (B, joined, kept)."""
    out: Part = {}
    for (c, q), block in joined.items():
        q_out = add(q, c)
        if q not in kept or q_out not in kept:
            continue
        b, n_out, w, n_in = block.shape
        half = (block.reshape(b, n_out * w, n_in) @ kept[q]).reshape(b, n_out, -1)
        out[c, q] = (kept[q_out].mT @ half).reshape(b, -1, w, kept[q].shape[2])
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
