"""Two-site DMRG for a batch of Hamiltonians at once (White 1992; Schollwöck 2011).

All rows of a batch go through the same schedule: the same number of half sweeps, Lanczos steps
and kept states. Nothing in a row's arithmetic looks at another row. A cold run chooses the
dimensions of the charges from the mean spectrum over its rows; a warm run keeps given ones.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from builders.solvers.dmrg.blocks import (
    Part,
    centred,
    join_left,
    join_right,
    left_end,
    right_end,
    rotate_left,
    rotate_right,
)
from builders.solvers.dmrg.effective import BondHamiltonian, ground_state
from builders.solvers.dmrg.mpo import DONE, START, Mpo
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import (
    Blocks,
    Dims,
    Mps,
    by_left_charge,
    by_right_charge,
    column_parts,
    fused,
    orthonormal,
)
from builders.solvers.mps.overlap import overlap


@dataclass(frozen=True)
class HalfSweeps:
    """A stage of the schedule.

    Attributes:
        count: half sweeps, even, so that a stage ends with the centre on site 0.
        steps: applications of H a bond.
        bond: largest bond dimension; None keeps the dimensions that the state has.
        cutoff: Schmidt weights below it are dropped when dimensions are chosen.
        noise: norm of a fixed random block added to each two-site block before it is optimised.
            A start that happens to be an eigenstate would never be left without it.
        precise: apply H in double precision throughout, for levels that are closer than 1e-6.
        single: work in single precision throughout, bases of the truncation excepted.
    """

    count: int
    steps: int
    bond: int | None = None
    cutoff: float = 1e-14
    noise: float = 0.0
    precise: bool = False
    single: bool = False

    def __post_init__(self) -> None:
        if self.precise and self.single:
            raise ValueError(f"{self.precise=} and {self.single=} exclude each other")
        if self.count < 2 or self.count % 2:
            raise ValueError(f"{self.count=} must be even and at least 2")
        if self.steps < 1:
            raise ValueError(f"{self.steps=} must be at least 1")


@torch.no_grad()
def dmrg(mpo: Mpo, start: Mps, schedule: tuple[HalfSweeps, ...]) -> tuple[Mps, Tensor]:
    """Optimise `start` (as many states as Hamiltonians).

    Returns:
        The states, normalised, and how far the last half sweep moved each of them: the sine of
        the angle between the states before and after it, (B,). Where sweeps converge slowly, as
        they do for low excitations that stretch over the chain, the movement shows what is still
        missing, which neither the energy nor its variance resolves.
    """
    single = {stage.single for stage in schedule}
    if len(single) > 1:
        raise ValueError("a schedule is in one precision")
    dtype = torch.float32 if single == {True} else torch.float64
    run = Run(mpo.to(dtype), start.to(dtype))
    for stage in schedule:
        for _ in range(stage.count // 2):
            run.sweep_right(stage)
            before = run.state(by_right=start.n_sites - 1).to(torch.float64)
            run.sweep_left(stage)
    after = run.state(by_right=0)
    if dtype != torch.float64:
        after = orthonormal(after.to(torch.float64))
    cosine = overlap(before, after) / overlap(before, before).sqrt()
    return after, (1.0 - cosine.square()).clamp_min(0.0).sqrt()


class Run:
    """The moving parts of one run, on the sites `first` … `last` − 1.

    At bond (i, i+1) the sites up to i hold blocks by right charge, (B, rows, right), and those
    from i+1 on hold blocks by left charge, (B, left, columns). Their product is the centre.
    """

    def __init__(self, mpo: Mpo, start: Mps) -> None:
        n = start.n_sites
        self.mpo = mpo
        self.qubit = mpo.qubit
        self.first, self.last = 0, n
        self.dims = [dict(d) for d in start.dims]
        self.sites = list(start.sites)
        self.left: list[Part] = [left_end(mpo)] + [{} for _ in range(n)]
        self.right: list[Part] = [{} for _ in range(n)] + [right_end(mpo)]
        self.join_from_right()

    def join_from_right(self) -> None:
        """The operators of the right parts, of which only the last is there."""
        for i in range(self.last - 1, self.first + 1, -1):
            site = self.sites[i]
            joined = join_right(self.mpo, self.right[i + 1], self.dims[i + 1], list(site), i)
            self.right[i] = centred(rotate_right(joined, site, self.qubit.add), START)

    def sweep_right(self, stage: HalfSweeps) -> None:
        """From the first bond to the last but one; the centre goes to the left site of the last."""
        first = self.first
        self.sites[first] = self._by_right_charge(self.sites[first], first)
        for i in range(first, self.last - 2):
            theta, joined, _ = self._solve(i, stage)
            kept = _leading_left(theta, self._choose(i + 1, stage, theta))
            self.dims[i + 1] = {q: u.shape[2] for q, u in kept.items()}
            self.left[i + 1] = centred(rotate_left(joined, kept, self.qubit.add), DONE)
            self.sites[i] = kept
            center = {q: u.mT @ theta[q] for q, u in kept.items()}
            self.sites[i + 1] = self._by_right_charge(center, i + 1)

    def sweep_left(self, stage: HalfSweeps) -> None:
        """From the last bond to the first; leaves the centre on the first site, normalised."""
        for i in range(self.last - 2, self.first - 1, -1):
            theta, _, joined = self._solve(i, stage)
            kept = _leading_right(theta, self._choose(i + 1, stage, theta))
            self.dims[i + 1] = {q: v.shape[1] for q, v in kept.items()}
            self.right[i + 1] = centred(rotate_right(joined, kept, self.qubit.add), START)
            self.sites[i + 1] = kept
            center = _normalised({q: theta[q] @ v.mT for q, v in kept.items()})
            self.sites[i] = self._by_left_charge(center, i)

    def state(self, by_right: int) -> Mps:
        """The present state; the first `by_right` sites hold blocks by right charge."""
        sites = [self._by_left_charge(self.sites[i], i) for i in range(by_right)]
        return Mps(self.qubit, [dict(d) for d in self.dims], sites + self.sites[by_right:])

    def _solve(self, i: int, stage: HalfSweeps) -> tuple[Blocks, Part, Part]:
        """Ground state of the bond's effective Hamiltonian, and the joined operators."""
        rows = fused(self.qubit, i, self.dims[i])
        widths = {q: column_parts(self.qubit, i + 1, self.dims[i + 2], q)[-1][2] for q in rows}
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
        hamiltonian = BondHamiltonian(theta, left, right, self.qubit.add)
        return ground_state(theta, hamiltonian, stage.steps, stage.precise), left, right

    def _choose(self, cut: int, stage: HalfSweeps, theta: Blocks) -> Dims:
        """How many states of each charge to keep at `cut`."""
        if stage.bond is None:
            return self.dims[cut]
        return _largest(theta, stage.bond, stage.cutoff, self.qubit)

    def _by_right_charge(self, site: Blocks, i: int) -> Blocks:
        return by_right_charge(self.qubit, i, self.dims[i], self.dims[i + 1], site)

    def _by_left_charge(self, site: Blocks, i: int) -> Blocks:
        return by_left_charge(self.qubit, i, self.dims[i], self.dims[i + 1], site)


def _shaken(theta: Blocks, noise: float) -> Blocks:
    """Every row plus the same random vector of the given norm."""
    size = sum(b.shape[1] * b.shape[2] for b in theta.values())
    rng = torch.Generator().manual_seed(size)
    out: Blocks = {}
    for q, block in theta.items():
        shake = torch.randn(block.shape[1:], generator=rng, dtype=torch.float64)
        out[q] = block + noise / math.sqrt(size) * shake.to(block)
    return out


def _leading_left(theta: Blocks, keep: Dims) -> Blocks:
    """Orthonormal (B, rows, kept) bases of the largest weight left of the bond."""
    out: Blocks = {}
    for q, d in keep.items():
        if q in theta and (d := min(d, theta[q].shape[1])):
            block = theta[q].double()
            out[q] = torch.linalg.eigh(block @ block.mT)[1][:, :, -d:].to(theta[q].dtype)
    return out


def _leading_right(theta: Blocks, keep: Dims) -> Blocks:
    """Orthonormal (B, kept, columns) bases of the largest weight right of the bond."""
    out: Blocks = {}
    for q, d in keep.items():
        if q in theta and (d := min(d, theta[q].shape[2])):
            block = theta[q].double()
            out[q] = torch.linalg.eigh(block.mT @ block)[1][:, :, -d:].mT.to(theta[q].dtype)
    return out


def _largest(theta: Blocks, bond: int, cutoff: float, qubit: Qubit) -> Dims:
    """Dimensions that keep the `bond` largest mean Schmidt weights above `cutoff`.

    A multiplet counts as all its states, among which its weight is shared out.
    """
    schmidt_weights = []
    for q, block in theta.items():
        small = block @ block.mT if block.shape[1] <= block.shape[2] else block.mT @ block
        weights = torch.linalg.eigvalsh(small).mean(dim=0)
        schmidt_weights += [(float(w) / qubit.states(q), q) for w in weights]
    dims: Dims = {}
    states = 0
    for weight, q in sorted(schmidt_weights, reverse=True):
        states += qubit.states(q)
        if dims and (weight <= cutoff or states > bond):
            break
        dims[q] = dims.get(q, 0) + 1
    return dict(sorted(dims.items()))


def _normalised(blocks: Blocks) -> Blocks:
    norm = torch.stack([b.square().sum((1, 2)) for b in blocks.values()]).sum(0).sqrt()
    return {q: b / norm[:, None, None] for q, b in blocks.items()}
