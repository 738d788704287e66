"""Schmidt weights of a matrix product state at its cuts, and entropies of such weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from builders.solvers.mps.measure import densities
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.multiplets import without_multiplets

NEGLIGIBLE = 1e-12
"""Largest weight of a Schmidt state that is left out; a hundred of them are 4e-9 bit of entropy."""

Weights = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SchmidtForm:
    """One state with the Schmidt states of every cut as its bonds, without charges.

    Attributes:
        sites: for every site (left, 2, right), orthonormal as (left, 2·right), in the stored basis.
        weights: for every cut 0 … N the squared Schmidt values, descending, sum 1 but for those
            below `NEGLIGIBLE`.
    """

    sites: tuple[NDArray[Any], ...]
    weights: tuple[Weights, ...]


@torch.no_grad()
def schmidt_form(state: Mps, row: int = 0) -> SchmidtForm:
    """One state of a batch; of a total spin the one with the largest S_z.

    Args:
        state: right-canonical states.
        row: which.
    """
    one = state.rows([row])
    if one.qubit.paths:
        one = without_multiplets(one)
    rho = densities(one)
    bases: list[dict[int, NDArray[Any]]] = []
    weights: list[Weights] = []
    for cut in rho:
        values, vectors = {}, {}
        for q, block in cut.items():
            found, basis = torch.linalg.eigh(block[0])
            keep = found > NEGLIGIBLE
            values[q] = found[keep].cpu().numpy()
            vectors[q] = basis[:, keep].cpu().numpy()
        weights.append(np.concatenate([values[q] for q in sorted(values)]))
        bases.append({q: vectors[q] for q in sorted(vectors)})
    sites = []
    for i in range(one.n_sites):
        left, right = _places(bases[i]), _places(bases[i + 1])
        like = next(iter(one.sites[i].values()))
        shape = (len(weights[i]), 2, len(weights[i + 1]))
        tensor = np.zeros(shape, dtype=np.complex128 if like.is_complex() else np.float64)
        for (q, s), part in one.parts(i).items():
            to = one.qubit.add(q, one.qubit.charges(i)[s])
            if q in left and to in right:
                rotated = bases[i][q].conj().T @ part[0].cpu().numpy() @ bases[i + 1][to]
                tensor[left[q], s, right[to]] = rotated
        sites.append(tensor)
    order = [np.argsort(-w, kind="stable") for w in weights]
    return SchmidtForm(
        tuple(t[order[i]][:, :, order[i + 1]] for i, t in enumerate(sites)),
        tuple(w[order[i]] for i, w in enumerate(weights)),
    )


def von_neumann(weights: Weights) -> float:
    """−Σ p log₂ p in bits of weights that are normalised here; those that are 0 or less add 0."""
    p = _normalised(weights)
    return max(0.0, -float((p * np.log2(p)).sum()))


def renyi2(weights: Weights) -> float:
    """−log₂ Σ p² in bits of weights that are normalised here."""
    return max(0.0, -float(np.log2((_normalised(weights) ** 2).sum())))


def _normalised(weights: Weights) -> Weights:
    positive = weights[weights > 0.0]
    share: Weights = positive / positive.sum()
    return share


def _places(bases: dict[int, NDArray[Any]]) -> dict[int, slice]:
    """Where the Schmidt states of every charge stand on the bond."""
    out, start = {}, 0
    for q, basis in bases.items():
        out[q] = slice(start, start + basis.shape[1])
        start += basis.shape[1]
    return out
