"""Means of single sites and of neighbours in a batch of matrix product states."""

from collections.abc import Sequence

import torch
from torch import Tensor

from builders.solvers.mps.measure import PairDensity, pair_densities
from builders.solvers.mps.mps import Blocks, Mps


def magnetization(state: Mps, rho: list[Blocks]) -> Tensor:
    """⟨Z_i⟩, real (B, N); `rho` are the `densities` of the state.

    Zero where the symmetry of a rotated basis, Π X, forbids it.
    """
    like = next(iter(rho[0].values())).real
    out = like.new_zeros((state.batch, state.n_sites))
    if state.qubit.rotated:
        return out
    for i in range(state.n_sites):
        for (q, s), a in state.parts(i).items():
            weight = (a.conj() * (rho[i][q] @ a)).sum((1, 2))
            out[:, i] += (1 - 2 * s) * (weight.real if weight.is_complex() else weight)
    return out


def bond_energies(
    state: Mps, rho: list[Blocks], bonds: Sequence[Tensor], pairs: list[PairDensity] | None = None
) -> Tensor:
    """⟨h_b⟩ of every bond, real (B, N−1), in the units of h.

    Args:
        state: the states.
        rho: their `densities`.
        bonds: h_b of sites b and b + 1 in the stored basis, (B, 4, 4), rows 2·s + t.
        pairs: their `pair_densities`, if they are known.
    """
    columns = []
    for h, pair in zip(bonds, pairs or pair_densities(state, rho), strict=True):
        # tr(h ρ) = Σ ⟨uv|h|st⟩ ⟨st|ρ|uv⟩
        terms = [h[:, 2 * u + v, 2 * s + t] * value for (s, t, u, v), value in pair.items()]
        total = torch.stack(terms).sum(0)
        columns.append(total.real if total.is_complex() else total)
    return torch.stack(columns, dim=1)
