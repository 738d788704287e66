"""Quench of a transverse-field Ising chain with random couplings, from all spins up."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.families.tfim_1d import FAMILY as GROUND_STATES
from builders.kinds.evolution import TIMES, EvolutionFamily
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.parameters import Parameter, Parameters

LONGEST = 127
STEP = 0.2
"""Time between the rows of an evolution, in units of 1/h."""


class TfimQuench(EvolutionFamily):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, e^{−iHt} |↑↑…↑⟩.

    J_i ~ U[0, 1], h_i = 1, the couplings of `tfim_1d`. Rows are the states at t = 0.2, 0.4, …, 2 in
    units of 1/h; t = 0 is left out, the same product state in every evolution. Single spins would
    turn about X by 2ht; bonds dephase them, and correlations spread at most at
    v = 2 max_i min(J, h) sites a unit of time (uniform chain: 2 min(J, h)), so that at t = 2 sites
    further apart than about 8 are still as if alone. Entropy grows in time, which is what bounds
    the times.

    The start is the family's and no parameter of a row: models would have to be told what a code
    of it means, and rows of different starts are different tasks. Others are families of their own:
    `quench_tfim_1d_neel`, `quench_tfim_1d_domain_wall`, `quench_tfim_1d_ground`.

    Every label is exact, at any length and time, by free fermions (Pfeuty 1970; Barouch, McCoy,
    Dresden 1970) with a boundary spin, as `builders.solvers.evolution.gaussian` derives.
    """

    name = "quench_tfim_1d"
    title = "Quench of the transverse-field Ising chain from all spins up"
    formula = (
        "exp(-i H t) of all spins up, H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i at the time t"
    )
    distribution = (
        "J_i ~ U[0, 1] independent for every bond; h_i = 1; t = 0.2, 0.4, ..., 2 in units of 1/h, "
        "ten rows an evolution."
    )
    distribution_ood = "As above at later times: t = 2.2, 2.4, ..., 4."
    why_hard = (
        "Labels turn over in time and differ from chain to chain far more than those of ground "
        "states do, so that the mean of the training rows is no answer and measured copies count."
    )
    references: ClassVar[tuple[str, ...]] = (
        "P. Pfeuty, Ann. Phys. 57, 79 (1970)",
        "E. Barouch, B. M. McCoy, M. Dresden, Phys. Rev. A 2, 1075 (1970)",
        "P. Calabrese, F. H. L. Essler, M. Fagotti, Phys. Rev. Lett. 106, 227203 (2011)",
    )
    parameters = (
        *GROUND_STATES.parameters,
        Parameter("t", lambda _: (), "time since the quench, in units of 1/h"),
    )
    sizes = tuple(text for text in CHAIN_SIZES if int(text) <= LONGEST)
    max_sites = LONGEST
    initial: ClassVar[str] = "all_up"
    # k / 5 and not k · 0.2: these are the doubles nearest to the decimals.
    times = tuple(k / 5 for k in range(1, TIMES + 1))
    times_ood = tuple(k / 5 for k in range(TIMES + 1, 2 * TIMES + 1))
    certified = ((LONGEST, 4.0),)

    def couplings(self, size: Size, rng: np.random.Generator) -> Parameters:
        return GROUND_STATES.draw(size, rng)

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        return GROUND_STATES.hamiltonian(size, parameters)

    def velocity(self, parameters: Parameters) -> float:
        """See `Family.velocity`: 2 min(J, h) of the uniform chain of the largest J and h."""
        return 2.0 * min(float(np.abs(parameters[name]).max()) for name in ("J", "h"))

    def evolution_settings(self, size: Size) -> EvolutionSettings:
        # The step leaves 5e-6 in a label, the cut 3e-5; at t = 2 the bond is 13.
        return EvolutionSettings(bond=128, step=0.2, cut=1e-10)

    def start(self, size: Size) -> NDArray[np.float64]:
        """The covariance of the state at t = 0, see `builders.solvers.evolution.gaussian`."""
        from builders.physics.initial_state import spins
        from builders.solvers.evolution.gaussian import product_start

        return product_start(spins(self.initial, size.sites))

    def exact_labels(
        self, size: Size, parameters: Parameters, times: NDArray[np.float64]
    ) -> Mapping[str, NDArray[np.float64]]:
        from builders.solvers.evolution.gaussian import evolved

        J, h = parameters["J"], parameters["h"]
        states = evolved(J, h, self.start(size), times)
        return states.labels() | {"energy": states.energy(J, h)}


FAMILY = TfimQuench()
