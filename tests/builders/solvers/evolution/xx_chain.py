"""Free-fermion evolution of H = Σ J_i (X_i X_{i+1} + Y_i Y_{i+1}) from a product state of Z.

With up spins as fermions, H = Σ 2 J_i (c†_i c_{i+1} + h.c.), and G_ij = ⟨c†_i c_j⟩ evolves by
c(t) = e^{−iht} c. Everything follows by Wick's theorem.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class XxState:
    """G, complex (N, N)."""

    G: np.ndarray

    def magnetization(self) -> np.ndarray:
        return 2.0 * self.G.diagonal().real - 1.0

    def zz(self) -> np.ndarray:
        """⟨Z_i Z_j⟩ = ⟨Z_i⟩⟨Z_j⟩ − 4 |G_ij|²."""
        z = self.magnetization()
        out = np.outer(z, z) - 4.0 * np.abs(self.G) ** 2
        np.fill_diagonal(out, 1.0)
        return out

    def xx(self) -> np.ndarray:
        """⟨X_i X_j⟩ = ⟨Y_i Y_j⟩ = 2 Re ⟨c†_i Π_{i<k<j} (1 − 2 n_k) c_j⟩, a determinant."""
        n = len(self.G)
        out = np.eye(n)
        for i in range(n):
            for j in range(i + 1, n):
                rows, columns = [i, *range(i + 1, j)], [j, *range(i + 1, j)]
                matrix = self.G[np.ix_(rows, columns)].copy()
                matrix[1:] *= -2.0
                matrix[1:, 1:] += np.eye(j - i - 1)
                out[i, j] = out[j, i] = 2.0 * np.linalg.det(matrix).real
        return out

    def correlation(self) -> np.ndarray:
        return (2.0 * self.xx() + self.zz()) / 3.0

    def renyi2(self) -> np.ndarray:
        return np.array([self._entropy(a, a + 2) for a in range(len(self.G) - 1)])

    def renyi2_blocks(self) -> np.ndarray:
        return np.array([self._entropy(0, a) for a in range(1, len(self.G))])

    def _entropy(self, first: int, last: int) -> float:
        """Of free fermions whose modes are filled with the eigenvalues of a block of G."""
        filled = np.linalg.eigvalsh(self.G[first:last, first:last])
        return float(-np.log2(filled**2 + (1.0 - filled) ** 2).sum())


def xx_evolution(J: np.ndarray, up: np.ndarray, time: float) -> XxState:
    """The state at a time of spins that were up where `up` is true, down elsewhere."""
    levels, modes = np.linalg.eigh(np.diag(2.0 * J, 1) + np.diag(2.0 * J, -1))
    U = (modes * np.exp(-1j * time * levels)) @ modes.T
    return XxState(U.conj() @ np.diag(up.astype(complex)) @ U.T)
