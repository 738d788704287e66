"""Exact ground states of open Ising and XY chains, as free fermions, at any size.

H = − Σ_i Jz_i Z_i Z_{i+1} − Σ_i Jy_i Y_i Y_{i+1} − Σ_i h_i X_i with P = Π X_i, numbers of any sign.
With the Majorana operators a_j = (Π_{k<j} X_k) Z_j and b_j = (Π_{k<j} X_k) Y_j it is
H = i Σ_jk a_j M_jk b_k, where M_jj = −h_j, M_{j+1,j} = Jz_j and M_{j,j+1} = Jy_j. For M = U s Vᵀ
the vacuum has the energy −Σ s and the covariance G_jk = ⟨i a_j b_k⟩ = −(U Vᵀ)_jk, all ⟨a a⟩ and
⟨b b⟩ being those of the identity. Its parity is P = det G; the ground state of the other parity
has the cheapest mode filled, which turns the sign of that mode in G (E. Lieb, T. Schultz,
D. Mattis, Ann. Phys. 16, 407 (1961); P. Pfeuty, Ann. Phys. 57, 79 (1970)).

The XY chain in its usual letters, with the field along Z, is this one with X and Z exchanged: its
C, which is a mean over the three letters, and its entropies are the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from builders.physics.hamiltonian import SAME_ENERGY

DEGENERATE = 1e-10
"""Gaps below this, in units of the highest level, count as none: the covariance would be known to
worse than about 1e-16 / 1e-10 = 1e-6."""


@dataclass(frozen=True, eq=False)
class FreeFermionState:
    """A fermionic Gaussian state with P = ±1 and real correlations.

    Attributes:
        energy: ⟨H⟩, in the units of H.
        gap: distance to the next level with the same P, in the units of H.
        covariance: float64 (N, N), G_jk = ⟨i a_j b_k⟩, orthogonal with determinant P.
    """

    energy: float
    gap: float
    covariance: NDArray[np.float64]

    def __post_init__(self) -> None:
        square = self.covariance @ self.covariance.T
        if not np.allclose(square, np.eye(len(square)), rtol=0.0, atol=1e-10):
            raise ValueError(f"{np.abs(square - np.eye(len(square))).max()=}: not a pure state")

    @property
    def parity(self) -> int:
        """P = det G, +1 or −1."""
        return int(np.linalg.slogdet(self.covariance)[0])

    @property
    def n_sites(self) -> int:
        """Number of sites N."""
        return len(self.covariance)

    def x(self) -> NDArray[np.float64]:
        """⟨X_i⟩ = G_ii, float64 (N,)."""
        return self.covariance.diagonal().copy()

    def xx(self) -> NDArray[np.float64]:
        """⟨X_i X_j⟩ = G_ii G_jj − G_ij G_ji, float64 (N, N), 1 on the diagonal."""
        x = self.x()
        out = np.outer(x, x) - self.covariance * self.covariance.T
        np.fill_diagonal(out, 1.0)
        return out

    def zz(self) -> NDArray[np.float64]:
        """⟨Z_i Z_j⟩, float64 (N, N), 1 on the diagonal: determinants of blocks of G."""
        return _string_correlations(self.covariance)

    def yy(self) -> NDArray[np.float64]:
        """⟨Y_i Y_j⟩, float64 (N, N), 1 on the diagonal: Y is Z with a and b exchanged."""
        return _string_correlations(self.covariance.T)

    def correlation(self) -> NDArray[np.float64]:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        return (self.xx() + self.yy() + self.zz()) / 3.0

    def renyi2(self) -> NDArray[np.float64]:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        return np.array([self._entropy(a, a + 2) for a in range(self.n_sites - 1)])

    def renyi2_blocks(self) -> NDArray[np.float64]:
        """S2 of the left block of every cut (1 … N−1 sites), float64 (N−1,), in bit."""
        return np.array([self._entropy(0, cut) for cut in range(1, self.n_sites)])

    def _entropy(self, start: int, stop: int) -> float:
        """S2 of the sites start … stop−1: tr ρ² = Π (1 + ν²)/2 over the singular values of G there.

        A block of neighbouring sites is a block of fermions: with a definite P only even operators
        have an expectation value.
        """
        values = np.linalg.svd(self.covariance[start:stop, start:stop], compute_uv=False)
        return max(0.0, -float(np.log2((1.0 + values**2) / 2.0).sum()))


def tfim_ground_state(J: ArrayLike, h: ArrayLike, parity: int = 1) -> FreeFermionState:
    """The ground state of − Σ J_i Z_i Z_{i+1} − Σ h_i X_i (open chain) with Π X_i = parity.

    Args:
        J: float (N−1,), couplings of any sign.
        h: float (N,), fields of any sign, N ≥ 2.
        parity: +1 or −1.

    Raises:
        RequestError: wrong lengths, values that are not finite, a ground level that is
            degenerate inside the sector.
    """
    coupling, field = checked_chain(J, h)
    M = np.diag(coupling, -1) - np.diag(field)
    return _ground_state(M, parity)


def xy_ground_state(
    J: ArrayLike, h: ArrayLike, gamma: float, parity: int | None = None
) -> FreeFermionState:
    """The ground state of − Σ J_i [(1+γ)/2 XX + (1−γ)/2 YY]_{i,i+1} − Σ h_i Z_i (open chain).

    It has the parity Π Z_i that is given, or that of the lower energy, +1 where both agree within
    `SAME_ENERGY`.
    Its letters are those of the module: ask `zz` for ⟨X_i X_j⟩ and `xx` for ⟨Z_i Z_j⟩.

    Args:
        J: float (N−1,), couplings of any sign.
        h: float (N,), fields of any sign, N ≥ 2.
        gamma: anisotropy.
        parity: +1 or −1.

    Raises:
        RequestError: wrong lengths, values that are not finite, a ground level that is
            degenerate inside the sector.
    """
    coupling, field = checked_chain(J, h)
    x, y = (coupling * (1.0 + sign * float(gamma)) / 2.0 for sign in (1.0, -1.0))
    M = np.diag(x, -1) + np.diag(y, 1) - np.diag(field)
    return _ground_state(M, parity)


def checked_chain(J: ArrayLike, h: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Couplings (N−1,) and fields (N,) as finite float64 arrays.

    Raises:
        RequestError: wrong lengths, N < 2, values that are not finite.
    """
    coupling, field = np.asarray(J, dtype=np.float64), np.asarray(h, dtype=np.float64)
    if field.ndim != 1 or field.size < 2 or coupling.shape != (field.size - 1,):
        raise RequestError(
            f"J has shape {coupling.shape} and h {field.shape}. Give (N-1,) and (N,), N >= 2."
        )
    if not (np.isfinite(coupling).all() and np.isfinite(field).all()):
        raise RequestError("J or h holds values that are not finite. Give finite numbers.")
    return coupling, field


def _ground_state(M: NDArray[np.float64], parity: int | None) -> FreeFermionState:
    """The lowest state of i Σ a M b with the given P, or with either and +1 where both agree."""
    left, levels, right = np.linalg.svd(M)
    energy, gap = -levels.sum(), 2.0 * (levels[-1] + levels[-2])
    odd = np.linalg.slogdet(-left @ right)[0] < 0
    same = 2.0 * levels[-1] <= SAME_ENERGY * len(M) * np.abs(M).max()
    if (odd and parity is None and same) or (parity is not None and odd != (parity < 0)):
        right[-1] *= -1.0
        energy, gap = energy + 2.0 * levels[-1], 2.0 * (levels[-2] - levels[-1])
    if gap <= DEGENERATE * levels[0]:
        sector = "of its parity" if parity is None else f"of parity {parity:+d}"
        raise RequestError(
            f"the ground level is degenerate in the sector {sector} (gap {gap:.1e}): no "
            "unique state. Choose other parameters."
        )
    return FreeFermionState(float(energy), float(gap), -left @ right)


def _string_correlations(G: NDArray[np.float64]) -> NDArray[np.float64]:
    """⟨Z_i Z_j⟩ = (−1)^r det G[i+1…j, i…j−1] with r = j − i, for all pairs.

    Z_iZ_j is the product of −i a_{k+1} b_k over k = i … j−1. For r > N/2 the smaller complementary
    minor is taken, equal up to (−1)^r det G because G is orthogonal (Jacobi).
    """
    n = len(G)
    parity = np.linalg.slogdet(G)[0]
    out = np.eye(n)
    for r in range(1, n):
        i = np.arange(n - r)[:, None]
        if 2 * r <= n:
            rows, columns, sign = i + 1 + np.arange(r), i + np.arange(r), (-1.0) ** r
        else:
            t = np.arange(n - r)
            rows, columns, sign = np.where(t <= i, t, t + r), np.where(t < i, t, t + r), parity
        values = sign * np.linalg.det(G[rows[:, :, None], columns[:, None, :]])
        out[i[:, 0], i[:, 0] + r] = out[i[:, 0] + r, i[:, 0]] = values
    return out
