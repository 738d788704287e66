"""⟨H²⟩ of a state in SU(2) multiplets: what a row's certificate needs, in a thirtieth of the time.

For P_ij = X_iX_j + Y_iY_j + Z_iZ_j and H = Σ c P the square has three kinds of terms: P_ij² =
3 − 2 P_ij; P_ij P_jk + P_jk P_ij = 2 P_ik, where two bonds share a site; and products of
two bonds that share none. So H² is an exact sum of strings on two and on four sites, and
⟨H²⟩ − ⟨H⟩² is off by some 1e-15 ⟨H⟩², far below any certificate. It is taken before the
multiplets are given up. The state that is handed over must have the same energy, which follows from
the correlations that our own code measures on it: ⟨P_ij⟩ = 3 ⟨Z_iZ_j⟩ in a total spin of 0 or ½.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders.core.errors import WorkError
from builders.solvers.mps.measure import densities, isotropic_correlation
from builders.solvers.mps.mps import Mps

Moments = tuple[float, float]  # ⟨H⟩ and ⟨H²⟩
Bond = tuple[int, int]

PAIR = "(T+T)0"
PAIR_UNIT = -2.0 * math.sqrt(3.0)
"""P_ij, in two spin operators of block2 coupled to a scalar: −2/√3 times their scalar product."""

# Energy a site, in units of the largest coefficient. Rounding stays far below it, and a state that
# was changed so little on the way has the same variance to 1e-7 N.
_SAME_STATE = 1e-10


@dataclass(frozen=True)
class Square:
    """H² of an isotropic H.

    Attributes:
        constant: coefficient of 1.
        pairs: (i, j), i < j → coefficient of P_ij.
        products: (bond, bond, coefficient of P P'), for bonds without a common site, each pair of
            bonds once.
    """

    constant: float
    pairs: dict[Bond, float]
    products: list[tuple[Bond, Bond, float]]


def square(couplings: NDArray[np.float64]) -> Square:
    """(Σ c_ij P_ij)², from the couplings above the diagonal, float64 (N, N)."""
    bonds = [(int(i), int(j)) for i, j in np.argwhere(couplings)]
    constant, pairs = 0.0, defaultdict[Bond, float](float)
    products = []
    for k, one in enumerate(bonds):
        c = float(couplings[one])
        constant += 3.0 * c * c
        pairs[one] -= 2.0 * c * c
        for other in bonds[:k]:
            twice = 2.0 * c * float(couplings[other])
            ends = sorted({*one} ^ {*other})
            if len(ends) == 2:
                pairs[ends[0], ends[1]] += twice
            else:
                products.append((one, other, twice))
    return Square(constant, dict(pairs), products)


def square_terms(driver: Any, couplings: NDArray[np.float64]) -> Any:
    """Expression of H² in spin operators; sites increase in every term."""
    squared = square(couplings)
    sites, numbers = defaultdict[str, list[int]](list), defaultdict[str, list[float]](list)
    for bond, c in squared.pairs.items():
        sites[PAIR].extend(bond)
        numbers[PAIR].append(PAIR_UNIT * c)
    for one, other, c in squared.products:
        order, weights = recoupled(one, other)
        for spin, weight in enumerate(weights):
            if weight:
                name = f"(T+(T+(T+T){2 * spin})2)0"
                sites[name].extend(order)
                numbers[name].append(PAIR_UNIT**2 * c * weight)
    terms = driver.expr_builder()
    for name, at in sites.items():
        terms.add_term(name, at, numbers[name])
    terms.add_const(squared.constant)
    return terms


def recoupled(one: Bond, other: Bond) -> tuple[Sequence[int], tuple[float, float, float]]:
    """(T_iT_j)₀ (T_kT_l)₀ with its sites in order, in (T_a (T_b (T_c T_d)_J)₁)₀ for J = 0, 1, 2.

    Spins of 1 are coupled one after the other from the right. Bonds side by side are of this form
    as they stand. For others the sites b, c, d couple to a spin of 1 in another order, by
    (−1)^J √(2J + 1)/3 where one bond encloses the other, and without the sign where they cross:
    Wigner's 6j symbol {1 1 J; 1 1 0} is (−1)^J/3.
    """
    (a, b), (c, d) = sorted((one, other))
    if b < c:
        return (a, b, c, d), (1.0, 0.0, 0.0)
    roots = [math.sqrt(2 * spin + 1) / 3.0 for spin in range(3)]
    if b < d:
        return (a, c, b, d), (roots[0], roots[1], roots[2])
    return (a, c, d, b), (roots[0], -roots[1], roots[2])


def moments(driver: Any, state: Any, operator: Any, couplings: NDArray[np.float64]) -> Moments:
    """⟨H⟩ and ⟨H²⟩ of block2's state; `operator` is H, of these couplings."""
    squared = driver.get_mpo(square_terms(driver, couplings).finalize(adjust_order=False))
    mean, mean_square = (driver.expectation(state, x, state) for x in (operator, squared))
    return float(mean), float(mean_square)


@torch.no_grad()
def certified(
    state: Mps, couplings: NDArray[np.float64], known: Sequence[Moments]
) -> tuple[Tensor, Tensor, Tensor]:
    """⟨H⟩ and ⟨H²⟩ − ⟨H⟩², (B,), as `energy_and_variance` gives them, and C, (B, N, N); float64.

    Args:
        state: the states as they were handed over.
        couplings: of as many Hamiltonians, those above the diagonal, float64 (B, N, N).
        known: moments of each, in the units of the couplings.

    Raises:
        WorkError: a state has another energy than before the hand-over.
    """
    before, squared = torch.tensor(known, dtype=torch.float64).T
    correlation = isotropic_correlation(state, densities(state))
    energy = 3.0 * (torch.from_numpy(couplings) * correlation).sum((1, 2))
    off = float((energy - before).abs().max()) / state.n_sites
    if not off < _SAME_STATE:
        raise WorkError(
            f"the state that block2 handed over has an energy that is off by {off:.1e} a site."
        )
    return energy, (squared - before.square()).clamp(min=0.0), correlation
