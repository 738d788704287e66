"""The few lowest levels of the Hamiltonian of one bond, in double precision."""

import torch
from torch import Tensor

from builders.solvers.dmrg.effective import BondHamiltonian

_DENSE = 150  # states up to which the matrix is written down
_SPACE = 10  # vectors for each level, then only the lowest two for each stay
_STILL = 1e-13  # residual at which a level is finished, in units of H
_FLOOR = 0.1  # smallest denominator of a correction


def lowest_levels(hamiltonian: BondHamiltonian, start: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Lowest Ritz values, float64 (K,), and vectors, float64 (K, size), from K vectors.

    Args:
        hamiltonian: of one row.
        start: float64 (K, size), K ≤ size.
        steps: blocks of new directions.
    """
    count, size = start.shape
    diagonal = hamiltonian.diagonal()[0]
    hamiltonian.shapes = {q: torch.Size((-1, *s[1:])) for q, s in hamiltonian.shapes.items()}
    if size <= _DENSE:
        matrix = hamiltonian.apply(torch.eye(size, dtype=torch.float64))
        values, vectors = torch.linalg.eigh((matrix + matrix.mT) / 2.0)
        return values[:count], vectors[:, :count].mT.contiguous()
    basis = torch.linalg.qr(start.mT)[0].mT.contiguous()
    images = hamiltonian.apply(basis)
    for step in range(steps + 1):
        values, turn = torch.linalg.eigh(basis @ images.mT)
        best, moved = turn[:, :count].mT @ basis, turn[:, :count].mT @ images
        residual = moved - values[:count, None] * best
        norms = residual.norm(dim=1)
        if step == steps or float(norms[0]) < _STILL:
            break
        if len(basis) + count > _SPACE * count:
            keep = turn[:, : 2 * count].mT
            basis, images = keep @ basis, keep @ images
        new = residual / (diagonal - values[:count, None]).clamp_min(_FLOOR)
        new = new / new.norm(dim=1, keepdim=True).clamp_min(1e-300)
        for _ in range(2):
            new = new - (new @ basis.mT) @ basis
        q, r = torch.linalg.qr(new.mT)
        fresh = q.mT[r.diagonal().abs() > 1e-10]
        if not len(fresh):
            break
        fresh = fresh - (fresh @ basis.mT) @ basis
        fresh = fresh / fresh.norm(dim=1, keepdim=True)
        basis = torch.cat([basis, fresh])
        images = torch.cat([images, hamiltonian.apply(fresh)])
    return values[:count], best
