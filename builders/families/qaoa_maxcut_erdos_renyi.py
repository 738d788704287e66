"""QAOA for the largest cut of Erdős–Rényi graphs."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.kinds.graph import GraphFamily
from builders.solvers.graphs.random_graphs import independent_edges

CHANCE, CHANCE_OOD = 0.5, 0.3


class ErdosRenyiMaxCut(GraphFamily):
    """C = Σ_{(i,j)} (1 − Z_i Z_j)/2 over the edges of a graph in which each pair is one with ½."""

    name = "qaoa_maxcut_erdos_renyi"
    title = "QAOA for the largest cut, Erdős–Rényi graphs"
    distribution = (
        f"Every pair is an edge of weight 1 with probability {CHANCE:g}, drawn again until the "
        "graph is connected."
    )
    distribution_ood = f"As above with probability {CHANCE_OOD:g}."
    why_hard = (
        "Degrees differ, and many triangles make the best angles smaller than those of trees; both "
        "are read off the graph."
    )
    references = (
        "E. Farhi, J. Goldstone, S. Gutmann, arXiv 1411.4028 (2014)",
        "Z. Wang, S. Hadfield, Z. Jiang, E. G. Rieffel, Phys. Rev. A 97, 022304 (2018)",
    )
    sizes = ("8", "10", "12", "14", "16", "20", "24")

    # Connected graphs, OEIS A001187; both distributions have them all.
    graphs: ClassVar[Mapping[int, int]] = {2: 1, 3: 4, 4: 38, 5: 728, 6: 26_704, 7: 1_866_256}
    graphs_ood: ClassVar[Mapping[int, int]] = graphs

    def draw_weights(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return independent_edges(vertices, CHANCE, rng)

    def draw_shifted(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return independent_edges(vertices, CHANCE_OOD, rng)


FAMILY = ErdosRenyiMaxCut()
