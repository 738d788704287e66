"""Chain of Rydberg atoms: density waves of period two and three."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters
from builders.physics.phase import PauliString, Phase

Array = NDArray[np.float64]

OMEGA = 2.0 * np.pi * 5.0
"""Rabi frequency of the published grid, 2π · 5 MHz."""

MOST_BLOCKADED = 10.0
THRESHOLDS = {"z2": 0.7, "z3": 0.6}


class RydbergChain(GroundStateFamily):
    """H = Σ_i (Ω/2) X_i − Δ Σ_i n_i + Σ_{i<j} Ω (R_b/(a|i−j|))⁶ n_i n_j, n = (1 − Z)/2, open chain.

    Ω = `omega`, Δ = `delta`, R_b/a = `rb_over_a`; Ω = 2π · 5, Δ/Ω ~ U[−2, 3] and R_b/a
    ~ U[1, 2.95]: the range of the published 40 × 40 grid, drawn continuously. No coupling is
    dropped, however far the atoms are; the MPO holds each to 1e-13 of the largest one. One atom has
    E = −Δ/2 − ½√(Δ² + Ω²), and a blockaded pair oscillates at √2 Ω.

    The energy unit of the certificate is max(Ω, |Δ|)/2: the largest coefficients, up to 659 Ω/4,
    only forbid neighbours to be excited both. Runs from a crystal of period two, one of period
    three and a disordered state ended in the same states at 127 atoms, so that one warm start is
    enough.

    The phase is that of the published rule: Z_k is the share of the density Σ⟨n_i⟩ on the sites 1,
    k+1, 2k+1, … (counted from 1; no other sublattice is looked at), a row is `z2` if Z_2 ≥ 0.7,
    `z3` if Z_3 ≥ 0.6, the larger one if both, and `disordered` otherwise. The margin is the
    distance of Z_k from its threshold, and from the other one where both pass. The published states
    come from a slow sweep of Δ in the blockaded subspace; these are ground states of the whole
    space. Both waves fit a chain of N = 6m + 1 atoms, which has an excited atom at either end and
    one ground state: these are the sizes of the family. On other chains at least one wave holds a
    domain wall that is free to move; `solve` takes them, and the rule then tends to `disordered`.
    """

    name = "rydberg_1d"
    title = "Chain of Rydberg atoms"
    formula = (
        "H = sum_i (omega/2) X_i - delta sum_i n_i "
        "+ sum_{i<j} omega (rb_over_a / |i-j|)^6 n_i n_j, n = (1 - Z)/2"
    )
    distribution = (
        "omega = 2 pi 5; delta / omega ~ U[-2, 3] and rb_over_a ~ U[1, 2.95], one of each for a "
        "row."
    )
    distribution_ood = (
        "omega = 2 pi 5; delta / omega ~ U[3, 4] and rb_over_a ~ U[1, 2.95]: deeper in the lobes."
    )
    why_hard = (
        "Two numbers fix a row, but they cross two ordered phases with narrow borders, and the "
        "blockade makes neighbours strongly dependent."
    )
    references: ClassVar[tuple[str, ...]] = (
        "H. Bernien et al., Nature 551, 579 (2017)",
        "H. Wang, M. Weber, J. Izaac, C. Y.-Y. Lin, arXiv:2211.16943",
    )
    parameters = (
        Parameter("omega", lambda _: (), "Rabi frequency, positive; the unit of H is its unit"),
        Parameter("delta", lambda _: (), "detuning, in the unit of omega"),
        Parameter("rb_over_a", lambda _: (), "blockade radius in lattice spacings, in (0, 10]"),
    )
    sizes = ("7", "13", "19", "25", "31", "49", "61", "97", "127")
    tasks = ("correlation", "renyi2", "energy", "phase")
    phases = ("disordered", "z2", "z3")
    phase_rule = (
        "Z_k is the share of the density on the sites 1, k+1, 2k+1, ...; z2 if Z_2 is at least "
        "0.7, z3 if Z_3 is at least 0.6, the larger one if both, disordered otherwise. The margin "
        "is the distance from the threshold, and of the two where both pass."
    )
    mirror = True

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return _parameters(rng.uniform(-2.0, 3.0), rng.uniform(1.0, 2.95))

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return _parameters(rng.uniform(3.0, 4.0), rng.uniform(1.0, 2.95))

    def typical(self, size: Size) -> Parameters:
        # A strongly blockaded crystal: excitations are easily added to it, while pairs of excited
        # neighbours that another start brings along are hard to get rid of.
        return _parameters(3.0, 2.6)

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        parameters = super().check(size, given)
        if parameters["omega"] <= 0:
            raise RequestError(
                f"parameter 'omega' of {self.name} must be positive; {parameters['omega']} given."
            )
        if not 0 < parameters["rb_over_a"] <= MOST_BLOCKADED:
            raise RequestError(
                f"parameter 'rb_over_a' of {self.name} must be above 0 and at most "
                f"{MOST_BLOCKADED:g}; {parameters['rb_over_a']} given."
            )
        return parameters

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        n = size.sites
        omega, delta, radius = (float(parameters[p.name]) for p in self.parameters)
        i, j = np.triu_indices(n, 1)
        zz = omega * (radius / (j - i)) ** 6 / 4.0
        # n_i n_j = (1 − Z_i − Z_j + Z_i Z_j)/4
        z = np.full(n, delta / 2.0)
        np.subtract.at(z, np.concatenate([i, j]), np.concatenate([zz, zz]))
        sites = np.arange(n)[:, None]
        terms = (
            PauliTerms("I", sites, np.full(n, zz.sum() / n - delta / 2.0)),
            PauliTerms("X", sites, np.full(n, omega / 2.0)),
            PauliTerms("Z", sites, z),
            PauliTerms("ZZ", np.stack([i, j], axis=1), zz),
        )
        return Hamiltonian(n, terms, unit=max(omega, abs(delta)) / 2.0)

    def sector(self, size: Size) -> Sector:
        return Sector("none")

    def order_strings(self, size: Size) -> tuple[PauliString, ...]:
        return tuple(("Z", (i,)) for i in range(size.sites))

    def phase(self, size: Size, parameters: Parameters, order: Array, renyi2: Array) -> Phase:
        density = (1.0 - order) / 2.0
        share = {f"z{k}": float(density[::k].sum() / density.sum()) for k in (2, 3)}
        over = {name: share[name] - threshold for name, threshold in THRESHOLDS.items()}
        passed = [name for name in over if over[name] >= 0]
        if not passed:
            return Phase("disordered", -max(over.values()))
        name = max(passed, key=lambda name: share[name])
        apart = abs(share["z2"] - share["z3"]) if len(passed) == 2 else np.inf
        return Phase(name, min(over[name], apart))

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=16 if size.sites <= 64 else 24, steps=4, tolerance=3e-4)


def _parameters(delta: float, radius: float) -> Parameters:
    return {
        "omega": np.array(OMEGA),
        "delta": np.array(OMEGA * delta),
        "rb_over_a": np.array(radius),
    }


FAMILY = RydbergChain()
