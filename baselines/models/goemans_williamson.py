"""Vectors of the semidefinite bound, cut by random planes (Goemans and Williamson 1995)."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.networks.network_baseline import check_at_least
from baselines.solvers.cut_solver import CutSolver
from builders.solvers.graphs.cuts import cut_of

Floats = NDArray[np.float64]
SWEEPS, CLOSE = 500, 1e-7


class Model(CutSolver):
    """max Σ w_ij (1 − v_i·v_j)/2 over unit vectors of √(2V) + 1 entries, one vector after another
    (Burer and Monteiro 2003; Wang and Kolter, arXiv 1706.00476), then the best of many random
    planes. Of weights ≥ 0 one plane alone reaches .878 of the largest cut on average; there is no
    such bound where weights have both signs.

    Args:
        seed: of vectors and planes.
        planes: that are tried.
    """

    title = "Goemans–Williamson"
    is_random = True

    def __init__(self, *, seed: int = 0, planes: int = 50) -> None:
        super().__init__(seed=seed)
        check_at_least("planes", planes, 1)
        self.planes = planes

    def _predict(self, rows: Rows) -> NDArray[np.bool_]:
        weights, rng = weights_of(rows), np.random.default_rng(self.seed)
        vectors = unit_vectors(weights, rng)
        best = np.full(len(weights), -np.inf)
        sides = np.zeros(weights.shape[:2], dtype=np.bool_)
        for _ in range(self.planes):
            tried = (vectors @ rng.standard_normal((len(weights), vectors.shape[2], 1)))[..., 0] < 0
            value = cut_of(weights, tried)
            better = value > best
            best[better], sides[better] = value[better], tried[better]
        return sides


def unit_vectors(weights: Floats, rng: np.random.Generator) -> Floats:
    """Vectors of the bound, float64 (R, V, K): each in turn against the sum of its neighbours."""
    rows, vertices = weights.shape[:2]
    vectors = rng.standard_normal((rows, vertices, int(np.sqrt(2 * vertices)) + 1))
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    for _ in range(SWEEPS):
        before = vectors.copy()
        for k in range(vertices):
            pull = -np.einsum("rj,rjd->rd", weights[:, k], vectors)
            length = np.linalg.norm(pull, axis=1, keepdims=True)
            vectors[:, k] = np.where(length > 0, pull / length.clip(1e-300), vectors[:, k])
        if np.abs(vectors - before).max() < CLOSE:
            break
    return vectors


def relaxed_bound(weights: Floats, vectors: Floats) -> Floats:
    """Values of the vectors, float64 (R,): no cut is larger once they have converged."""
    products = vectors @ vectors.mT
    return np.asarray(0.25 * (weights * (1.0 - products)).sum(axis=(1, 2)))
