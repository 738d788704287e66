"""Exact ground states of Heisenberg lattices of up to 20 sites: Lanczos in the sector Σ Z = 0.

It shares no code with the solvers, nor with `builders.solvers.exact.diagonalization`, which holds
all 2^N amplitudes.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from builders.solvers.exact.state_vector import StateVector


def exact_heisenberg(
    n_sites: int, bonds: Sequence[tuple[int, int]], couplings: Sequence[float]
) -> tuple[StateVector, np.ndarray]:
    """The lowest state of Σ c (XX + YY + ZZ) with Σ Z = 0 for an even number of sites.

    Returns:
        The state, and ⟨Z_i Z_j⟩ as a (N, N) array: that is C, the state being a singlet.
    """
    words = np.arange(2**n_sites, dtype=np.int64)
    states = words[2 * np.bitwise_count(words) == n_sites]
    h = sparse.csr_array((states.size, states.size))
    for (i, j), c in zip(bonds, couplings, strict=True):
        ends = (1 << (n_sites - 1 - i)) | (1 << (n_sites - 1 - j))
        unequal = np.bitwise_count(states & ends) == 1
        # ZZ is ±1; XX + YY swaps unequal spins with the factor 2.
        rows = np.flatnonzero(unequal)
        columns = np.searchsorted(states, states[rows] ^ ends)
        h = h + sparse.csr_array((np.full(rows.size, 2.0 * c), (rows, columns)), shape=h.shape)
        h = h + sparse.diags_array(np.where(unequal, -c, c))
    start = np.random.default_rng(0).standard_normal(states.size)
    energy, vector = eigsh(h.tocsr(), k=1, which="SA", v0=start, tol=1e-13)
    psi = vector[:, 0] / np.linalg.norm(vector[:, 0])
    residual = np.linalg.norm(h @ psi - energy[0] * psi)
    assert residual < 1e-9
    whole = np.zeros(2**n_sites)
    whole[states] = psi
    z = 1.0 - 2.0 * ((states[:, None] >> np.arange(n_sites - 1, -1, -1)) & 1)
    return StateVector(float(energy[0]), residual**2, np.inf, whole), z.T @ (z * psi[:, None] ** 2)
