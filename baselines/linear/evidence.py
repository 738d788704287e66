"""Bayesian linear regression with known noise, its prior variances chosen by the evidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 12
START = 1e-3
DOUBT = 1.0
"""Weights of size 0 that every group is thought to have seen before: without them groups of one
weight would stay on wherever it is above its error."""
# Sums in single precision: without it values with hardly any noise leave no positive matrix.
_ROUNDING = 1e-5
_SMALLEST = 1e-7  # of the largest prior variance: groups below are switched off


@dataclass(frozen=True)
class Posterior:
    """Of the weights.

    Attributes:
        weights: float64 (p,), their mean.
        degrees: Σ γ, the effective number of weights that the data determine: the trace of the
            smoother, which is also the sum of noise variances that predictions have.
    """

    weights: Floats
    degrees: float


def most_likely(gram: Floats, target: Floats, group: NDArray[np.int64]) -> Posterior:
    """The posterior of the weights of y = X w + noise of variance 1, with w ~ N(0, v_group).

    The v are the fixed points v_g = Σ w² / (Σ γ + DOUBT) over the weights of a group, where γ is
    how far the data determine a weight (MacKay, Neural Computation 4, 415 (1992)): they maximise
    the evidence times an inverse-gamma prior, and a group for which the data do not speak shrinks
    to nothing.

    Args:
        gram: XᵀX, float64 (p, p).
        target: Xᵀy, float64 (p,).
        group: int64 (p,), numbers from 0.
    """
    from scipy.linalg import cho_factor, cho_solve
    from scipy.linalg.lapack import dtrtri

    count = int(group.max(initial=-1)) + 1
    variances, weights, degrees = np.full(count, START), np.zeros(len(target)), 0.0
    for left in reversed(range(ROUNDS)):
        used = np.flatnonzero((variances >= _SMALLEST * variances.max(initial=0.0))[group])
        root = np.sqrt(variances[group[used]])
        inner = gram[np.ix_(used, used)] * root[:, None] * root
        inner[range(len(used)), range(len(used))] *= 1.0 + _ROUNDING
        inner[range(len(used)), range(len(used))] += 1.0
        factor = cho_factor(inner, lower=True, overwrite_a=True, check_finite=False)
        unit = cho_solve(factor, root * target[used])
        weights = np.zeros(len(target))
        weights[used] = root * unit
        if left:
            # (L Lᵀ)⁻¹ has the squared norms of the columns of L⁻¹ on its diagonal.
            inverse = np.tril(dtrtri(factor[0], lower=1)[0])
            known = 1.0 - np.einsum("kj,kj->j", inverse, inverse)
            square, sure = (np.bincount(group[used], x, count) for x in (unit**2, known))
            variances = variances * square / (sure + DOUBT)
            degrees = float(known.sum())
    return Posterior(weights, degrees)
