"""Kernels between parameter vectors (Huang et al., Science 377, eabk3333 (2022))."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def squared_distances(a: Floats, b: Floats) -> Floats:
    """|a_r − b_s|², float64 (R, S), for a (R, P) and b (S, P)."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * a @ b.T
    return np.asarray(squares.clip(0.0))


def rbf(a: Floats, b: Floats, gamma: float) -> Floats:
    """exp(−γ |a_r − b_s|²), float64 (R, S)."""
    return np.asarray(np.exp(-gamma * squared_distances(a, b)))


def dirichlet(a: Floats, b: Floats, degree: int, period: float = 2.0) -> Floats:
    """Mean over coordinates of D_K(a_rp − b_sp), float64 (R, S).

    D_K(x) = Σ_{k=−K}^{K} cos(2π k x / period): all Fourier modes of one coordinate up to degree K
    with the same weight. Computed as a product of feature vectors.
    """
    width = 2.0 * np.pi / period
    out = np.full((len(a), len(b)), float(a.shape[1]))
    for k in range(1, degree + 1):
        for wave in (np.cos, np.sin):
            out += 2.0 * wave(width * k * a) @ wave(width * k * b).T
    return np.asarray(out / a.shape[1])


def ntk(a: Floats, b: Floats, depth: int) -> Floats:
    """Neural tangent kernel of a ReLU network of infinite width, divided by its diagonal.

    Inputs are scaled to unit length and the network has no bias, so that every layer keeps unit
    variance: Σ is the correlation of two activations, and Θ ← κ₁(Σ) + Θ κ₀(Σ) with the arc-cosine
    kernels κ₀(u) = 1 − acos(u)/π and κ₁(u) = (√(1−u²) + u (π − acos u))/π.
    Sources: Jacot, Gabriel, Hongler (2018); Cho and Saul (2009).

    Args:
        a: float64 (R, P), no row 0.
        b: float64 (S, P), no row 0.
        depth: hidden layers, at least 1.

    Returns:
        float64 (R, S), 1 for equal directions.
    """
    lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b)]
    cosine = (a / lengths[0]) @ (b / lengths[1]).T
    tangent = cosine.clip(-1.0, 1.0)
    sigma = tangent
    for _ in range(depth):
        angle = np.arccos(sigma)
        step = 1.0 - angle / np.pi
        sigma = (np.sqrt(1.0 - sigma**2) / np.pi + sigma * step).clip(-1.0, 1.0)
        tangent = sigma + tangent * step
    return np.asarray(tangent / (depth + 1.0))
