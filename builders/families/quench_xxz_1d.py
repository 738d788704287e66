"""Quench of an XXZ chain with random couplings, from the Néel state."""

from typing import ClassVar

import numpy as np

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.families.xxz_1d import FAMILY as GROUND_STATES
from builders.kinds.evolution import TIMES, EvolutionFamily
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.parameters import Parameter, Parameters

LONGEST = 127
_WHOLE_BLOCKS = 64  # sites up to which ten evolutions fit into a gigabyte


class XxzQuench(EvolutionFamily):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}), open chain, e^{−iHt} |↑↓↑↓…⟩.

    J_i ~ U[0.8, 1.2] and Δ_i ~ U[0, 1], independent: the couplings of `xxz_1d`. Rows are the states
    at t = 0.1, 0.2, …, 1 in units of 1/J; in spin operators, S = σ/2, times are four times that.
    The staggered magnetization falls within t = 0.5 and oscillates about 0 (Barmettler et al.
    2009). Correlations spread from a light cone of slope 4J and more, and entropy grows at every
    cut, which is what bounds the times: the bond that it needs is 20 at t = 0.5, 72 at 1 and 200 at
    1.5, at any length. Σ Z is conserved. Chains with Δ = 0 are free fermions.

    States past 14 sites evolve as matrix product states by Trotter steps of fourth order, as
    `builders.solvers.evolution.tebd` has it; labels are theirs.
    """

    name = "quench_xxz_1d"
    title = "Quench of the XXZ chain from the Néel state"
    formula = (
        "exp(-i H t) of the Neel state up, down, up, ..., "
        "H = sum_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + delta_i Z_i Z_{i+1}) at the time t"
    )
    distribution = (
        "J_i ~ U[0.8, 1.2] and delta_i ~ U[0, 1], independent for every bond; t = 0.1, 0.2, ..., 1 "
        "in units of 1/J, ten rows an evolution."
    )
    distribution_ood = "As above at later times: t = 1.05, 1.1, ..., 1.5."
    why_hard = (
        "Interacting and far from equilibrium: no closed form, and entropy that grows in time. "
        "Labels turn over in time and depend on couplings inside the light cone."
    )
    references: ClassVar[tuple[str, ...]] = (
        "P. Barmettler et al., Phys. Rev. Lett. 102, 130603 (2009)",
        "G. Vidal, Phys. Rev. Lett. 93, 040502 (2004)",
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *GROUND_STATES.parameters,
        Parameter("t", lambda _: (), "time since the quench, in units of 1/J"),
    )
    sizes = tuple(text for text in CHAIN_SIZES if int(text) <= LONGEST)
    max_sites = LONGEST
    # 2: at later times evolutions in other blocks.
    recipe = 2
    initial: ClassVar[str] = "neel"
    times: ClassVar[tuple[float, ...]] = tuple(k / 10 for k in range(1, TIMES + 1))
    times_ood: ClassVar[tuple[float, ...]] = tuple(1 + k / 20 for k in range(1, TIMES + 1))
    certified: ClassVar[tuple[tuple[int, float], ...]] = ((LONGEST, 1.5),)

    def couplings(self, size: Size, rng: np.random.Generator) -> Parameters:
        return GROUND_STATES.draw(size, rng)

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        return GROUND_STATES.hamiltonian(size, parameters)

    def evolution_settings(self, size: Size) -> EvolutionSettings:
        # Steps of 0.1 would leave 1e-5 in a label, and there are two at least from time to time;
        # the cut leaves 3e-5.
        block = 10 if size.sites <= _WHOLE_BLOCKS else 5
        # Blocks are made whole: at later times, which cost more, few rows should not wait long.
        return EvolutionSettings(bond=320, step=0.1, cut=1e-10, block=block, block_ood=2)


FAMILY = XxzQuench()
