"""Exact evolution of open transverse-field Ising chains, as free fermions, at any size and time.

H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i on the sites 1 … N, with the Majorana operators of
`builders.solvers.exact.free_fermion`, a_j = (Π_{k<j} X_k) Z_j and b_j = (Π_{k<j} X_k) Y_j, is
i Σ_jk a_j M_jk b_k with M_jj = −h_j and M_{j+1,j} = J_j. Heisenberg's equation is linear in them,
d(a, b)/dt = K (a, b) with K = [[0, 2M], [−2Mᵀ, 0]], and the covariance Γ_mn = ⟨i w_m w_n⟩ of all
of them is Γ(t) = e^{Kt} Γ e^{−Kt}. With M = U s Vᵀ, once for all times,
e^{Kt} = [[U cos(2st) Uᵀ, U sin(2st) Vᵀ], [−V sin(2st) Uᵀ, V cos(2st) Vᵀ]].

Product states of Z are not Gaussian: they have no definite P = Π X. A boundary spin, site 0, which
H does not touch (h_0 = J_0 = 0), mends that. From |ψ⟩ make |Φ⟩ = (|↑⟩|ψ⟩ + |↓⟩ P|ψ⟩)/√2, whose
parity X_0 P is +1. As [H, P] = 0, |Φ(t)⟩ is made of |ψ(t)⟩ in the same way, and

    ⟨O⟩_ψ = ⟨O⟩_Φ where P O P = O,      ⟨O⟩_ψ = ⟨Z_0 O⟩_Φ where P O P = −O,

in both cases an even operator of the longer chain. For |ψ⟩ = |s_1 … s_N⟩ the state Φ is fixed by
Z_i Z_{i+1} = i b_i a_{i+1} = s_i s_{i+1} with s_0 = 1, and by the parity, i a_0 b_N = s_N: it is
Gaussian, and by Wick's theorem

    ⟨Z_i Z_j⟩ = Pf Γ[b_i a_{i+1} … b_{j−1} a_j],    ⟨Z_j⟩ = ⟨Z_0 Z_j⟩,
    ⟨Y_i Y_j⟩ = Pf Γ[b_{i+1} a_i … b_j a_{j−1}],    ⟨X_j⟩ = Γ[a_j b_j].

Squares of Pfaffians are principal minors, and sums of these over subsets one determinant, so that
the purity of the sites 1 … l is, with the odd operators (each is Z_0 O = b_0 times others),

    tr ρ² = 2^{−l} det(1 + Γ[b_0 a_1 b_1 … a_l b_l])

and that of the pair (j, j+1), with F = {a_j, b_j, a_{j+1}, b_{j+1}} and the string
W = {b_0, a_1, …, b_{j−1}} of its odd operators,

    tr ρ² = ¼ [det(1 + Γ[F]) + det(Γ[W F] + 1_F)].

Γ is orthogonal, so that the complement of W F or of the block, which holds a_0, gives the same and
is taken where it is smaller. A state of definite parity is Φ = |+⟩|ψ⟩: ⟨Z_0 O⟩ is 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.solvers.evolution.pfaffians import window_pfaffians
from builders.solvers.exact.free_fermion import checked_chain, tfim_ground_state

Floats = NDArray[np.float64]

PURE = 1e-9
"""How far Γ² may be from −1, beyond rounding of e^{Kt}, which is orthogonal to 1e-13."""


@dataclass(frozen=True, eq=False)
class GaussianStates:
    """T states of a chain of N sites and the boundary spin.

    Attributes:
        covariance: float64 (T, 2N+2, 2N+2), Γ_mn = ⟨i w_m w_n⟩ of w = a_0, b_0, a_1, b_1, …, b_N;
            antisymmetric, with the square −1.
    """

    covariance: Floats

    def __post_init__(self) -> None:
        square = self.covariance @ self.covariance
        off = np.abs(square + np.eye(square.shape[-1])).max()
        if not off <= PURE:
            raise ValueError(f"Γ² differs from −1 by {off=}: not pure states")

    @property
    def n_sites(self) -> int:
        """Number of sites N, without the boundary spin."""
        return int(self.covariance.shape[-1]) // 2 - 1

    def x(self) -> Floats:
        """⟨X_i⟩, float64 (T, N)."""
        return self._letters()[0].diagonal(axis1=1, axis2=2)[:, 1:].copy()

    def magnetization(self) -> Floats:
        """⟨Z_i⟩, float64 (T, N)."""
        return self._zz()[:, 0, 1:].copy()

    def xx(self) -> Floats:
        """⟨X_i X_j⟩, float64 (T, N, N), 1 on the diagonal."""
        ab, aa, bb = (block[:, 1:, 1:] for block in self._letters())
        x = ab.diagonal(axis1=1, axis2=2)
        return _filled(x[:, :, None] * x[:, None, :] - aa * bb - ab * ab.transpose(0, 2, 1))

    def yy(self) -> Floats:
        """⟨Y_i Y_j⟩, float64 (T, N, N), 1 on the diagonal."""
        site = np.arange(1, self.n_sites)
        return self._windows(np.stack([2 * site + 3, 2 * site], axis=1))

    def zz(self) -> Floats:
        """⟨Z_i Z_j⟩, float64 (T, N, N), 1 on the diagonal."""
        return self._zz()[:, 1:, 1:].copy()

    def correlation(self) -> Floats:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (T, N, N), 1 on the diagonal."""
        return np.asarray((self.xx() + self.yy() + self.zz()) / 3.0)

    def renyi2(self) -> Floats:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (T, N−1), in bit."""
        last = self.covariance.shape[-1]
        purity = []
        for first in range(2, last - 3, 2):
            pair = np.arange(first, first + 4)
            left, right = np.arange(1, first), np.r_[0, first + 4 : last]
            string = left if len(left) < len(right) else right
            even = self._minors(pair, np.ones(4))
            odd = self._minors(np.r_[string, pair], np.r_[np.zeros(len(string)), np.ones(4)])
            purity.append((even + odd) / 4.0)
        return np.maximum(0.0, -np.log2(np.stack(purity, axis=1)))

    def renyi2_blocks(self) -> Floats:
        """S2 of the left block of every cut (1 … N−1 sites), float64 (T, N−1), in bit."""
        last = self.covariance.shape[-1]
        entropy = []
        for stop in range(4, last, 2):
            block, rest = np.arange(1, stop), np.r_[0, stop:last]
            part = block if len(block) < len(rest) else rest
            minors = self.covariance[:, part[:, None], part] + np.eye(len(part))
            log2 = np.linalg.slogdet(minors)[1] / np.log(2.0)
            entropy.append(len(part) // 2 - log2)
        return np.asarray(np.maximum(0.0, np.stack(entropy, axis=1)))

    def labels(self) -> dict[str, Floats]:
        """All labels by name; ⟨ZZ⟩, which two of them need, is computed once."""
        zz = self._zz()
        return {
            "magnetization": zz[:, 0, 1:].copy(),
            "correlation": (self.xx() + self.yy() + zz[:, 1:, 1:]) / 3.0,
            "renyi2": self.renyi2(),
            "renyi2_blocks": self.renyi2_blocks(),
        }

    def energy(self, J: ArrayLike, h: ArrayLike) -> Floats:
        """⟨H⟩ of these couplings, float64 (T,), in their units."""
        ab = self._letters()[0]
        return np.asarray((ab * _coefficients(*checked_chain(J, h))).sum(axis=(1, 2)))

    def _letters(self) -> tuple[Floats, Floats, Floats]:
        """Γ of (a, b), (a, a) and (b, b), each float64 (T, N+1, N+1)."""
        g = self.covariance
        return g[:, ::2, 1::2], g[:, ::2, ::2], g[:, 1::2, 1::2]

    def _zz(self) -> Floats:
        """⟨Z_i Z_j⟩ with the boundary spin as site 0, float64 (T, N+1, N+1)."""
        site = np.arange(self.n_sites)
        return self._windows(np.stack([2 * site + 1, 2 * site + 2], axis=1))

    def _windows(self, pairs: NDArray[np.int64]) -> Floats:
        """Correlations that are Pfaffians of successive pairs of Majoranas, int (S−1, 2)."""
        order = pairs.ravel()
        values = window_pfaffians(self.covariance[:, order[:, None], order])
        out = np.zeros((len(values), len(pairs) + 1, len(pairs) + 1))
        out[:, :-1, 1:] = values
        return _filled(out + out.transpose(0, 2, 1))

    def _minors(self, part: NDArray[np.int64], diagonal: Floats) -> Floats:
        """det(Γ[part] + diag), float64 (T,)."""
        return np.asarray(
            np.linalg.det(self.covariance[:, part[:, None], part] + np.diag(diagonal))
        )


def product_start(spins: ArrayLike) -> Floats:
    """Γ of a product state of Z, float64 (2N+2, 2N+2).

    Args:
        spins: (N,), ⟨Z_i⟩ = +1 or −1.

    Raises:
        ValueError: other numbers.
    """
    signs = np.concatenate([[1.0], np.asarray(spins, dtype=np.float64)])
    if signs.ndim != 1 or not (np.abs(signs) == 1.0).all():
        raise ValueError(f"{spins=}: a row of +1 and -1 is needed")
    last = 2 * len(signs) - 1
    upper = np.zeros((last + 1, last + 1))
    bond = np.arange(len(signs) - 1)
    upper[2 * bond + 1, 2 * bond + 2] = signs[:-1] * signs[1:]
    upper[0, last] = signs[-1]
    return np.asarray(upper - upper.T)


def ground_start(J: ArrayLike, h: ArrayLike, parity: int = 1) -> Floats:
    """Γ of the ground state of these couplings with Π X = parity, float64 (2N+2, 2N+2).

    Raises:
        RequestError: see `tfim_ground_state`.
    """
    state = tfim_ground_state(J, h, parity)
    upper = np.zeros((2 * state.n_sites + 2, 2 * state.n_sites + 2))
    upper[0, 1] = 1.0
    upper[2::2, 3::2] = state.covariance
    return np.asarray(upper - upper.T)


def evolved(J: ArrayLike, h: ArrayLike, start: Floats, times: ArrayLike) -> GaussianStates:
    """The states e^{−iHt}|start⟩ at all times, which may have any sign.

    Args:
        J: float (N−1,), couplings.
        h: float (N,), fields.
        start: Γ at t = 0, float64 (2N+2, 2N+2), from `product_start` or `ground_start`.
        times: float (T,), in units of 1 / energy.

    Raises:
        RequestError: wrong lengths, values that are not finite.
        ValueError: a start of another length.
    """
    M = _coefficients(*checked_chain(J, h))
    if start.shape != (2 * len(M), 2 * len(M)):
        raise ValueError(f"{start.shape=}, {len(M) - 1} sites")
    left, levels, right = np.linalg.svd(M)
    phase = 2.0 * levels * np.asarray(times, dtype=np.float64)[:, None]
    cos, sin = np.cos(phase)[:, None], np.sin(phase)[:, None]
    turn = np.empty((len(phase), *start.shape))
    turn[:, ::2, ::2] = (left * cos) @ left.T
    turn[:, ::2, 1::2] = (left * sin) @ right
    turn[:, 1::2, ::2] = -(right.T * sin) @ left.T
    turn[:, 1::2, 1::2] = (right.T * cos) @ right
    covariance = turn @ start @ turn.transpose(0, 2, 1)
    return GaussianStates((covariance - covariance.transpose(0, 2, 1)) / 2.0)


def _coefficients(coupling: Floats, field: Floats) -> Floats:
    """M of the longer chain, float64 (N+1, N+1): H does not touch the boundary spin."""
    return np.asarray(np.diag(np.r_[0.0, coupling], -1) - np.diag(np.r_[0.0, field]))


def _filled(values: Floats) -> Floats:
    """The same with 1 on the diagonals."""
    site = np.arange(values.shape[-1])
    values[:, site, site] = 1.0
    return values
