"""Quench of a transverse-field Ising chain with random couplings, from the Néel state."""

from typing import ClassVar

from builders.families.quench_tfim_1d import TfimQuench


class NeelTfimQuench(TfimQuench):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, e^{−iHt} |↑↓↑↓…⟩.

    J_i ~ U[0, 1], h_i = 1 and the times of `quench_tfim_1d`. Every bond is frustrated at t = 0: the
    energy is + Σ J_i, high in the spectrum, where `quench_tfim_1d` starts low.
    """

    name = "quench_tfim_1d_neel"
    title = "Quench of the transverse-field Ising chain from the Néel state"
    formula = (
        "exp(-i H t) of up, down, up, ..., H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i at the time t"
    )
    why_hard = (
        "The state is staggered at first and loses that at a rate which the bonds beside each site "
        "set: neither a smooth function of the site nor a mean over rows describes it."
    )
    initial: ClassVar[str] = "neel"


FAMILY = NeelTfimQuench()
