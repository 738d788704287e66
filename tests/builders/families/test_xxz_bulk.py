"""The uniform XXZ chain against the Bethe ansatz: energies of the infinite chain.

In spin operators and J = 1: −1/π at Δ = 0, −3/8 at Δ = ½, ¼ − ln 2 at Δ = 1 (C. N. Yang, C. P.
Yang, Phys. Rev. 150, 327 (1966)). In Pauli letters energies are four times as large.
"""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.solvers.exact.diagonalization import exact_ground_state

FAMILY = families.load("xxz_1d")
BULK = {0.0: -1 / np.pi, 0.5: -3 / 8, 1.0: 1 / 4 - np.log(2)}


def energy(n: int, delta: float) -> float:
    """In spin operators."""
    size, given = Size(n), {"J": np.ones(n - 1), "delta": np.full(n - 1, delta)}
    h = FAMILY.hamiltonian(size, FAMILY.check(size, given))
    return exact_ground_state(h, FAMILY.sector(size)).energy / 4


@pytest.mark.parametrize("delta", BULK)
def test_energy_of_a_bulk_bond(delta: float) -> None:
    """E = e0 N + surface + a/N + b/N² through 8, 10, 12 and 14 sites.

    At Δ = 0, where E is a sum of cosines at any N, this e0 is off by 8e-6. The next power, and at
    Δ = 1 the logarithms, leave three times as much.
    """
    sites = np.array([8.0, 10.0, 12.0, 14.0])
    powers = np.stack([sites, np.ones(4), 1 / sites, 1 / sites**2], axis=1)
    found = np.linalg.solve(powers, [energy(int(n), delta) for n in sites])[0]
    assert found == pytest.approx(BULK[delta], abs=4e-5)
