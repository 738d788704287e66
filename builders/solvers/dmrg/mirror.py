"""States of mirror-symmetric chains that are not their own mirror image, made so.

Where the ground level is almost two-fold because the mirror exchanges two patterns, the energy
cannot tell a superposition of both from one of them: labels of an unprojected state would be
those of either. The ground state has a definite mirror parity, so it is ψ + Rψ or ψ − Rψ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from builders.core.threads import one_thread
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian
from builders.solvers.dmrg.batch import Batch, lowest
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps.canonical import Parts, right_canonical
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Dims, Mps
from builders.solvers.mps.overlap import overlap

# Infidelity of a state with its image above which it is projected: entries of C change with its
# square root, so that 1e-4 is left below it.
_ASYMMETRIC = 1e-8
_NOTHING = 1e-6  # squared norm below which a projection is rounding


@torch.no_grad()
def mirror_symmetric(batch: Batch, hamiltonians: Sequence[Hamiltonian]) -> Batch:
    """A batch whose states have a definite mirror parity, that of the lower energy.

    States of a sector that the mirror exchanges with another stay as they are.

    Args:
        batch: ground states of chains with an even number of sites.
        hamiltonians: of its rows; site i is equivalent to site N−1−i.
    """
    groups: list[tuple[tuple[int, ...], Mps]] = []
    energy, variance = batch.energy.copy(), batch.energy_variance.copy()
    relative = batch.relative_variance.copy()
    with one_thread():
        for rows, state in batch.groups:
            if state.qubit.even != state.qubit.odd and state.qubit.total in (1, 2):
                groups.append((rows, state))  # the mirror leads to another sector
                continue
            image = _image(state)
            cosine = overlap(image, state).cpu().numpy()
            good = [at for at in range(len(rows)) if 1.0 - cosine[at] ** 2 <= _ASYMMETRIC]
            if good:
                groups.append((tuple(rows[at] for at in good), state.rows(good)))
            for at in sorted(set(range(len(rows))) - set(good)):
                k = rows[at]
                better = _projected(state, image, at, float(cosine[at]), hamiltonians[k])
                groups.append(((k,), better.groups[0][1]))
                energy[k], variance[k] = better.energy[0], better.energy_variance[0]
                relative[k] = better.relative_variance[0]
    return replace(
        batch,
        groups=tuple(groups),
        energy=energy,
        energy_variance=variance,
        relative_variance=relative,
    )


def _projected(state: Mps, image: "_Tensors", at: int, cosine: float, h: Hamiltonian) -> Batch:
    """The lower one of ψ ± Rψ for row `at`."""
    sector, scale = state.qubit.sector, h.scale
    mpo = build_mpo([h.normalised()], sector)
    own = _Tensors([state.parts(i) for i in range(state.n_sites)], state.dims)
    projections = []
    for sign in (1.0, -1.0):
        norm = 2.0 * (1.0 + sign * cosine)
        if norm > _NOTHING:
            weights = (norm**-0.5, sign * norm**-0.5)
            psi = right_canonical(_sum(state.qubit, (own, image), weights, at), sector)
            energy, variance = (x.numpy() for x in energy_and_variance(psi, mpo))
            group, relative = ((0,), psi), variance / state.n_sites
            unknown = np.full(1, np.nan)
            projections.append(
                Batch((group,), scale * energy, scale**2 * variance, relative, unknown)
            )
    return lowest(projections, SAME_ENERGY * state.n_sites * scale)


@dataclass(frozen=True)
class _Tensors:
    """Tensors of a state in any gauge.

    Attributes:
        sites: for every site, (charge on the left, physical state) → (B, left, right).
        dims: for every cut 0 … N, charge → dimension.
    """

    sites: list[Parts]
    dims: list[Dims]

    def parts(self, i: int) -> Parts:
        """The tensors of site i."""
        return self.sites[i]


def _image(state: Mps) -> _Tensors:
    """The mirror image: what was on the right of a cut is on its left."""
    qubit, n = state.qubit, state.n_sites
    # The mirror of an even chain exchanges the sublattices, and so their charges.
    exchange = {0: 0, 1: 2, 2: 1, 3: 3} if qubit.even != qubit.odd else None

    def seen(q: int) -> int:
        charge = qubit.subtract(qubit.total, q)
        return exchange[charge] if exchange else charge

    sites = [
        {(seen(qubit.add(q, qubit.charges(i)[s])), s): a.mT for (q, s), a in state.parts(i).items()}
        for i in reversed(range(n))
    ]
    return _Tensors(sites, [{seen(q): d for q, d in dims.items()} for dims in state.dims[::-1]])


def _sum(
    qubit: Qubit, states: tuple[_Tensors, ...], weights: tuple[float, ...], at: int
) -> list[Parts]:
    """Σ weight · state for row `at`; the bonds of all states lie side by side."""
    n = len(states[0].sites)
    out: list[Parts] = []
    for i in range(n):
        parts: Parts = {}
        for q, s in sorted({key for state in states for key in state.sites[i]}):
            right = qubit.add(q, qubit.charges(i)[s])
            heights = [state.dims[i].get(q, 0) for state in states]
            widths = [state.dims[i + 1].get(right, 0) for state in states]
            shape = (sum(heights) if i else 1, sum(widths) if i + 1 < n else 1)
            block = torch.zeros(shape, dtype=torch.float64)
            for k, state in enumerate(states):
                a = state.sites[i].get((q, s))
                if a is not None:
                    y, x = sum(heights[:k]) if i else 0, sum(widths[:k]) if i + 1 < n else 0
                    weight = weights[k] if i == 0 else 1.0
                    block[y : y + a.shape[1], x : x + a.shape[2]] += weight * a[at].cpu()
            parts[q, s] = block
        out.append(parts)
    return out
