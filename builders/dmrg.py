"""Two-site DMRG for a batch of Hamiltonians at once (White 1992; Schollwöck 2011).

All rows of a batch go through the same schedule: the same number of half sweeps, Lanczos steps
and kept states. Nothing in a row's arithmetic looks at another row. A cold run chooses the
dimensions of the charges from the mean spectrum over its rows; a warm run keeps given ones.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from builders.blocks import (
    Add,
    Part,
    join_left,
    join_right,
    left_end,
    right_end,
    rotate_left,
    rotate_right,
)
from builders.mpo import Mpo
from builders.mps import Blocks, Dims, Mps, columns, fused, rows_of

_DEAD = 1e-11  # Lanczos residuals below this, in units of the largest coupling, are rounding


@dataclass(frozen=True)
class HalfSweeps:
    """A stage of the schedule.

    Attributes:
        count: half sweeps, even, so that a stage ends with the centre on site 0.
        lanczos: applications of H a bond.
        bond: largest bond dimension; None keeps the dimensions that the state has.
        cutoff: Schmidt weights below it are dropped when dimensions are chosen.
        noise: norm of a fixed random block added to each two-site block before it is optimised.
            A start that happens to be an eigenstate would never be left without it.
    """

    count: int
    lanczos: int
    bond: int | None = None
    cutoff: float = 1e-14
    noise: float = 0.0

    def __post_init__(self) -> None:
        if self.count < 2 or self.count % 2:
            raise ValueError(f"{self.count=} must be even and at least 2")
        if self.lanczos < 1:
            raise ValueError(f"{self.lanczos=} must be at least 1")


@torch.no_grad()
def dmrg(mpo: Mpo, start: Mps, schedule: tuple[HalfSweeps, ...]) -> Mps:
    """Optimise `start` (as many states as Hamiltonians) and return the result, normalised."""
    run = _Run(mpo, start)
    for stage in schedule:
        for _ in range(stage.count // 2):
            run.sweep_right(stage)
            run.sweep_left(stage)
    return Mps(mpo.qubit, run.dims, run.sites)


class _Run:
    """The moving parts of one run.

    At bond (i, i+1) the sites up to i hold blocks by right charge, (B, rows, right), and those
    from i+1 on hold blocks by left charge, (B, left, columns). Their product is the centre.
    """

    def __init__(self, mpo: Mpo, start: Mps) -> None:
        n = start.n_sites
        self.mpo = mpo
        self.qubit = mpo.qubit
        self.dims = [dict(d) for d in start.dims]
        self.sites = list(start.sites)
        self.left: list[Part] = [left_end(mpo)] + [{} for _ in range(n)]
        self.right: list[Part] = [{} for _ in range(n)] + [right_end(mpo)]
        for i in range(n - 1, 1, -1):
            site = self.sites[i]
            joined = join_right(mpo, self.right[i + 1], self.dims[i + 1], list(site), i)
            self.right[i] = rotate_right(joined, site, self.qubit.add)

    def sweep_right(self, stage: HalfSweeps) -> None:
        """Bonds (0, 1) … (N−3, N−2); leaves the centre on site N−2."""
        self.sites[0] = self._by_right_charge(self.sites[0], 0)
        for i in range(len(self.sites) - 2):
            theta, joined, _ = self._solve(i, stage)
            kept = _leading_left(theta, self._choose(i + 1, stage, theta))
            self.dims[i + 1] = {q: u.shape[2] for q, u in kept.items()}
            self.left[i + 1] = rotate_left(joined, kept, self.qubit.add)
            self.sites[i] = kept
            center = {q: u.mT @ theta[q] for q, u in kept.items()}
            self.sites[i + 1] = self._by_right_charge(center, i + 1)

    def sweep_left(self, stage: HalfSweeps) -> None:
        """Bonds (N−2, N−1) … (0, 1); leaves the centre on site 0, normalised."""
        for i in range(len(self.sites) - 2, -1, -1):
            theta, _, joined = self._solve(i, stage)
            kept = _leading_right(theta, self._choose(i + 1, stage, theta))
            self.dims[i + 1] = {q: v.shape[1] for q, v in kept.items()}
            self.right[i + 1] = rotate_right(joined, kept, self.qubit.add)
            self.sites[i + 1] = kept
            center = _normalised({q: theta[q] @ v.mT for q, v in kept.items()})
            self.sites[i] = self._by_left_charge(center, i)

    def _solve(self, i: int, stage: HalfSweeps) -> tuple[Blocks, Part, Part]:
        """Ground state of the bond's effective Hamiltonian, and the joined operators."""
        rows = fused(self.qubit, i, self.dims[i])
        widths = {q: columns(self.qubit, i + 1, self.dims[i + 2], q)[-1][2] for q in rows}
        wanted = rows if stage.bond else self.dims[i + 1]
        mids = [q for q in wanted if rows.get(q) and widths.get(q)]
        theta = {}
        for q in mids:
            if q in self.sites[i] and q in self.sites[i + 1]:
                theta[q] = self.sites[i][q] @ self.sites[i + 1][q]
            else:
                like = next(iter(self.sites[i].values()))
                theta[q] = like.new_zeros((self.mpo.batch, rows[q], widths[q]))
        if stage.noise:
            theta = _shaken(theta, stage.noise)
        left = join_left(self.mpo, self.left[i], self.dims[i], mids, i)
        right = join_right(self.mpo, self.right[i + 2], self.dims[i + 2], mids, i + 1)
        return _lanczos(theta, left, right, self.qubit.add, stage.lanczos), left, right

    def _choose(self, cut: int, stage: HalfSweeps, theta: Blocks) -> Dims:
        """How many states of each charge to keep at `cut`."""
        if stage.bond is None:
            return self.dims[cut]
        return _largest(theta, stage.bond, stage.cutoff)

    def _by_right_charge(self, site: Blocks, i: int) -> Blocks:
        out: Blocks = {}
        like = next(iter(site.values()))
        for q, d in self.dims[i + 1].items():
            pieces = []
            for s, q_left, a, z in rows_of(self.qubit, i, self.dims[i], q):
                if q_left in site and z > a:
                    _, x, y = columns(self.qubit, i, self.dims[i + 1], q_left)[s]
                    pieces.append(site[q_left][:, :, x:y])
                else:
                    pieces.append(like.new_zeros((len(like), z - a, d)))
            out[q] = torch.cat(pieces, dim=1)
        return out

    def _by_left_charge(self, site: Blocks, i: int) -> Blocks:
        out: Blocks = {}
        like = next(iter(site.values()))
        for q, d in self.dims[i].items():
            pieces = []
            for s, a, z in columns(self.qubit, i, self.dims[i + 1], q):
                q_right = self.qubit.add(q, self.qubit.charges(i)[s])
                if q_right in site and z > a:
                    _, _, x, y = rows_of(self.qubit, i, self.dims[i], q_right)[s]
                    pieces.append(site[q_right][:, x:y])
                else:
                    pieces.append(like.new_zeros((len(like), d, z - a)))
            out[q] = torch.cat(pieces, dim=2)
        return out


def _shaken(theta: Blocks, noise: float) -> Blocks:
    """Every row plus the same random vector of the given norm."""
    size = sum(b.shape[1] * b.shape[2] for b in theta.values())
    rng = torch.Generator().manual_seed(size)
    out: Blocks = {}
    for q, block in theta.items():
        shake = torch.randn(block.shape[1:], generator=rng, dtype=torch.float64)
        out[q] = block + noise / math.sqrt(size) * shake.to(block.device)
    return out


def _leading_left(theta: Blocks, keep: Dims) -> Blocks:
    """Orthonormal (B, rows, kept) bases of the largest weight left of the bond."""
    out: Blocks = {}
    for q, d in keep.items():
        if q in theta and (d := min(d, theta[q].shape[1])):
            out[q] = torch.linalg.eigh(theta[q] @ theta[q].mT)[1][:, :, -d:]
    return out


def _leading_right(theta: Blocks, keep: Dims) -> Blocks:
    """Orthonormal (B, kept, columns) bases of the largest weight right of the bond."""
    out: Blocks = {}
    for q, d in keep.items():
        if q in theta and (d := min(d, theta[q].shape[2])):
            out[q] = torch.linalg.eigh(theta[q].mT @ theta[q])[1][:, :, -d:].mT
    return out


def _largest(theta: Blocks, bond: int, cutoff: float) -> Dims:
    """Dimensions that keep the `bond` largest mean Schmidt weights above `cutoff`."""
    found = []
    for q, block in theta.items():
        small = block @ block.mT if block.shape[1] <= block.shape[2] else block.mT @ block
        weights = torch.linalg.eigvalsh(small).mean(dim=0)
        found += [(float(w), q) for w in weights]
    best = sorted(found, reverse=True)[:bond]
    dims: Dims = {}
    for weight, q in best:
        if weight > cutoff or not dims:
            dims[q] = dims.get(q, 0) + 1
    return dict(sorted(dims.items()))


def _normalised(blocks: Blocks) -> Blocks:
    norm = torch.stack([b.square().sum((1, 2)) for b in blocks.values()]).sum(0).sqrt()
    return {q: b / norm[:, None, None] for q, b in blocks.items()}


def _apply(theta: Blocks, left: Part, right: Part, add: Add) -> Blocks:
    """H on a two-site block: Σ over channels of (left operator) θ (right operator)."""
    out: Blocks = {}
    for (c, q), ops in left.items():
        if (c, q) not in right or q not in theta:
            continue
        b, n_out, w, n_in = ops.shape
        half = (ops.reshape(b, n_out * w, n_in) @ theta[q]).reshape(b, n_out, -1)
        other = right[c, q]
        whole = half @ other.reshape(b, -1, other.shape[3])
        q_out = add(q, c)
        out[q_out] = out[q_out] + whole if q_out in out else whole
    return out


def _lanczos(theta: Blocks, left: Part, right: Part, add: Add, steps: int) -> Blocks:
    """Lowest Ritz vector after `steps` applications of H, row by row."""
    shapes = {q: b.shape for q, b in theta.items()}

    def pack(blocks: Blocks) -> Tensor:
        return torch.cat([blocks[q].reshape(shape[0], -1) for q, shape in shapes.items()], dim=1)

    def unpack(vector: Tensor) -> Blocks:
        parts = torch.split(vector, [s[1] * s[2] for s in shapes.values()], dim=1)
        return {q: p.reshape(s) for (q, s), p in zip(shapes.items(), parts, strict=True)}

    vector = pack(theta)
    vector = vector / vector.norm(dim=1, keepdim=True)
    basis = [vector]
    b = len(vector)
    small = vector.new_zeros((b, steps, steps))
    for k in range(steps):
        image = pack(_apply(unpack(basis[k]), left, right, add))
        small[:, k, k] = (basis[k] * image).sum(dim=1)
        if k + 1 == steps:
            break
        span = torch.stack(basis, dim=1)
        for _ in range(2):  # twice is enough to stay orthogonal to rounding
            image = image - ((span @ image[:, :, None]).mT @ span)[:, 0]
        beta = image.norm(dim=1)
        alive = beta > _DEAD
        small[:, k, k + 1] = small[:, k + 1, k] = torch.where(alive, beta, 0.0)
        basis.append(torch.where(alive, 1.0 / beta.clamp_min(_DEAD), 0.0)[:, None] * image)
    # A vector that died has a zero row: its Ritz value 0 must not be taken for the lowest.
    dead = torch.stack([v.square().sum(dim=1) < 0.5 for v in basis], dim=1)
    small.diagonal(dim1=1, dim2=2)[dead] = 1e12
    weights = torch.linalg.eigh(small)[1][:, :, 0]
    best = (weights[:, None, :] @ torch.stack(basis, dim=1))[:, 0]
    return unpack(best / best.norm(dim=1, keepdim=True))
