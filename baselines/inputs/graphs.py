"""Weighted graphs as a model reads them: weights, and numbers that no numbering changes."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.rows import Rows
from builders.kinds.graph import GraphFamily

Floats = NDArray[np.float64]

_POWERS = (3, 4, 5, 6)


def weights_of(rows: Rows) -> Floats:
    """The graphs of rows of a family of graphs, float64 (R, V, V)."""
    family = rows.config.family
    assert isinstance(family, GraphFamily)
    return family.weights(rows.config.size, rows.parameters)


def graph_features(weights: Floats) -> Floats:
    """What closed walks say of each graph, float64 (R, F).

    Weights are divided by the root of the mean over vertices of Σ_j w_ij², so that only ratios
    count. Then closed walks of 3 to 6 steps, a vertex: of unit weights, its triangles, squares,
    and cycles of five and six edges with walks that turn back; the spread of Σ_j w_ij² over
    vertices; mean weight; and the inverse of the mean degree.
    """
    vertices = weights.shape[1]
    square = (weights**2).sum(axis=2)
    mean = square.mean(axis=1)
    unit = weights / np.sqrt(mean)[:, None, None]
    levels = np.linalg.eigvalsh(unit)
    walks = [(levels**k).mean(axis=1) for k in _POWERS]
    degree = (weights != 0).sum(axis=2).mean(axis=1)
    further = [square.std(axis=1) / mean, unit.sum(axis=(1, 2)) / vertices, 1.0 / degree]
    return np.stack([*walks, *further], axis=1)
