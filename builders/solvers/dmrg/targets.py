"""Two-site DMRG for the few lowest states of one Hamiltonian at once, in one basis.

Where couplings differ by decades the lowest levels lie so close that sweeps for one state take
for ever: what is left of the level above costs no energy. States that share their bases are told
apart at every bond by diagonalising H among them all, and the levels show the gap as well.
A basis is that of the mean density matrix, to which the noise adds what single operators of H on
the left or the right make of the states (S. R. White, Phys. Rev. B 72, 180403 (2005)), each in its
own norm, so that weak couplings count as strong ones do.
"""

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
from builders.solvers.dmrg.effective import BondHamiltonian
from builders.solvers.dmrg.local_levels import lowest_levels
from builders.solvers.dmrg.mpo import DONE, START, Mpo
from builders.solvers.mps.mps import (
    Blocks,
    Dims,
    Mps,
    by_left_charge,
    by_right_charge,
    column_parts,
    fused,
)
from builders.solvers.mps.reachable import reachable

_CUTOFF = 1e-16  # eigenvalues of the mean density matrix below it are dropped
_RANDOM = 20_260_801


@dataclass(frozen=True)
class Stage:
    """Sweeps there and back.

    Attributes:
        sweeps: how many.
        bond: bond dimension at most.
        steps: blocks of new directions a bond.
        noise: weight of what operators of H add to the mean density matrix.
        first: weight of the lowest state in it; the others share the rest.
    """

    sweeps: int
    bond: int
    steps: int
    noise: float = 0.0
    first: float = 0.5


class Targets:
    """K states of one Hamiltonian that share their bases.

    Attributes:
        energies: float64 (K',), those of the last bond, ascending, K' ≤ K.
    """

    def __init__(self, mpo: Mpo, start: Mps, count: int) -> None:
        """Begin at one state; the other K − 1 are random at the first bond."""
        self.mpo, self.qubit, self.count = mpo, mpo.qubit, count
        self.dims: list[Dims] = [dict(d) for d in start.dims]
        self.sites: list[Blocks] = list(start.sites)
        n = start.n_sites
        self.left: list[Part] = [left_end(mpo)] + [{} for _ in range(n)]
        self.right: list[Part] = [{} for _ in range(n)] + [right_end(mpo)]
        self.energies = torch.full((1,), torch.inf, dtype=torch.float64)
        self._random = torch.Generator().manual_seed(_RANDOM)
        for i in range(n - 1, 1, -1):
            site = self.sites[i]
            joined = join_right(mpo, self.right[i + 1], self.dims[i + 1], list(site), i)
            self.right[i] = centred(rotate_right(joined, site, self.qubit.add), START)

    @torch.no_grad()
    def run(self, stage: Stage) -> None:
        """Sweep as the stage says; the centre is on site 0 afterwards."""
        last = len(self.sites) - 2
        for _ in range(stage.sweeps):
            self.sites[0] = self._by_right(self.sites[0], 0)
            for i in range(last):
                theta, left, _ = self._solved(i, stage)
                kept = self._basis(theta, left, stage, rows=True)
                self.dims[i + 1] = {q: u.shape[2] for q, u in kept.items()}
                self.left[i + 1] = centred(rotate_left(left, kept, self.qubit.add), DONE)
                self.sites[i] = kept
                self.sites[i + 1] = self._by_right(
                    {q: u.mT @ theta[q] for q, u in kept.items()}, i + 1
                )
            for i in range(last, -1, -1):
                theta, _, right = self._solved(i, stage)
                kept = self._basis(theta, right, stage, rows=False)
                self.dims[i + 1] = {q: v.shape[1] for q, v in kept.items()}
                self.right[i + 1] = centred(rotate_right(right, kept, self.qubit.add), START)
                self.sites[i + 1] = kept
                self.sites[i] = self._by_left({q: theta[q] @ v.mT for q, v in kept.items()}, i)

    def state(self, number: int = 0) -> Mps:
        """One of the states, normalised, the lowest first."""
        first = {q: block[number : number + 1] for q, block in self.sites[0].items()}
        norm = torch.stack([b.square().sum() for b in first.values()]).sum().sqrt()
        sites = [{q: block / norm for q, block in first.items()}, *self.sites[1:]]
        return reachable(Mps(self.qubit, [dict(d) for d in self.dims], sites))

    @property
    def found(self) -> int:
        """How many states there are: fewer than K where the sector has fewer."""
        return len(next(iter(self.sites[0].values())))

    def _solved(self, i: int, stage: Stage) -> tuple[Blocks, Part, Part]:
        rows = fused(self.qubit, i, self.dims[i])
        widths = {q: column_parts(self.qubit, i + 1, self.dims[i + 2], q)[-1][2] for q in rows}
        mids = [q for q in rows if rows[q] and widths[q]]
        known = max(len(next(iter(self.sites[k].values()))) for k in (i, i + 1))
        theta: Blocks = {}
        for q in mids:
            if q in self.sites[i] and q in self.sites[i + 1]:
                theta[q] = self.sites[i][q] @ self.sites[i + 1][q]
            else:
                like = next(iter(self.sites[i].values()))
                theta[q] = like.new_zeros((known, rows[q], widths[q]))
        left = join_left(self.mpo, self.left[i], self.dims[i], mids, i)
        right = join_right(self.mpo, self.right[i + 2], self.dims[i + 2], mids, i + 1)
        shapes = {q: block[:1] for q, block in theta.items()}
        hamiltonian = BondHamiltonian(shapes, left, right, self.qubit.add)
        start = hamiltonian.pack(theta)
        missing = min(self.count, start.shape[1]) - len(start)
        if missing > 0:
            fresh = torch.randn(
                (missing, start.shape[1]), generator=self._random, dtype=torch.float64
            )
            start = torch.cat([start, fresh])
        start = start[: min(self.count, start.shape[1])]
        self.energies, vectors = lowest_levels(hamiltonian, start, stage.steps)
        return self._blocks(hamiltonian, vectors), left, right

    @staticmethod
    def _blocks(hamiltonian: BondHamiltonian, vectors: Tensor) -> Blocks:
        sizes = [s[1] * s[2] for s in hamiltonian.shapes.values()]
        parts = torch.split(vectors, sizes, dim=1)
        return {
            q: p.reshape(len(vectors), s[1], s[2])
            for (q, s), p in zip(hamiltonian.shapes.items(), parts, strict=True)
        }

    def _basis(self, theta: Blocks, part: Part, stage: Stage, *, rows: bool) -> Blocks:
        """Orthonormal bases on one side of the bond: (1, rows, kept) or (1, kept, columns)."""
        count = len(next(iter(theta.values())))
        weights = torch.full((count,), 1.0, dtype=torch.float64)
        if count > 1:
            weights[0], weights[1:] = stage.first, (1.0 - stage.first) / (count - 1)
        sides = {q: block if rows else block.mT for q, block in theta.items()}
        scaled = {q: weights.sqrt()[:, None, None] * block for q, block in sides.items()}
        mean = {q: torch.einsum("kab,kcb->ac", b, b) for q, b in scaled.items()}
        if stage.noise:
            self._stir(mean, scaled, part, stage.noise)
        spectra = {q: torch.linalg.eigh(rho) for q, rho in mean.items()}
        found = [(float(w), q) for q, (values, _) in spectra.items() for w in values]
        dims: Dims = {}
        for weight, q in sorted(found, reverse=True)[: stage.bond]:
            if dims and weight <= _CUTOFF:
                break
            dims[q] = dims.get(q, 0) + 1
        kept = {q: spectra[q][1][None, :, -d:] for q, d in sorted(dims.items())}
        return kept if rows else {q: u.mT.contiguous() for q, u in kept.items()}

    def _stir(self, mean: Blocks, scaled: Blocks, part: Part, noise: float) -> None:
        for (c, q), operators in part.items():
            out = self.qubit.add(q, c)
            if q not in scaled or out not in scaled:
                continue
            # Left operators are (1, channel, final, initial), right ones the other way round.
            ops = operators[0] if scaled[q].shape[1] == operators.shape[3] else operators[0].mT
            moved = torch.einsum("wab,kbc->wkac", ops, scaled[q])
            norms = moved.square().sum((1, 2, 3))
            alive = norms > 0.0
            if alive.any():
                unit = moved[alive] / norms[alive].sqrt()[:, None, None, None]
                rho = torch.einsum("wkab,wkcb->ac", unit, unit)
                mean[out] = mean[out] + noise / int(alive.sum()) * rho

    def _by_right(self, site: Blocks, i: int) -> Blocks:
        return by_right_charge(self.qubit, i, self.dims[i], self.dims[i + 1], site)

    def _by_left(self, site: Blocks, i: int) -> Blocks:
        return by_left_charge(self.qubit, i, self.dims[i], self.dims[i + 1], site)
