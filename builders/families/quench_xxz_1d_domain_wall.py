"""Quench of an XXZ chain with random couplings, from a domain wall."""

from typing import ClassVar

from builders.families.quench_xxz_1d import XxzQuench


class DomainWallXxzQuench(XxzQuench):
    """H = Σ_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ_i Z_i Z_{i+1}), open chain, e^{−iHt} |↑…↑↓…↓⟩.

    Couplings and times of `quench_xxz_1d`; the left half is up, the right half down. The wall melts
    and spins flow through it, ballistically for Δ < 1 (Gobert et al. 2005), at most 4J sites a unit
    of time: the chain outside the light cone is as at the start.
    """

    name = "quench_xxz_1d_domain_wall"
    title = "Quench of the XXZ chain from a domain wall"
    formula = (
        "exp(-i H t) of up on the left half, down on the right, "
        "H = sum_i J_i (X_i X_{i+1} + Y_i Y_{i+1} + delta_i Z_i Z_{i+1}) at the time t"
    )
    why_hard = (
        "Only the middle of the chain moves: the front depends on the couplings that it has passed "
        "and on no others."
    )
    references: ClassVar[tuple[str, ...]] = (
        "D. Gobert, C. Kollath, U. Schollwöck, G. Schütz, Phys. Rev. E 71, 036102 (2005)",
    )
    initial: ClassVar[str] = "domain_wall"


FAMILY = DomainWallXxzQuench()
