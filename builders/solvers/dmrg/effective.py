"""The Hamiltonian of two neighbouring sites between fixed surroundings, and its ground state."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from builders.solvers.dmrg.blocks import Part
from builders.solvers.dmrg.mpo import DONE, START
from builders.solvers.mps.mps import Blocks

# Corrections below this, in units of the largest coupling, are rounding.
_DEAD = 1e-11
# A residual is divided by the diagonal of H − E, or by this where that is smaller.
_FLOOR = 0.1


@dataclass(frozen=True)
class Pair:
    """Products (left operator)(right operator) over the channels of one charge.

    Attributes:
        q: charge of the sites on the left before.
        q_out: the same after.
        left: (B, final · channels, initial).
        right: (B, channels · initial, final).
    """

    q: int
    q_out: int
    left: Tensor
    right: Tensor


class BondHamiltonian:
    """H on two-site blocks θ[q] (B, rows, columns), laid out so that applying it copies nothing.

    The channel that has not begun is the identity on the left, and the finished one on the right:
    what they multiply, the Hamiltonians of either part, needs one matrix product instead of two.
    """

    def __init__(self, theta: Blocks, left: Part, right: Part, add: Callable[[int, int], int]):
        self.shapes = {q: block.shape for q, block in theta.items()}
        self.ends: dict[int, tuple[Tensor, Tensor]] = {}
        self.pairs: list[Pair] = []
        for (c, q), ops in left.items():
            others = right.get((c, q))
            if others is None or q not in theta or add(q, c) not in theta:
                continue
            if c == 0:
                self.ends[q] = (ops[:, DONE], others[:, START])
                ops, others = ops[:, 2:], others[:, 2:]
            if ops.shape[1]:
                rows = ops.transpose(1, 2).flatten(1, 2)
                self.pairs.append(Pair(q, add(q, c), rows, others.flatten(1, 2)))

    def single(self) -> "BondHamiltonian":
        """The same in single precision."""
        other = copy(self)
        other.ends = {q: (a.float(), b.float()) for q, (a, b) in self.ends.items()}
        other.pairs = [Pair(p.q, p.q_out, p.left.float(), p.right.float()) for p in self.pairs]
        return other

    def apply(self, vector: Tensor) -> Tensor:
        """H · vector, both (B, all blocks one after the other)."""
        theta = self.unpack(vector)
        result = torch.zeros_like(vector)
        out = self.unpack(result)
        for q, (left, right) in self.ends.items():
            out[q] += left @ theta[q]
            out[q] += theta[q] @ right
        for pair in self.pairs:
            ket = theta[pair.q]
            half = pair.left @ ket
            out[pair.q_out] += half.reshape(len(ket), -1, pair.right.shape[1]) @ pair.right
        return result

    def diagonal(self) -> Tensor:
        """The diagonal of H, laid out as the vectors."""
        out: Blocks = {}
        for q, (left, right) in self.ends.items():
            rows, columns = left.diagonal(dim1=1, dim2=2), right.diagonal(dim1=1, dim2=2)
            out[q] = rows[:, :, None] + columns[:, None]
        for pair in self.pairs:
            if pair.q == pair.q_out:
                batch, height, width = self.shapes[pair.q]
                left = pair.left.view(batch, height, -1, height).diagonal(dim1=1, dim2=3)
                right = pair.right.view(batch, -1, width, width).diagonal(dim1=2, dim2=3)
                out[pair.q] += left.mT @ right
        return self.pack(out)

    def pack(self, blocks: Blocks) -> Tensor:
        """Blocks as one vector a row."""
        return torch.cat([blocks[q].flatten(1) for q in self.shapes], dim=1)

    def unpack(self, vector: Tensor) -> Blocks:
        """Views of the blocks of a vector."""
        parts = torch.split(vector, [s[1] * s[2] for s in self.shapes.values()], dim=1)
        return {q: p.view(shape) for (q, shape), p in zip(self.shapes.items(), parts, strict=True)}


def ground_state(theta: Blocks, hamiltonian: BondHamiltonian, steps: int, precise: bool) -> Blocks:
    """Lowest Ritz vector after `steps` applications of H, row by row, normalised.

    Davidson's method (J. Comput. Phys. 17, 87 (1975)): each new direction is the residual
    divided by the diagonal of H − E. H is applied to the start in its own precision and, unless
    `precise`, to the new directions in single: they have small weights in the result, and so have
    their rounding errors. What single precision cannot resolve are levels closer than about 1e-6
    in units of the largest coupling.
    """
    start = hamiltonian.pack(theta)
    start = start / start.norm(dim=1, keepdim=True)
    if steps == 1:
        return hamiltonian.unpack(start)
    image = hamiltonian.apply(start)
    energy = (start * image).sum(dim=1, keepdim=True)
    batch, size = start.shape
    # From here on H stands for H − energy, so that the start's image is its residual.
    dtype = torch.float64 if precise else torch.float32
    rough = hamiltonian if dtype == start.dtype else hamiltonian.single()
    diagonal, shift = (hamiltonian.diagonal() - energy).to(dtype), energy.to(dtype)
    basis = torch.zeros((batch, steps, size), dtype=dtype, device=start.device)
    images = torch.zeros_like(basis)
    basis[:, 0], images[:, 0] = start, image - energy * start
    small = start.new_zeros((batch, steps, steps), dtype=torch.float64)
    residual, lowest = images[:, 0], shift.new_zeros((batch, 1))
    for k in range(1, steps):
        new = residual / (diagonal - lowest).clamp_min(_FLOOR)
        span = basis[:, :k]
        for _ in range(2):  # twice is enough to be orthogonal to rounding
            new = new - _combined(span, _products(span, new))
        norm = new.norm(dim=1, keepdim=True)
        alive = norm > _DEAD
        new = torch.where(alive, new / norm.clamp_min(_DEAD), 0.0)
        basis[:, k] = new
        images[:, k] = rough.apply(new) - shift * new
        row = _products(images[:, : k + 1], new).double()
        small[:, k, : k + 1] = small[:, : k + 1, k] = row
        # A dead direction must not be taken for the lowest.
        small[:, k, k] = torch.where(alive[:, 0], row[:, k], 1e12)
        values, vectors = torch.linalg.eigh(small[:, : k + 1, : k + 1])
        lowest, weights = values[:, :1].to(dtype), vectors[:, :, 0]
        if k + 1 < steps:
            rounded = weights.to(dtype)
            best = _combined(basis[:, : k + 1], rounded)
            residual = _combined(images[:, : k + 1], rounded) - lowest * best
    correction = _combined(basis[:, 1:], weights[:, 1:].to(dtype))
    best = weights[:, :1].to(start.dtype) * start + correction
    return hamiltonian.unpack(best / best.norm(dim=1, keepdim=True))


# Element by element: for a handful of vectors it takes half the time of batched products.
def _products(span: Tensor, vector: Tensor) -> Tensor:
    """Scalar products of (B, k, size) with (B, size), (B, k)."""
    return (span * vector[:, None]).sum(dim=2)


def _combined(span: Tensor, weights: Tensor) -> Tensor:
    """Sums of (B, k, size) with weights (B, k), (B, size)."""
    return (weights[:, :, None] * span).sum(dim=1)
