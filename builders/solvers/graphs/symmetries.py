"""Angles that say the same, brought to one form, so that there is something to learn.

The expected cut does not change under

- β_k → β_k + π/2: X on all qubits, which commutes with everything;
- all angles → minus themselves: complex conjugation;
- of whole weights γ_k → γ_k + 2π; where all degrees are even γ_k → γ_k + π; where all are odd
  γ_k → γ_k + π with β_j → −β_j for all j ≥ k: Z on all qubits, past the mixers that follow.

The form that is kept has every β in (−π/4, π/4], every γ in the half-open interval about 0 of its
period, and γ_1 ≥ 0.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def canonical(weights: Floats, angles: Floats) -> Floats:
    """The kept form of angles (R, 2p) of graphs (R, V, V), float64 (R, 2p)."""
    return np.stack([_canonical(w, row) for w, row in zip(weights, angles, strict=True)])


def _canonical(weights: Floats, angles: Floats) -> Floats:
    depth = len(angles) // 2
    gamma, beta = angles[:depth].copy(), angles[depth:].copy()
    degrees = weights.sum(axis=1) if np.array_equal(weights, np.rint(weights)) else None
    if degrees is not None:
        parity = np.unique(degrees % 2)
        period = np.pi if len(parity) == 1 else 2.0 * np.pi
        for k in range(depth):
            turns = np.ceil(gamma[k] / period - 0.5)
            gamma[k] -= turns * period
            if len(parity) == 1 and parity[0] == 1 and turns % 2:
                beta[k:] *= -1.0
    beta -= 0.5 * np.pi * np.ceil(beta / (0.5 * np.pi) - 0.5)
    sign = -1.0 if gamma[0] < 0 else 1.0
    return np.concatenate([sign * gamma, sign * beta])
