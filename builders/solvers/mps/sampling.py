"""Random-Pauli shots from matrix product states: all shots of all rows of a batch at once.

Each shot walks from site 0 to site N−1. With the state right-canonical, the norm of the walking
vector after an outcome is the probability of that outcome given the earlier ones (Ferris and
Vidal, PRB 85, 165146 (2012)). Vectors are complex because of Y and are kept as two real rows,
which real tensors multiply as they are and complex ones part by part.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders.solvers.mps.mps import Mps

_X, _Y, _Z = 0, 1, 2


BUDGET = 2**28
"""Bytes that the vectors of the shots that walk together may take, whatever their number."""

# Vectors of two reals a bond state that are alive at once in `_walk`, and numbers a site.
_VECTORS, _NUMBERS = 8, 3


@torch.no_grad()
def sample_shots(
    state: Mps, n_shots: int, rngs: Sequence[np.random.Generator]
) -> NDArray[np.uint8]:
    """Tokens 2·basis + bit, uint8 (B, n_shots, N), with one generator for each state.

    Bases (X, Y, Z = 0, 1, 2) are uniform and independent for every qubit and shot; bit 0 is the
    eigenvalue +1. A row's bases and uniform numbers depend on its generator alone. So many shots
    walk together as `BUDGET` allows.
    """
    # Two streams, each in the order of shots: the first M of more shots are the same shots.
    streams = [rng.spawn(2) for rng in rngs]
    tokens = np.empty((len(rngs), n_shots, state.n_sites), dtype=np.uint8)
    step = shots_together(state)
    for start in range(0, n_shots, step):
        shape = (min(step, n_shots - start), state.n_sites)
        bases = torch.from_numpy(np.stack([basis.integers(0, 3, shape) for basis, _ in streams]))
        uniform = torch.from_numpy(np.stack([number.random(shape) for _, number in streams]))
        bits = _walk(state, bases.to(state.device), uniform.to(state.device)).cpu()
        tokens[:, start : start + step] = (2 * bases + bits).to(torch.uint8).numpy()
    return tokens


def shots_together(state: Mps) -> int:
    """How many shots of every row walk together, at least one."""
    a_shot = 8 * state.batch * (2 * _VECTORS * state.bond() + _NUMBERS * state.n_sites)
    return max(1, BUDGET // a_shot)


def _walk(state: Mps, bases: Tensor, uniform: Tensor) -> Tensor:
    qubit = state.qubit
    b, n_shots, n = bases.shape
    bits = torch.zeros_like(bases)
    vector = uniform.new_zeros((b, n_shots, 2, 1))
    vector[:, :, 0] = 1.0
    for i in range(n):
        zero, one = _branches(state, i, vector)
        # In the basis |+>, |-> a measurement of X is the diagonal one.
        basis = bases[:, :, i]
        diagonal = basis == (_X if qubit.rotated else _Z)
        imaginary = basis == _Y
        norm0, norm1 = zero.square().sum((2, 3)), one.square().sum((2, 3))
        real = (zero * one).sum((2, 3))
        cross = (zero[:, :, 0] * one[:, :, 1] - zero[:, :, 1] * one[:, :, 0]).sum(2)
        # <+i| = (<0| - i<1|)/sqrt 2 in the basis |0>, |1>; Y changes sign in the rotated one.
        overlap = torch.where(imaginary, -cross if qubit.rotated else cross, real)
        total = norm0 + norm1
        chance = torch.where(diagonal, norm0, 0.5 * total + overlap) / total
        bit = uniform[:, :, i] >= chance
        bits[:, :, i] = bit
        vector = _collapse(zero, one, bit, diagonal, imaginary, qubit.rotated)
        vector = vector / vector.square().sum((2, 3), keepdim=True).sqrt()
    return bits


def _branches(state: Mps, i: int, vector: Tensor) -> tuple[Tensor, Tensor]:
    """Vector times the site block for physical state 0 and 1, each (B, shots, 2, right bond)."""
    b, n_shots = vector.shape[:2]
    flat = vector.reshape(b, n_shots * 2, -1)
    place, start = {}, 0
    for q, d in state.dims[i].items():
        place[q] = slice(start, start + d)
        start += d
    parts = state.parts(i)
    out = []
    for s in (0, 1):
        pieces = []
        for q, d in state.dims[i + 1].items():
            charge = state.qubit.subtract(q, state.qubit.charges(i)[s])
            block = parts.get((charge, s))
            if block is None:
                pieces.append(flat.new_zeros((b, n_shots * 2, d)))
            else:
                pieces.append(_times(flat[:, :, place[charge]], block))
        out.append(torch.cat(pieces, dim=2).reshape(b, n_shots, 2, -1))
    return out[0], out[1]


def _times(rows: Tensor, block: Tensor) -> Tensor:
    """Rows of real and imaginary parts in turn, (B, 2·shots, left), times (B, left, right)."""
    if not block.is_complex():
        return rows @ block
    by_real, by_imaginary = rows @ block.real, rows @ block.imag
    out = torch.empty_like(by_real)
    out[:, 0::2] = by_real[:, 0::2] - by_imaginary[:, 1::2]
    out[:, 1::2] = by_real[:, 1::2] + by_imaginary[:, 0::2]
    return out


def _collapse(
    zero: Tensor, one: Tensor, bit: Tensor, diagonal: Tensor, imaginary: Tensor, rotated: bool
) -> Tensor:
    """The vector after the outcome, not normalised: a · zero + (b + ic) · one."""
    sign = torch.where(bit, -1.0, 1.0).to(zero.dtype)
    half = math.sqrt(0.5)
    a = torch.where(diagonal, (~bit).to(zero.dtype), half)
    b = torch.where(diagonal, bit.to(zero.dtype), torch.where(imaginary, 0.0, half * sign))
    c = torch.where(imaginary & ~diagonal, half * sign * (1.0 if rotated else -1.0), 0.0)
    turned = torch.stack([-one[:, :, 1], one[:, :, 0]], dim=2)
    a, b, c = (x[:, :, None, None] for x in (a, b, c))
    return a * zero + b * one + c * turned
