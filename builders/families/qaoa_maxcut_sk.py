"""QAOA for the largest cut of complete graphs with normal weights."""

import numpy as np
from numpy.typing import NDArray

from builders.kinds.graph import GraphFamily
from builders.solvers.graphs.random_graphs import gaussian_couplings, signs


class SherringtonKirkpatrickMaxCut(GraphFamily):
    """C = Σ_{i<j} w_ij (1 − Z_i Z_j)/2 with w_ij ~ N(0, 1) on all pairs.

    The ground state of the Sherrington–Kirkpatrick model is the largest cut. Weights of both signs:
    a random cut may be worth less than nothing, and bounds for weights ≥ 0 do not hold.
    """

    name = "qaoa_maxcut_sk"
    title = "QAOA for the largest cut, Sherrington–Kirkpatrick weights"
    distribution = "w_ij ~ N(0, 1) independent for every pair."
    distribution_ood = "w_ij = 1 or -1 with probability 1/2 each."
    why_hard = (
        "Best angles of large graphs are all alike, those of small ones differ; the scale of the "
        "weights is the first thing to learn."
    )
    references = (
        "D. Sherrington, S. Kirkpatrick, Phys. Rev. Lett. 35, 1792 (1975)",
        "E. Farhi, J. Goldstone, S. Gutmann, L. Zhou, Quantum 6, 759 (2022)",
        "A. Ozaeta, W. van Dam, P. L. McMahon, Quantum Sci. Technol. 7, 045036 (2022)",
    )
    sizes = ("8", "10", "12", "14", "16", "20", "24")
    binary = False

    def draw_weights(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return gaussian_couplings(vertices, rng)

    def draw_shifted(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return signs(vertices, rng)


FAMILY = SherringtonKirkpatrickMaxCut()
