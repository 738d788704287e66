"""One graph given from outside: its largest cut and its best angles."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from builders.core.names import Size
from builders.kinds.graph import GraphFamily
from builders.physics.rows import BuildSettings


def solve_graph(
    family: GraphFamily, size: Size, given: Mapping[str, Any], *, seed: int = 0
) -> dict[str, Any]:
    """Labels of one graph by name, as JSON holds them.

    Args:
        family: of the graph.
        size: its number of vertices.
        given: its weights, under their name.
        seed: of the random starts of the search for angles.

    Raises:
        RequestError: weights that the family has not.
        WorkError: the largest cut was not proven, or the angles are not stationary.
    """
    settings = BuildSettings(family.method)
    rngs = [np.random.default_rng(seed)]
    made = family.make(size, [family.check(size, given)], rngs, settings)
    family.certificate.refuse(family.name, np.zeros(1, np.int64), made.exactness, np.inf)
    return {name: column[0].tolist() for name, column in made.columns.items()}
