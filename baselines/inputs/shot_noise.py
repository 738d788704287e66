"""How the shot noise of different pairs goes together.

Estimates of C_ij and C_il share the shots of site i. For one shot, with K = 1 + (C − 1)/3,
cov(Ĉ_ij, Ĉ_kl) = 3 (K_ik K_jl + K_il K_jk)/M for disjoint and for overlapping pairs, up to
four-point correlations beyond Gaussian ones (derived from the definition of the estimator: a
pair of equal bases has probability 1/3, three of them 1/9). So the noise is that of independent
pairs but for patterns that follow the order itself, where it is several times as large.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.pairs import Pairs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CommonNoise:
    """Noise that all pairs of an octave of distances have in common in a row.

    Noise of a pair = independent part + sign · u_band, u ~ N(0, covariance).

    Attributes:
        band: int64 (D,), octave of each distance.
        sign: float64 (D,), sign of the mean curve.
        covariance: float64 (B, B).
    """

    band: NDArray[np.int64]
    sign: Floats
    covariance: Floats

    @staticmethod
    def of(pairs: Pairs, distances: NDArray[np.int64], curve: Floats, unit: float) -> "CommonNoise":
        """From the mean curve.

        Args:
            pairs: all pairs of a chain.
            distances: int64 (D,), in order.
            curve: float64 (D,), mean correlation.
            unit: variance of the independent part.
        """
        n = pairs.n_sites
        apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        table = np.concatenate([[1.0], curve / 3.0])
        band = np.floor(np.log2(distances)).astype(np.int64)
        octave = np.concatenate([[-1], band])[apart]
        sign = np.sign(np.concatenate([[0.0], curve]))[apart]
        kernel = table[apart]
        shapes = [sign * (octave == b) for b in range(int(band.max()) + 1)]
        moved = [kernel @ shape @ kernel for shape in shapes]
        count = np.array([np.sum(s * s) for s in shapes]).clip(1.0)
        whole = np.array([[np.sum(s * m) for m in moved] for s in shapes]) / count / count[:, None]
        # Sums over both orders of a pair count everything twice: 2/count is one over the pairs.
        values, vectors = np.linalg.eigh(2.0 * unit * (whole - np.diag(1.0 / count)))
        return CommonNoise(band, np.sign(curve), (vectors * values.clip(0.0)) @ vectors.T)

    def gain(self, precision: Floats) -> Floats:
        """T with V⁻¹ = 1/σ² − P/σ² T Pᵀ/σ² (Woodbury), float64 (B, B).

        Args:
            precision: float64 (B,), number of pairs over σ², by band.
        """
        inner = np.eye(len(precision)) + self.covariance * precision
        gain = np.linalg.solve(inner, self.covariance)
        return np.asarray(0.5 * (gain + gain.T))
