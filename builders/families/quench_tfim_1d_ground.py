"""Quench of a transverse-field Ising chain with random couplings, from a critical ground state."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families.quench_tfim_1d import TfimQuench


class GroundTfimQuench(TfimQuench):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, e^{−iHt} of a ground state.

    J_i ~ U[0, 1], h_i = 1 and the times of `quench_tfim_1d`. The start is the ground state of the
    critical chain, J = h = 1 everywhere, with Π X = +1: it has correlations at all distances, which
    no evolution of a product state has, and the quench into the paramagnetic phase breaks them up.
    Parity is conserved, so that ⟨Z_i⟩ = 0 at all times and the magnetization is no task.
    """

    name = "quench_tfim_1d_ground"
    title = "Quench of the transverse-field Ising chain from a critical ground state"
    formula = (
        "exp(-i H t) of the ground state of -sum_i Z_i Z_{i+1} - sum_i X_i, "
        "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i at the time t"
    )
    why_hard = (
        "Correlations are there at all distances from the start, and how fast each decays depends "
        "on every bond between its sites."
    )
    tasks = ("correlation", "renyi2")
    initial: ClassVar[str] = "critical_ground"

    def start(self, size: Size) -> NDArray[np.float64]:
        from builders.solvers.evolution.gaussian import ground_start

        return ground_start(np.ones(size.sites - 1), np.ones(size.sites))


FAMILY = GroundTfimQuench()
