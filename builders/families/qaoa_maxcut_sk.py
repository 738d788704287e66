"""QAOA for the largest cut of complete graphs with normal weights."""

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.graph import GraphFamily
from builders.solvers.graphs.maximum_cut import maximum_cuts
from builders.solvers.graphs.random_graphs import gaussian_couplings, signs


class SherringtonKirkpatrickMaxCut(GraphFamily):
    """C = Σ_{i<j} w_ij (1 − Z_i Z_j)/2 with w_ij ~ N(0, 1) on all pairs.

    The ground state of the Sherrington–Kirkpatrick model is the largest cut. Weights of both signs:
    a random cut may be worth less than nothing, and bounds for weights ≥ 0 do not hold.
    """

    name = "qaoa_maxcut_sk"
    title = "QAOA for the largest cut, Sherrington–Kirkpatrick weights"
    distribution = (
        "w_ij ~ N(0, 1) independent for every pair, drawn again where no cut is above 0 (one graph "
        "in 200 of 8 vertices, fewer beyond)."
    )
    distribution_ood = "w_ij = 1 or -1 with probability 1/2 each, drawn again likewise."
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
    # Of the 2^(V(V − 1)/2) those with a cut above 0.
    graphs_ood: ClassVar[Mapping[int, int]] = {4: 54, 5: 858, 6: 31_375}

    def check_size(self, size: Size) -> None:
        """See `Family.check_size`; the three weights of a triangle have no common period, and its
        expected cut goes on rising with gamma.
        """
        super().check_size(size)
        if size.sites < 4:
            raise RequestError(
                f"{self.name}: graphs of {size} vertices have no best angles that a search ends "
                "at. Give 4 or more."
            )

    def draw_weights(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return _worth_cutting(lambda: gaussian_couplings(vertices, rng))

    def draw_shifted(self, vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return _worth_cutting(lambda: signs(vertices, rng))


def _worth_cutting(draw: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """The first graph drawn in which some cut is above 0: a ratio to the largest has no meaning
    elsewhere.
    """
    while True:
        weights = draw()
        # Mostly one vertex against all others will do. The empty cut is 0 but for rounding.
        if weights.sum(axis=1).max() > 0 or maximum_cuts(weights[None]).sides.any():
            return weights


FAMILY = SherringtonKirkpatrickMaxCut()
