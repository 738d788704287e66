"""SU(2) for block2: isotropic Hamiltonians in multiplets instead of states.

Where the ground state has a known total spin, a multiplet of spin S stands for 2S + 1 states, so
that a bond of a lattice holds about four times as many. The state goes over to the
charge 2 S_z of `builders.solvers.block2.solver` at the end.

A doublet is solved as a singlet: one more spin at the right end, coupled to nothing, makes it one.
Where that spin is −½ the others are in the state with S_z = +½, at weight ½.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.block2.square import PAIR, PAIR_UNIT
from builders.solvers.mps.canonical import Parts

_SZ = "SZ"  # tag of the state without SU(2) in the scratch folder


def spin_terms(driver: Any, couplings: dict[str, NDArray[np.float64]]) -> Any:
    """Expression of Σ c (XX + YY + ZZ); `couplings` are those of `Z`, `XX`, `YY`, `ZZ`.

    Raises:
        RequestError: H is not isotropic.
    """
    xx, zz = couplings["XX"], couplings["ZZ"]
    if couplings["Z"].any() or not np.allclose(xx, zz, rtol=1e-12, atol=0.0):
        raise RequestError("a total spin is given for a Hamiltonian that is not isotropic.")
    sites = np.argwhere(xx)
    terms = driver.expr_builder()
    numbers = PAIR_UNIT * xx[tuple(sites.T)]
    terms.add_term(PAIR, sites.ravel().tolist(), numbers.tolist())
    return terms


def without_su2(driver: Any, state: Any) -> Any:
    """The same state as one of single sites in the symmetry of S_z."""
    single = driver.adjust_mps(state, dot=1)[0]
    flat = driver.mps_change_to_sz(single, _SZ, sz=0)
    return driver.adjust_mps(flat, dot=1)[0]


def without_last_spin(sites: list[Parts]) -> list[Parts]:
    """The state of the other spins where the last one is −½, normalised.

    Args:
        sites: a singlet of N + 1 spins; see `builders.solvers.mps.canonical.right_canonical`.
    """
    (last,) = (block for (_, state), block in sites[-1].items() if state == 1)
    end = math.sqrt(2.0) * last  # (bond, 1)
    before: Parts = {}
    for (charge, state), block in sites[-2].items():
        # The bond behind it has the charge +1 where the last spin is −½.
        if charge + (1, -1)[state] == 1:
            before[charge, state] = block @ end.to(torch.float64)
    return [*sites[:-2], before]
