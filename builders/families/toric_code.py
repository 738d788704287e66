"""Toric code and product states behind random local Clifford circuits."""

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Any

import numpy as np

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.prepared import PreparedFamily
from builders.physics.geometry import Torus
from builders.physics.parameters import Parameter, Parameters
from builders.physics.phase import Phase
from builders.solvers.stabilizers.rows import StabilizerRows
from builders.solvers.stabilizers.toric import behind_circuit, topological_state, trivial_state


class ToricCode(PreparedFamily):
    """H = U (−Σ_v A_v − Σ_p B_p) U† (topological) or H = U (−Σ_i Z_i) U† (trivial), torus.

    N = 2 L² qubits on the edges of an L × L torus, A_v = Π X around a vertex, B_p = Π Z around a
    face (Kitaev 2003), numbered as `builders.solvers.stabilizers.toric` says. The ground level of
    the first H is four-fold; the state with both logical Π Z = +1 is meant. U is a random circuit:
    each of its `depth` layers pairs every edge with one that shares a vertex, by one of four
    matchings that take turns in a random order, and applies a uniform two-qubit Clifford gate to
    every pair. Either H has the ground energy −N.

    A fair coin of the row chooses the phase, and the parameters hold the depth alone. Coin and
    circuit follow from the row's seed, as the labels of other families follow from their
    parameters: who computes them again enters as a solver. The phase is that of the state before
    the circuit, whose topological entropy is 1 bit (ln 2) or 0; a circuit of constant depth does
    not change it. The margin is the distance of that entropy from ½.
    Entropies, correlations and shots are exact, by linear algebra over bits.
    """

    name = "toric_code"
    title = "Toric code or product state behind a local circuit"
    formula = (
        "H = U (-sum_v A_v - sum_p B_p) U^+ or U (-sum_i Z_i) U^+, "
        "U a random local Clifford circuit of the given depth"
    )
    distribution = (
        "Topological or trivial with probability 1/2 each; depth uniform on 0, ..., L/2 - 1, where "
        "N = 2 L^2; gates uniform on the two-qubit Clifford group. Phase and gates come from the "
        "row's seed, not from the parameters, so that rows of one depth differ."
    )
    distribution_ood = "As above with deeper circuits: depth uniform on L/2, ..., L - 1."
    why_hard = (
        "Behind a circuit no local observable tells the phases apart, and the parameters do not "
        "either: only patterns of several qubits in the shots do. Phase and circuit follow from "
        "`seed`: an entry that uses it is a solver."
    )
    references = (
        "A. Y. Kitaev, Annals of Physics 303, 2 (2003)",
        "H.-Y. Huang et al., Science 377, eabk3333 (2022)",
    )
    parameters = (Parameter("depth", lambda _: (), "layers of two-qubit gates, a whole number"),)
    phases = ("trivial", "topological")
    phase_rule = (
        "The phase is that of the state before the circuit, of topological entropy 0 or 1 bit; the "
        "margin is the distance from 1/2, the same in every row."
    )
    tasks = ("correlation", "renyi2", "phase")
    geometry = Torus()
    sizes = ("32", "72", "200")
    max_sites = 200
    method = "stabilizer"

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        parameters = super().check(size, given)
        depth = float(parameters["depth"])
        if depth < 0 or depth != int(depth):
            raise RequestError(
                f"parameter 'depth' of {self.name} counts layers: a whole number from 0; "
                f"given {depth:g}."
            )
        return parameters

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"depth": np.array(float(rng.integers(0, _length(size) // 2)))}

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        length = _length(size)
        return {"depth": np.array(float(rng.integers(length // 2, length)))}

    def prepare(
        self, size: Size, parameters: Sequence[Parameters], rngs: Sequence[np.random.Generator]
    ) -> StabilizerRows:
        length = _length(size)
        starts = (trivial_state(length), topological_state(length))
        states, coins = [], []
        for row, rng in zip(parameters, rngs, strict=True):
            coins.append(int(rng.integers(2)))
            states.append(behind_circuit(starts[coins[-1]], length, int(row["depth"]), rng))
        # The topological entropy before the circuit is 0 or 1 bit, and the boundary is at 1/2.
        phases = tuple(Phase(self.phases[coin], 0.5) for coin in coins)
        energy = np.full(len(states), -float(size.sites))
        return StabilizerRows(tuple(states), energy, phases)


def _length(size: Size) -> int:
    return isqrt(size.sites // 2)


FAMILY = ToricCode()
