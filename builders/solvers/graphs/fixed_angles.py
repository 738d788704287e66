"""Angles that need no optimisation: those of infinite trees and of their limit.

On a regular graph of degree 3 the angles are the best of the infinite tree, which reach .6925,
.7559 and .7924 of the edges at depths 1 to 3 wherever no cycle is shorter than 2p + 2, and are
conjectured to reach no less of the maximum on any such graph (Wurtz and Lykov, PRA 104, 052419
(2021), arXiv 2107.00677). Elsewhere they are those of infinite degree (Basso et al., arXiv
2110.14206, table 1), γ scaled by arctan(1/√(d − 1)) with the mean degree d, and by the root mean
square of the weights (Sureshbabu et al., Quantum 8, 1231 (2024), arXiv 2305.15201).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEPTHS = (1, 2, 3)
CUBIC = {
    1: (0.6154797045, 0.3926990734),
    2: (0.4878355211, 0.8978391790, 0.5549041864, 0.2923807394),
    3: (0.4218611301, 0.7984024515, 0.9369806057, 0.6089502021, 0.4595677151, 0.2356701828),
}
"""Depth → γ_1 … γ_p, β_1 … β_p of the tree of degree 3."""
LIMIT = {
    1: (1.0, 0.3926990817),
    2: (0.7634, 1.3310, 0.4960, 0.2690),
    3: (0.6594, 1.1376, 1.2812, 0.5500, 0.3675, 0.2109),
}
"""The same of infinite degree, γ in units of 1/√d."""


def fixed_angles(weights: Floats, depth: int) -> Floats:
    """Angles for graphs (R, V, V), float64 (R, 2p)."""
    edges = weights != 0
    degree = edges.sum(axis=2)
    cubic = (degree == 3).all(axis=1) & ((weights == 0) | (weights == 1)).all(axis=(1, 2))
    mean = degree.mean(axis=1).clip(1.0)
    count = edges.sum(axis=(1, 2)).clip(1)
    size = np.sqrt((weights**2).sum(axis=(1, 2)) / count)
    scale = np.arctan2(1.0, np.sqrt(mean - 1.0)) / np.where(size > 0, size, 1.0)
    angles = np.tile(LIMIT[depth], (len(weights), 1))
    angles[:, :depth] *= scale[:, None]
    return np.where(cubic[:, None], CUBIC[depth], angles)
