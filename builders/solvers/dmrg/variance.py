"""The certificate of a ground state: ⟨H⟩ and ⟨(H − ⟨H⟩)²⟩, exact for a matrix product state.

H|ψ⟩ is split by the first site at which it leaves the space of the states that |ψ⟩ keeps of the
left part: these components are orthogonal to one another, and what never leaves is ⟨H⟩|ψ⟩. The
variance is the sum of their squared norms. Nothing large cancels in it, so that the parts that
take the time can be done in single precision.

At the site where it leaves, the operators to its left are matrices `X` into the space that is not
kept. To its right stand the operators R of the open channels. Their part within the kept states
of the right is a matrix product of its own; of what leads out of them only the overlaps
⟨R_v a| R_w b⟩ are needed, the `Outside`. They are walked from site to site as any overlap.
"""

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor

from builders.solvers.dmrg.blocks import (
    Part,
    join_left,
    join_right,
    left_end,
    right_end,
    rotate_left,
)
from builders.solvers.dmrg.mpo import DONE, Mpo, Opened
from builders.solvers.mps.canonical import from_the_left
from builders.solvers.mps.mps import Blocks, Mps, column_parts, fused

# (final charge, channel charge v, channel charge w) with v ≤ w →
# (B, channels of v, channels of w, states before v, states before w).
Outside = dict[tuple[int, int, int], Tensor]


@torch.no_grad()
def energy_and_variance(state: Mps, mpo: Mpo, *, precise: bool = True) -> tuple[Tensor, Tensor]:
    """⟨H⟩ and ⟨(H − ⟨H⟩)²⟩, each float64 (B,), in the units of `mpo`.

    Args:
        state: normalised.
        mpo: as many Hamiltonians.
        precise: double precision throughout; else the variance has an error of 1e-5 of itself.
    """
    dtype = torch.float64 if precise else torch.float32
    energy, leaving = _walk_right(state, mpo, dtype)
    state, mpo = state.to(dtype), mpo.to(dtype)
    variance = torch.zeros_like(energy)
    right, outside = right_end(mpo), Outside()
    for i in range(state.n_sites - 1, -1, -1):
        variance += _inside(leaving[i], right, mpo) + _outside(leaving[i], outside, mpo)
        if i:
            right, new = _joined(state, mpo, i, right)
            outside = _carried(state, mpo, i, outside, new)
    return energy, variance


@torch.no_grad()
def energy_of(state: Mps, mpo: Mpo) -> Tensor:
    """⟨H⟩ alone, float64 (B,), in the units of `mpo`; `state` is normalised."""
    qubit, left = state.qubit, left_end(mpo)
    center: Blocks = {}
    joined: Part = {}
    for i, (center, basis, dims) in enumerate(from_the_left(state)):  # noqa: B007
        joined = join_left(mpo, left, dims, list(fused(qubit, i, dims)), i)
        left = rotate_left(joined, basis, qubit.add)
    last = center[qubit.total]
    return (last * (joined[0, qubit.total][:, DONE] @ last)).sum((1, 2))


def _walk_right(state: Mps, mpo: Mpo, dtype: torch.dtype) -> tuple[Tensor, list[Part]]:
    """⟨H⟩, and for every site the operators X out of the kept states of the left part and the site.

    X[c, q] is (B, channels, states after, kept states right of the site), without START.
    """
    qubit, left = state.qubit, left_end(mpo)
    leaving: list[Part] = []
    for i, (center, basis, dims) in enumerate(from_the_left(state)):
        joined = join_left(mpo, left, dims, list(fused(qubit, i, dims)), i)
        out: Part = {}
        for (c, q), block in joined.items():
            if q in center:
                moved = block[:, DONE if c == 0 else 0 :] @ center[q].unsqueeze(1)
                out[c, q] = _without(moved, basis.get(qubit.add(q, c))).to(dtype)
        leaving.append(out)
        if i + 1 < state.n_sites:
            left = rotate_left(joined, basis, qubit.add)
    last = center[qubit.total]
    image = joined[0, qubit.total][:, DONE] @ last
    return (last * image).sum((1, 2)) / last.square().sum((1, 2)), leaving


def _without(moved: Tensor, basis: Tensor | None) -> Tensor:
    """(B, w, rows, d) minus its part in the span of the columns of (B, rows, kept)."""
    if basis is None:
        return moved
    basis = basis.unsqueeze(1)
    return moved - basis @ (basis.mT @ moved)


def _inside(leaving: Part, right: Part, mpo: Mpo) -> Tensor:
    """Squared norm, (B,), of what stays within the kept states of the right part."""
    inside: Blocks = {}
    for (c, q), x in leaving.items():
        others = right.get((c, q))
        if others is not None:
            others = others[:, DONE if c == 0 else 0 :]
            term = x.transpose(1, 2).flatten(2) @ others.flatten(1, 2)
            key = mpo.qubit.add(q, c)
            inside[key] = inside[key] + term if key in inside else term
    return torch.stack([y.double().square().sum((1, 2)) for y in inside.values()]).sum(0)


def _outside(leaving: Part, outside: Outside, mpo: Mpo) -> Tensor:
    """Squared norm, (B,), of what leaves the kept states on both sides."""
    qubit = mpo.qubit
    total = next(iter(leaving.values())).new_zeros(mpo.batch, dtype=torch.float64)
    for (f, v, w), overlap in outside.items():
        first, second = (leaving.get((c, qubit.subtract(f, c))) for c in (v, w))
        if first is None or second is None:
            continue
        # In charge 0 the channel DONE stands before the open ones.
        first, second = (x[:, 1 if c == 0 else 0 :] for x, c in ((first, v), (second, w)))
        flat = first.transpose(1, 2).flatten(2).mT @ second.transpose(1, 2).flatten(2)
        shape = (len(flat), first.shape[1], first.shape[3], second.shape[1], second.shape[3])
        term = (flat.view(shape).transpose(2, 3) * overlap).sum((1, 2, 3, 4))
        total += (1 if v == w else 2) * term.double()
    return total


def _joined(state: Mps, mpo: Mpo, i: int, right: Part) -> tuple[Part, Part]:
    """The right part of cut i in its kept states, and what its open channels lead out to.

    The latter is (B, open channels, kept states before, site and right part after).
    """
    qubit, site = mpo.qubit, state.sites[i]
    joined = join_right(mpo, right, state.dims[i + 1], _reached(state, i), i)
    kept: Part = {}
    out: Part = {}
    for (c, q), block in joined.items():
        if q not in site:
            continue
        half = site[q].unsqueeze(1) @ block
        basis = site.get(qubit.add(q, c))
        opened = half[:, 2 if c == 0 else 0 :]
        if basis is not None:
            kept[c, q] = half @ basis.mT.unsqueeze(1)
            opened = opened - kept[c, q][:, 2 if c == 0 else 0 :] @ basis.unsqueeze(1)
        if opened.shape[1]:
            out[c, q] = opened
    return kept, out


def _reached(state: Mps, i: int) -> list[int]:
    """Charges that site i and the right part can have together, kept or not."""
    qubit, right = state.qubit, state.dims[i + 1]
    charges = {qubit.subtract(q, c) for q in right for c in qubit.charges(i)}
    return [q for q in sorted(charges) if qubit.has(q) and column_parts(qubit, i, right, q)[-1][2]]


def _carried(state: Mps, mpo: Mpo, i: int, outside: Outside, new: Part) -> Outside:
    """Overlaps at cut i, from those at cut i + 1 and from what leaves at site i."""
    qubit = mpo.qubit
    out: Outside = {}
    for (v, p), first in new.items():
        for (w, q), second in new.items():
            if v <= w and qubit.add(p, v) == qubit.add(q, w):
                flat = first.flatten(1, 2) @ second.flatten(1, 2).mT
                shape = (*first.shape[:3], *second.shape[1:3])
                out[qubit.add(p, v), v, w] = flat.view(shape).transpose(2, 3)
    parts, opened = state.parts(i), mpo.opened(i)
    for f_right in sorted({f for f, _, _ in outside}):
        for v_out, w_out in itertools.product({o.c_out for o in opened}, repeat=2):
            overlap = _stored(outside, f_right, v_out, w_out)
            if overlap is None:
                continue
            products = _Products(parts, overlap)
            for one, two in itertools.product(opened, repeat=2):
                v, w = one.c, two.c
                if v > w or (one.c_out, two.c_out) != (v_out, w_out):
                    continue  # the transpose of another, or of other channels
                for f, s, t, value in _elements(mpo, i, one, two, f_right):
                    bra, ket = (qubit.subtract(f, v), s), (qubit.subtract(f, w), t)
                    if bra in parts and ket in parts:
                        product = products.of(one.weights, two.weights, bra, ket)
                        if (f, v, w) in out:
                            out[f, v, w].add_(product, alpha=value)
                        else:
                            out[f, v, w] = value * product
    return out


def _elements(
    mpo: Mpo, i: int, first: Opened, second: Opened, f_right: int
) -> Iterator[tuple[int, int, int, float]]:
    """Final charge on the left, states before the first and the second, product of values."""
    qubit = mpo.qubit
    for s_out, charge in enumerate(qubit.charges(i)):
        f = qubit.subtract(f_right, charge)
        for out, s, a in mpo.elements(first, qubit.subtract(f, first.c)):
            for other, t, b in mpo.elements(second, qubit.subtract(f, second.c)):
                if out == other == s_out:
                    yield f, s, t, a * b


class _Products:
    """Overlaps of one final charge carried over a site: bra · weights · overlap · ket.

    Between multiplets, some are wanted twice.
    """

    def __init__(self, parts: dict[tuple[int, int], Tensor], overlap: Tensor) -> None:
        self.parts = parts
        self.overlap = overlap
        self._known: dict[tuple[object, ...], Tensor] = {}

    def of(self, v: Tensor, w: Tensor, bra: tuple[int, int], ket: tuple[int, int]) -> Tensor:
        """(B, channels of v, channels of w, states before v, states before w)."""
        pair = id(v), id(w)
        if pair not in self._known:
            weights = torch.einsum("bvx,bwy->bvwxy", v, w).flatten(3).flatten(1, 2)
            flat = weights @ self.overlap.reshape(len(weights), weights.shape[2], -1)
            shape = (v.shape[1], w.shape[1], *self.overlap.shape[3:])
            self._known[pair] = flat.view(len(flat), *shape)
        if (pair, ket) not in self._known:
            mixed = self._known[pair]
            half = mixed.flatten(1, 3) @ self.parts[ket].mT
            self._known[pair, ket] = half.view(*mixed.shape[:4], -1)
        if (pair, ket, bra) not in self._known:
            half = self._known[pair, ket]
            self._known[pair, ket, bra] = self.parts[bra][:, None, None] @ half
        return self._known[pair, ket, bra]


def _stored(outside: Outside, f: int, v: int, w: int) -> Tensor | None:
    if v <= w:
        return outside.get((f, v, w))
    stored = outside.get((f, w, v))
    return None if stored is None else stored.transpose(1, 2).transpose(3, 4)
