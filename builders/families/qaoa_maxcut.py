"""QAOA for the largest cut of random 3-regular graphs."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.kinds.graph import GraphFamily
from builders.solvers.graphs.random_graphs import bipartite_regular, regular


class CubicMaxCut(GraphFamily):
    """C = Σ_{(i,j)} (1 − Z_i Z_j)/2 over the edges of a 3-regular graph, V even.

    Uniform over connected simple graphs. Most edges of a large one see a tree, for which the best
    angles are known: what is left to learn are the short cycles.
    """

    name = "qaoa_maxcut"
    title = "QAOA for the largest cut, 3-regular graphs"
    distribution = "Uniform over connected simple 3-regular graphs; w_ij = 1 on edges."
    distribution_ood = (
        "Random connected bipartite 3-regular graphs: three perfect matchings between two halves, "
        "drawn again until no edge is double. All edges can be cut."
    )
    why_hard = (
        "Fixed angles come within 1 % of the best ones; only a model that sees short cycles can "
        "do better. Up to numbering there are 85 such graphs of 12 vertices, 509 of 14, 4060 of "
        "16 and 510489 of 20: test graphs of small sizes are among those of training. Largest "
        "cuts are NP-hard, and easy at these sizes."
    )
    references = (
        "E. Farhi, J. Goldstone, S. Gutmann, arXiv 1411.4028 (2014)",
        "Z. Wang, S. Hadfield, Z. Jiang, E. G. Rieffel, Phys. Rev. A 97, 022304 (2018)",
        "J. Wurtz, D. Lykov, Phys. Rev. A 104, 052419 (2021)",
    )
    sizes = ("12", "14", "16", "20", "30", "40", "60")
    max_sites = 60
    degree = 3
    graphs: ClassVar[Mapping[int, int]] = {4: 1, 6: 70, 8: 19_320, 10: 11_166_120}  # OEIS A004109
    graphs_ood: ClassVar[Mapping[int, int]] = {4: 0, 6: 10, 8: 840, 10: 257_040}

    def draw_weights(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return regular(vertices, self.degree, rng)

    def draw_shifted(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return bipartite_regular(vertices, self.degree, rng)


FAMILY = CubicMaxCut()
