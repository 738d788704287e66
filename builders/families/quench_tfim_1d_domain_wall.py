"""Quench of a transverse-field Ising chain with random couplings, from a domain wall."""

from typing import ClassVar

from builders.families.quench_tfim_1d import TfimQuench


class DomainWallTfimQuench(TfimQuench):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, e^{−iHt} |↑…↑↓…↓⟩.

    J_i ~ U[0, 1], h_i = 1 and the times of `quench_tfim_1d`. The left half is up, with the middle
    site of odd chains. It differs from `quench_tfim_1d` by the sign of ⟨Z_i⟩ on the right half and,
    inside the light cone of the wall alone, in everything else.
    """

    name = "quench_tfim_1d_domain_wall"
    title = "Quench of the transverse-field Ising chain from a domain wall"
    formula = (
        "exp(-i H t) of the left half up and the right half down, "
        "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i at the time t"
    )
    why_hard = (
        "What the wall does spreads from the middle at a finite speed and stops at weak bonds: a "
        "model that treats all sites alike misses it."
    )
    initial: ClassVar[str] = "domain_wall"


FAMILY = DomainWallTfimQuench()
