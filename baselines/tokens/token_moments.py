"""Labels from drawn shadows, by the network's probabilities where outcomes would be noisier.

The mean over outcomes that a network gives in closed form has the same value as the mean over
drawn outcomes and less variance (Rao-Blackwell). Taken for granted is what every quantum state
obeys and a trained network nearly does: what is expected of a site, outcomes elsewhere being
averaged over, does not depend on the bases in which other sites were measured. In a sample, x is
the outcome of a site measured in basis P, m what was expected of P there, given the outcomes
before.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.tokens.token_network import BASES
from baselines.tokens.token_sampling import DrawnShadows
from builders.shadows.estimators import shadow_correlation, shadow_pair_purity

Floats = NDArray[np.float64]

NEAR = 8  # sites measured before, nearest by, to whose outcomes the expected values are fitted


def correlation(sample: DrawnShadows) -> Floats:
    """(⟨XX⟩ + ⟨YY⟩ + ⟨ZZ⟩)/3 of all pairs, float64 (N, N), 1 on the diagonal."""
    signs = sample.signs()
    parts = [
        _one_basis(signs[..., p], sample.bases[..., p], sample.means[..., p], sample.sites)
        for p in range(3)
    ]
    back = np.argsort(sample.sites)
    return np.asarray(sum(parts) / BASES)[np.ix_(back, back)]


def _one_basis(
    signs: Floats, measured: NDArray[np.bool_], means: Floats, place: NDArray[np.int64]
) -> Floats:
    """⟨P_i P_j⟩ of all pairs in the order in which sites were measured, float64 (N, N).

    With z_i = x_i − ⟨P_i⟩ where site i was measured in P, else 0, the covariance of i before j is
    3 E[z_i m_j]. What m_j owes to outcomes just before it, Σ_k b_k z_k, is noise for all other i:
    that part is put in through covariances that are known already (3 E[z_i z_k] is a third of
    that of i and k), and only the rest of m_j is averaged over shots. Any b_k give the same mean;
    those of least squares the least noise.
    """
    shots, sites = signs.shape
    mean = means.mean(axis=0)
    z = signs - measured * mean
    covariance = np.diag(1.0 - mean**2)
    for j in range(1, sites):
        near = np.sort(np.argsort(np.abs(place[:j] - place[j]), kind="stable")[:NEAR])
        rest = means[:, j] - mean[j]
        slope = np.linalg.lstsq(z[:, near], rest, rcond=None)[0]
        known = covariance[:j, near] / BASES
        known[near, np.arange(len(near))] *= BASES
        rest = rest - z[:, near] @ slope
        covariance[:j, j] = known @ slope + BASES * (z[:, :j].T @ rest) / shots
        covariance[j, :j] = covariance[:j, j]
    out = covariance + np.outer(mean, mean)
    return np.asarray(np.clip(out, -1.0, 1.0))


def pair_purity(sample: DrawnShadows) -> Floats:
    """Purity tr ρ² of neighbouring sites, ¼ Σ_PQ ⟨PQ⟩² over the 16 strings, float64 (N − 1,).

    ⟨P_a Q_b⟩ is the mean of m_a m_b + 3 (x_a − m_a) (m_b − ⟨Q_b⟩), its second part where a was
    measured in P. The square of a mean of S numbers is too large by their variance over S, which
    is taken off.
    """
    means, order = sample.means, np.argsort(sample.sites)
    surprise = sample.signs() - sample.bases * means
    # Of each pair of neighbours a is the one that was measured first.
    a, b = np.minimum(order[:-1], order[1:]), np.maximum(order[:-1], order[1:])
    left, right = means[:, a, :, None], means[:, b, None, :]
    pairs = left * right + BASES * surprise[:, a, :, None] * (right - right.mean(axis=0))
    site = _squared_mean(means[:, order]).sum(axis=1)
    pair = _squared_mean(pairs).sum(axis=(1, 2))
    return np.asarray(0.25 * (1.0 + site[:-1] + site[1:] + pair))


def _squared_mean(values: Floats) -> Floats:
    """Estimate of the square of the mean over the first axis."""
    return np.asarray(values.mean(axis=0) ** 2 - values.var(axis=0, ddof=1) / len(values))


MOMENTS: dict[Callable[..., Any] | None, Callable[[DrawnShadows], Floats]] = {
    shadow_correlation: correlation,
    shadow_pair_purity: pair_purity,
}
"""Estimate from shots → the same of drawn shots. Read from the other end, entries turn around."""
