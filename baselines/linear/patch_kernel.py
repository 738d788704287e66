"""A kernel between states that compares them patch by patch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.patch_states import patch_strings, weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PatchKernel:
    """k(S, S') = mean over patches A of Σ_P λ^|P| x_AP x'_AP, x the shadow estimates of strings P.

    With λ = 1 it is 2^w · tr ρ_A ρ'_A on average over shots; λ = ⅓ takes every string in units of
    its own shot noise, whose variance is 3^|P|/M. `shared` compares every patch with every other,
    that is the means of x over patches with one another.

    Attributes:
        sites: of the patches, int64 (A, w).
        decay: λ.
        shared: whether all patches are one.
    """

    sites: Ints
    decay: float
    shared: bool

    def features(self, shots: NDArray[np.uint8]) -> NDArray[np.float32]:
        """φ with k = φ·φ', float32 (R, A · 4^w), or (R, 4^w) if shared; of uint8 (R, M, N)."""
        return self.of_strings(patch_strings(shots, self.sites))

    def of_strings(self, strings: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same from what `patch_strings` estimates, float32 (R, A, 4^w)."""
        count, width = self.sites.shape
        scale = self.decay ** (0.5 * weights(width))
        if self.shared:
            return np.asarray(strings.mean(axis=1) * scale, dtype=np.float32)
        flat = (strings * (scale / np.sqrt(count))).reshape(len(strings), -1)
        return np.asarray(flat, dtype=np.float32)

    def __call__(self, left: NDArray[np.uint8], right: NDArray[np.uint8]) -> Floats:
        """Of every two rows, float64 (R, S)."""
        product = self.features(left) @ self.features(right).T
        return np.asarray(product, dtype=np.float64)
