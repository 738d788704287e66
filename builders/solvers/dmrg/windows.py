"""An up spin more, or less, in a window of a chain, the surroundings of the window kept.

Sweeps over the whole chain would carry the spin to the first place that is better than where it
starts, past places that are better still once the sites around them have turned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from builders.physics.hamiltonian import Sector
from builders.solvers.dmrg.blocks import (
    Part,
    join_left,
    join_right,
    left_end,
    right_end,
    rotate_left,
    rotate_right,
)
from builders.solvers.dmrg.dmrg import HalfSweeps, Run
from builders.solvers.dmrg.mpo import Mpo
from builders.solvers.mps.canonical import Parts, from_the_left, from_the_right, right_canonical
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, Mps, by_left_charge, column_parts, fused
from builders.solvers.mps.spin_steps import stepped


@dataclass(frozen=True)
class Window:
    """States of a sector next to that of B others, from which they differ in a window.

    Attributes:
        first: first site of the window.
        sites: its tensors, the centre on the first, as in `Mps`.
        dims: of its cuts.
        energy: ⟨H⟩, float64 (B,), in the units of the solver.
    """

    first: int
    sites: list[Blocks]
    dims: list[Dims]
    energy: Tensor


class Surroundings:
    """States whose windows are looked at, with the operators of what is left and right of each cut.

    Args:
        state: B states of a sector of Σ Z.
        mpo: as many Hamiltonians.
    """

    @torch.no_grad()
    def __init__(self, state: Mps, mpo: Mpo) -> None:
        n, qubit = state.n_sites, state.qubit
        self.state, self.mpo = state, mpo
        self.right: list[Part] = [{} for _ in range(n)] + [right_end(mpo)]
        for i in range(n - 1, 0, -1):
            site = state.sites[i]
            joined = join_right(mpo, self.right[i + 1], state.dims[i + 1], list(site), i)
            self.right[i] = rotate_right(joined, site, qubit.add)
        self.left, self.dims = [left_end(mpo)], [state.dims[0]]
        self.centers: list[Blocks] = []
        self.bases: list[Blocks] = []
        for i, (center, basis, dims) in enumerate(from_the_left(state)):
            kept = {q: block.shape[2] for q, block in basis.items()}
            self.centers.append(by_left_charge(qubit, i, dims, state.dims[i + 1], center))
            self.bases.append(by_left_charge(qubit, i, dims, kept, basis))
            joined = join_left(mpo, self.left[i], dims, list(fused(qubit, i, dims)), i)
            self.left.append(rotate_left(joined, basis, qubit.add))
            self.dims.append(kept)

    @torch.no_grad()
    def stepped(self, step: int, first: int, last: int, stages: Sequence[HalfSweeps]) -> Window:
        """The lowest state with a step of Σ Z on the sites `first` … `last` − 1."""
        state, qubit = self.state, self._qubit(step)
        cuts = [self.dims[first], *state.dims[first + 1 : last + 1]]
        old = [self.centers[first], *state.sites[first + 1 : last]]
        parts = [_parts(qubit, site, cuts[i + 1]) for i, site in enumerate(old)]
        signs = torch.tensor([1.0, -1.0], dtype=torch.float64, device=state.device)
        weights = signs.repeat((last - first + 1) // 2)[: last - first]
        new = stepped(qubit, parts, cuts, step, weights)
        right = {q + step: d for q, d in cuts[-1].items()}
        like = next(iter(old[0].values()))
        end = {q: torch.eye(d, dtype=like.dtype, device=like.device) for q, d in right.items()}
        dims, sites, carry = from_the_right(qubit, new, end, set(cuts[0]))
        sites[0] = _normalised({q: carry[q] @ sites[0][q] for q in carry})
        dims[0] = {q: d for q, d in cuts[0].items() if q in carry}
        run = _WindowRun(self, qubit, first, sites, [*dims, right], step)
        for stage in stages:
            for _ in range(stage.count // 2):
                run.sweep_right(stage)
                run.sweep_left(stage)
        return run.result()

    @torch.no_grad()
    def whole(self, window: Window, step: int, rows: Sequence[int]) -> Mps:
        """Some of the states of a window with their surroundings."""
        qubit, n, pick = self._qubit(step), self.state.n_sites, list(rows)
        last = window.first + len(window.sites)
        left = zip(self.bases[: window.first], self.dims[1 : window.first + 1], strict=True)
        parts = [_parts(qubit, site, dims) for site, dims in left]
        inside = zip(window.sites, window.dims[1:], strict=True)
        parts += [_parts(qubit, site, dims) for site, dims in inside]
        for i in range(last, n):
            old = _parts(qubit, self.state.sites[i], self.state.dims[i + 1])
            parts.append({(q + step, s): block for (q, s), block in old.items()})
        chosen = [{key: block[pick] for key, block in site.items()} for site in parts]
        return right_canonical(chosen, qubit.sector, any_norm=True)

    def _qubit(self, step: int) -> Qubit:
        return Qubit.of(Sector("magnetization", self.state.qubit.total + step))


class _WindowRun(Run):
    """Sweeps on the sites of a window."""

    def __init__(
        self,
        around: Surroundings,
        qubit: Qubit,
        first: int,
        sites: list[Blocks],
        dims: list[Dims],
        step: int,
    ) -> None:
        n = around.state.n_sites
        self.mpo, self.qubit = around.mpo, qubit
        self.first, self.last = first, first + len(sites)
        after = n - self.last
        self.dims = [Dims() for _ in range(first)] + dims + [Dims() for _ in range(after)]
        self.sites = [Blocks() for _ in range(first)] + sites + [Blocks() for _ in range(after)]
        self.left = [Part() for _ in range(n + 1)]
        self.right = [Part() for _ in range(n + 1)]
        self.left[first] = around.left[first]
        self._end = {(c, q + step): ops for (c, q), ops in around.right[self.last].items()}
        self.right[self.last] = self._end
        self.join_from_right()

    def result(self) -> Window:
        """The window as it is, the centre on its first site."""
        first, last = self.first, self.last
        right = self._end  # without the shifts that the sweeps make
        for i in range(last - 1, first, -1):
            site = self.sites[i]
            joined = join_right(self.mpo, right, self.dims[i + 1], list(site), i)
            right = rotate_right(joined, site, self.qubit.add)
        center = self.sites[first]
        joined = join_right(self.mpo, right, self.dims[first + 1], list(center), first)
        energy = next(iter(center.values())).new_zeros(self.mpo.batch)
        for (c, q), operators in self.left[first].items():
            bra, others = center.get(self.qubit.add(q, c)), joined.get((c, q))
            if q in center and bra is not None and others is not None:
                image = operators @ center[q].unsqueeze(1) @ others
                energy += (image.sum(dim=1) * bra).sum((1, 2))
        return Window(first, self.sites[first:last], self.dims[first : last + 1], energy)


def _parts(qubit: Qubit, site: Blocks, right: Dims) -> Parts:
    """A site of Σ Z as (left charge, physical state) → (B, left, right)."""
    return {
        (q, s): block[:, :, start:stop]
        for q, block in site.items()
        for s, start, stop in column_parts(qubit, 0, right, q)
        if stop > start and block.shape[1]
    }


def _normalised(blocks: Blocks) -> Blocks:
    norm = torch.stack([b.square().sum((1, 2)) for b in blocks.values()]).sum(0).sqrt()
    return {q: b / norm[:, None, None] for q, b in blocks.items()}
