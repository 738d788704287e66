"""Rotations by a right angle about X, and about ZZ, of stabilizer states."""

import numpy as np
from numpy.typing import NDArray

from builders.solvers.stabilizers.state import Bits, StabilizerState


def zz_rotated(state: StabilizerState, edges: NDArray[np.int64]) -> StabilizerState:
    """After R_ZZ(−π/2) = exp(iπ/4 Z_aZ_b) on every edge (E, 2), in any order.

    A string that anticommutes with Z_aZ_b becomes −i times itself times Z_aZ_b.
    """
    a, b = edges.T
    turned = state.x[:, a] ^ state.x[:, b]
    z = state.z.copy()
    for k, (one, other) in enumerate(edges):
        z[:, one] ^= turned[:, k]
        z[:, other] ^= turned[:, k]
    phase = (state.phase + 3 * turned.sum(axis=1, dtype=np.int64)) % 4
    return StabilizerState(state.x, z, phase.astype(np.uint8))


def x_rotated(state: StabilizerState, sites: NDArray[np.bool_]) -> StabilizerState:
    """After R_X(π/2) = exp(−iπ/4 X_i) on the sites of a mask (N,).

    A string that anticommutes with X_i becomes i times itself times X_i, which is −i times the
    string with X_i moved to the left of its Z_i.
    """
    turned: Bits = state.z & sites.astype(np.uint8)
    phase = (state.phase + 3 * turned.sum(axis=1, dtype=np.int64)) % 4
    return StabilizerState(state.x ^ turned, state.z, phase.astype(np.uint8))
