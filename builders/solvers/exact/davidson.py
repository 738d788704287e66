"""The two lowest levels of a sparse symmetric matrix, by Davidson's method on a block of vectors.

New directions are residuals divided by the diagonal of H − E (J. Comput. Phys. 17, 87 (1975)):
where a blockade spreads the diagonal over four decades, Lanczos needs a hundred times as many
products. A block sees all states of a level that is degenerate, of which Lanczos sees one.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from builders.core.errors import WorkError

Floats = NDArray[np.float64]

_BLOCK = 4  # vectors, of which the lowest two must converge
_SPACE = 48  # vectors at most, then only the lowest `_KEPT` stay
_KEPT = 12
_FLOOR = 0.05  # of the largest coefficient: smaller denominators are this
_STEPS = 2000


def two_lowest(h: sparse.csr_array[np.float64], residual: float) -> tuple[Floats, Floats]:
    """The two lowest energies, float64 (2,), and their states, float64 (dimension, 2).

    Args:
        h: symmetric, of dimension 50 at least, its largest coefficient of order 1.
        residual: largest ‖Hψ − Eψ‖ of the lowest state; that of the second is a hundred times it
            at most.

    Raises:
        WorkError: the residual was not reached.
    """
    rng = np.random.default_rng(0)
    diagonal = h.diagonal()
    # Low levels are made of the states with a low diagonal; from others it finds inner levels.
    weights = 1.0 / (1.0 + diagonal - diagonal.min())
    new = rng.standard_normal((h.shape[0], _BLOCK)) * weights[:, None]
    basis = np.empty((h.shape[0], _SPACE))
    images = np.empty_like(basis)
    count = 0
    small = np.zeros((_SPACE, _SPACE))
    for _ in range(_STEPS):
        for _ in range(2):
            new -= basis[:, :count] @ (basis[:, :count].T @ new)
            new = np.linalg.qr(new)[0]
        end = count + new.shape[1]
        basis[:, count:end] = new
        images[:, count:end] = h @ new
        small[:end, count:end] = basis[:, :end].T @ images[:, count:end]
        small[count:end, :end] = small[:end, count:end].T
        count = end
        values, vectors = np.linalg.eigh(small[:count, :count])
        if count + _BLOCK > _SPACE:
            turn = vectors[:, :_KEPT]
            basis[:, :_KEPT] = basis[:, :count] @ turn
            images[:, :_KEPT] = images[:, :count] @ turn
            count = _KEPT
            small[:count, :count] = np.diag(values[:count])
            vectors, values = np.eye(count), values[:count]
        best = basis[:, :count] @ vectors[:, :_BLOCK]
        rest = images[:, :count] @ vectors[:, :_BLOCK] - values[:_BLOCK] * best
        size = np.linalg.norm(rest, axis=0)
        if size[0] <= residual and size[1] <= 100.0 * residual:
            return values[:2], best[:, :2]
        gap = diagonal[:, None] - values[:_BLOCK]
        new = rest / np.where(np.abs(gap) < _FLOOR, _FLOOR, gap)
        new /= np.linalg.norm(new, axis=0)
    raise WorkError(f"exact diagonalisation did not converge: residuals {size[:2]}.")
