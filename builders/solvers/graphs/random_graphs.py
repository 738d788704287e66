"""Random graphs, drawn uniformly from the connected ones of a kind by drawing again."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def is_connected(weights: Floats) -> bool:
    """Whether every vertex is reached from the first along weights that are not 0."""
    edges = weights != 0
    reached = np.zeros(len(weights), dtype=np.bool_)
    reached[0] = True
    while True:
        more = reached | edges[reached].any(axis=0)
        if (more == reached).all():
            return bool(reached.all())
        reached = more


def regular(vertices: int, degree: int, rng: np.random.Generator) -> Floats:
    """A simple connected graph of equal degrees, uniformly: pairs of half-edges at random, drawn
    again until there is no loop, no double edge and one part (Bollobás 1980).
    """
    stubs = np.repeat(np.arange(vertices), degree)
    while True:
        u, v = rng.permutation(stubs).reshape(2, -1)
        weights = np.zeros((vertices, vertices))
        np.add.at(weights, (u, v), 1.0)
        np.add.at(weights, (v, u), 1.0)
        if weights.max() == 1.0 and not weights.diagonal().any() and is_connected(weights):
            return weights


def independent_edges(vertices: int, chance: float, rng: np.random.Generator) -> Floats:
    """A connected graph in which every pair is an edge with that chance (Erdős and Rényi 1959)."""
    while True:
        upper = np.triu(rng.random((vertices, vertices)) < chance, 1).astype(np.float64)
        weights = upper + upper.T
        if is_connected(weights):
            return weights


def gaussian_couplings(vertices: int, rng: np.random.Generator) -> Floats:
    """Normal weights of variance 1 on all pairs (Sherrington and Kirkpatrick 1975)."""
    upper = np.triu(rng.standard_normal((vertices, vertices)), 1)
    return upper + upper.T


def signs(vertices: int, rng: np.random.Generator) -> Floats:
    """Weights ±1 on all pairs."""
    upper = np.triu(1.0 - 2.0 * rng.integers(0, 2, (vertices, vertices)), 1)
    return upper + upper.T


def bipartite_regular(vertices: int, degree: int, rng: np.random.Generator) -> Floats:
    """A simple connected graph of equal degrees between two halves, whose vertices are mixed:
    perfect matchings at random, drawn again until no edge is double.
    """
    half = vertices // 2
    while True:
        left, right = rng.permutation(vertices).reshape(2, half)
        u = np.tile(left, degree)
        v = np.concatenate([right[rng.permutation(half)] for _ in range(degree)])
        weights = np.zeros((vertices, vertices))
        np.add.at(weights, (u, v), 1.0)
        np.add.at(weights, (v, u), 1.0)
        if weights.max() == 1.0 and is_connected(weights):
            return weights
