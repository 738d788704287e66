"""Expected cuts at depth 1, in closed form at any size.

For an edge (u, v) of weight w, with the products over all other vertices k,

    ⟨Z_u Z_v⟩ = −½ sin 4β sin γw (Π cos γw_uk + Π cos γw_vk)
                − ½ sin² 2β (Π cos γ(w_uk + w_vk) − Π cos γ(w_uk − w_vk)),

for unit weights the formula of Wang, Hadfield, Jiang, Rieffel, PRA 97, 022304 (2018), for others
that of Ozaeta, van Dam, McMahon, Quantum Sci. Technol. 7, 045036 (2022). So the expected cut is
a(γ) + b(γ) sin 4β + c(γ) sin² 2β.
"""

import numpy as np
from numpy.typing import NDArray

from builders.solvers.graphs.states import Expected

Floats = NDArray[np.float64]

_STEP = 1e-30
"""Of the derivative along the imaginary axis, which has no rounding error at any step."""


def at_depth_one(weights: Floats, angles: Floats, *, gradient: bool = False) -> Expected:
    """Expected cuts of graphs (B, V, V) at angles (B, 2), γ and β."""
    gamma, beta = angles.T
    tilted = gamma + 1j * _STEP if gradient else gamma
    both = [_terms(w, g) for w, g in zip(weights, np.atleast_1d(tilted), strict=True)]
    odd, even = np.array(both).reshape(-1, 2).T
    half = 0.25 * weights.sum(axis=(1, 2))
    sine, square = np.sin(4.0 * beta), np.sin(2.0 * beta) ** 2
    value = half + odd.real * sine + even.real * square
    if not gradient:
        return Expected(value)
    by_gamma = (odd.imag * sine + even.imag * square) / _STEP
    by_beta = 4.0 * odd.real * np.cos(4.0 * beta) + 2.0 * even.real * sine
    return Expected(value, np.stack([by_gamma, by_beta], axis=1))


def _terms(weights: Floats, gamma: np.complex128 | np.float64) -> tuple[complex, complex]:
    """The coefficients b and c of one graph."""
    u, v = np.nonzero(np.triu(weights))
    edge, at_u, at_v = weights[u, v], weights[u].copy(), weights[v].copy()
    every = np.arange(len(edge))
    at_u[every, v] = at_v[every, u] = 0.0  # the edge itself is no neighbour
    alone = np.cos(gamma * at_u).prod(axis=1) + np.cos(gamma * at_v).prod(axis=1)
    added = np.cos(gamma * (at_u + at_v)).prod(axis=1)
    less = np.cos(gamma * (at_u - at_v)).prod(axis=1)
    odd = 0.25 * (edge * np.sin(gamma * edge) * alone).sum()
    even = 0.25 * (edge * (added - less)).sum()
    return complex(odd), complex(even)
