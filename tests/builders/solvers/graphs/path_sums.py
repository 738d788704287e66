"""Expected cuts as sums over paths of spins: another way than states, which trees allow at depth 3.

A vertex has 2p + 1 spins a = (a_1 … a_p, a_0, a_−p … a_−1), one between every two layers of the
circuit and of its inverse. Its rotations give the weight f(a), an edge (a, b) the factor
exp(±iΓ·ab/2) with Γ = (γ_1 … γ_p, 0, −γ_p … −γ_1) (Basso, Farhi, Marwaha, Villalonga, Zhou,
TQC 2022, arXiv 2110.14206, in their section on finite degrees).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tree_share(degree: int, angles: Floats) -> float:
    """Expected share of cut edges on the infinite tree, and on every regular graph of this degree
    whose girth is more than 2p + 1.
    """
    depth = len(angles) // 2
    gamma, beta = angles[:depth], angles[depth:]
    spins = 1 - 2 * (np.arange(2 ** (2 * depth + 1))[:, None] >> np.arange(2 * depth + 1) & 1)
    weight = np.full(len(spins), 0.5, dtype=complex)
    order = np.concatenate([beta, -beta[::-1]])
    for k, angle in enumerate(order):
        same = spins[:, k] == spins[:, k + 1]
        weight *= np.where(same, np.cos(angle), 1j * np.sin(angle))
    by_layer = np.concatenate([gamma, [0.0], -gamma[::-1]])
    phase = 0.5 * (spins * by_layer) @ spins.T
    branch = np.ones(len(spins), dtype=complex)
    for _ in range(depth):
        branch = (np.cos(phase) @ (weight * branch)) ** (degree - 1)
    end = spins[:, depth] * weight * branch
    correlation = -1j * (end @ np.sin(phase) @ end)
    return float(0.5 - 0.5 * correlation.real)
