"""Quench of an XXZ chain in strong random fields, from the Néel state."""

from dataclasses import replace
from typing import ClassVar

import numpy as np

from builders.core.names import Size
from builders.families.quench_xxz_1d import XxzQuench
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.physics.parameters import Parameter, Parameters

STRENGTH = 5.0
"""Largest field, in units of J: U[−W, W]."""


class DisorderedXxzQuench(XxzQuench):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}) + Σ_i h_i Z_i, e^{−iHt} |↑↓↑↓…⟩.

    J_i ~ U[0.8, 1.2], Δ_i ~ U[0, 1], h_i ~ U[−5, 5] in Pauli units, open chain. Neighbours mostly
    differ by more than they are coupled, so that spins exchange in resonant pairs alone: the
    staggered magnetization stays, and after a first rise entropy grows slowly (Žnidarič, Prosen,
    Prelovšek 2008; Bardarson, Pollmann, Moore 2012). In a small chain of Δ = 1 fields like these
    lie near the crossover to localization.
    """

    name = "quench_xxz_1d_disordered"
    title = "Quench of the XXZ chain in strong random fields"
    formula = (
        "exp(-i H t) of the Neel state up, down, up, ..., H = sum_i J_i (X_i X_{i+1} + Y_i Y_{i+1} "
        "+ delta_i Z_i Z_{i+1}) + sum_i h_i Z_i at the time t"
    )
    distribution = (
        "J_i ~ U[0.8, 1.2], delta_i ~ U[0, 1] and h_i ~ U[-5, 5], independent for every bond and "
        "site; t = 0.1, 0.2, ..., 1 in units of 1/J, ten rows an evolution."
    )
    why_hard = (
        "Every site has a frequency of its own: what a spin does depends on its resonances with "
        "its neighbours, and differs from chain to chain."
    )
    references: ClassVar[tuple[str, ...]] = (
        "M. Žnidarič, T. Prosen, P. Prelovšek, Phys. Rev. B 77, 064426 (2008)",
        "J. H. Bardarson, F. Pollmann, J. E. Moore, Phys. Rev. Lett. 109, 017202 (2012)",
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *XxzQuench.parameters[:2],
        Parameter("h", lambda s: (s.sites,), "field along Z on site i, in units of J"),
        XxzQuench.parameters[2],
    )

    def couplings(self, size: Size, rng: np.random.Generator) -> Parameters:
        fields = rng.uniform(-STRENGTH, STRENGTH, size.sites)
        return super().couplings(size, rng) | {"h": fields}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        terms = super().hamiltonian(size, parameters).terms
        fields = PauliTerms("Z", np.arange(size.sites)[:, None], parameters["h"])
        return Hamiltonian(size.sites, (*terms, fields))

    def evolution_settings(self, size: Size) -> EvolutionSettings:
        # Fields make steps worse: 0.1 would leave 7e-5 in a label, 0.05 leaves 7e-6.
        return replace(super().evolution_settings(size), bond=256, step=0.05)


FAMILY = DisorderedXxzQuench()
