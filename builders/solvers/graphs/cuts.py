"""Cuts of weighted graphs, as bits and as values.

A graph of V vertices is its weights, symmetric float64 (V, V) with a zero diagonal; 0 is no edge.
A cut is the side of every vertex, its value Σ_{i<j} w_ij (1 − z_i z_j)/2 with z = ±1. Exchanging
the sides changes nothing, so that the last vertex is kept on side 0 wherever cuts are counted: cut
number c has vertex k on the side that bit V − 2 − k of c says, vertex 0 first.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spins(vertices: int) -> Floats:
    """Spins ±1 of every assignment of some vertices, float64 (2^vertices, vertices)."""
    number = np.arange(2**vertices)[:, None]
    return np.asarray(1.0 - 2.0 * (number >> np.arange(vertices)[::-1] & 1))


def cut_values(weights: Floats) -> Floats:
    """Values of all cuts, float64 (R, 2^(V−1)), of graphs (R, V, V).

    The first vertices and the others are assigned separately: what the two halves add is a product
    of two small matrices.
    """
    free = weights.shape[1] - 1
    half = free // 2
    first, last = spins(half), np.hstack([spins(free - half), np.ones((2 ** (free - half), 1))])
    inner = quadratic(weights[:, :half, :half], first)[:, :, None]
    outer = quadratic(weights[:, half:, half:], last)[:, None]
    cross = first @ weights[:, :half, half:] @ last.T
    total = 0.5 * weights.sum(axis=(1, 2))
    return np.asarray(0.5 * (total[:, None, None] - inner - outer - cross)).reshape(
        len(weights), -1
    )


def quadratic(weights: Floats, z: Floats) -> Floats:
    """Σ_{i<j} w_ij z_i z_j of every assignment, float64 (R, S), of (R, K, K) and (S, K)."""
    return np.asarray(0.5 * ((z @ weights) * z).sum(axis=2))


def cut_of(weights: Floats, sides: NDArray[np.bool_]) -> Floats:
    """Value of one cut of every graph, float64 (R,), of (R, V, V) and bool (R, V)."""
    z = 1.0 - 2.0 * sides
    return np.asarray(0.25 * (weights.sum(axis=(1, 2)) - np.einsum("ri,rij,rj->r", z, weights, z)))


def sides_of(number: NDArray[np.int64], vertices: int) -> NDArray[np.uint8]:
    """The cuts of these numbers, uint8 (R, V), 0 or 1."""
    bits = number[:, None] >> np.arange(vertices - 1)[::-1] & 1
    return np.hstack([bits, np.zeros((len(number), 1), dtype=bits.dtype)]).astype(np.uint8)


def random_cut(weights: Floats) -> Floats:
    """Expected value of a cut at random, half of all weights, float64 (R,)."""
    return np.asarray(0.25 * weights.sum(axis=(1, 2)))
