"""A weighted graph and the largest cut of it: nothing is measured."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from builders.core.names import Size
from builders.physics.certificate import Exact
from builders.physics.family import Family
from builders.physics.geometry import Graph
from builders.physics.label import IndexSummary, Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.record import Nothing
from builders.physics.rows import BuildSettings, Generators, MadeRows


class WeightedGraph(Family):
    """cut = max over z ∈ {−1, 1}^V of Σ_{i<j} w_ij (1 − z_i z_j)/2, by enumeration.

    w_ij ~ U[0, 1] with probability ½, else 0.
    """

    name = "toy_graph"
    title = "Largest cut of a graph"
    formula = "C = sum_{i<j} w_ij (1 - z_i z_j) / 2"
    distribution = "w_ij ~ U[0, 1] with probability 1/2, else 0."
    why_hard = "It is not at this size."
    references = ("none",)
    parameters = (Parameter("w", lambda s: (s.sites, s.sites), "weights", symmetric=True),)
    sizes = ("5", "6")
    tasks = ("toy_cut",)
    geometry = Graph()
    record = Nothing()
    labels = (
        Label(
            *("cut", "float64", (), "as the weights", "weight of the largest cut"),
            check=lambda values, _: (values < 0, "are negative"),
            summaries=(IndexSummary("cut", "as the weights", "largest cut", lambda v, _: v),),
        ),
    )
    certificate = Exact("all cuts are tried")
    method = "enumeration"
    max_sites = 12

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        shape = (size.sites, size.sites)
        upper = np.triu(rng.random(shape) * (rng.random(shape) < 0.5), 1)
        return {"w": upper + upper.T}

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,
    ) -> MadeRows:
        signs = np.array(list(product((-1, 1), repeat=size.sites)))
        cuts = [
            float((p["w"].sum() - np.einsum("ki,ij,kj->k", signs, p["w"], signs)).max() / 4)
            for p in parameters
        ]
        return MadeRows({"cut": np.array(cuts)}, lambda _, __: {})


FAMILY = WeightedGraph()
