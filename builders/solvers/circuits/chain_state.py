"""The state of a circuit on a chain as a matrix product state: labels and random-Pauli shots."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from builders.core.threads import one_thread
from builders.physics.hamiltonian import Sector
from builders.solvers.mps import measure
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.means import magnetization
from builders.solvers.mps.mps import Blocks
from builders.solvers.mps.sampling import sample_shots

Floats = NDArray[np.float64]


class ChainState:
    """A state of N sites without a symmetry.

    Args:
        tensors: N of them, complex (left, 2, right), in any gauge. The first has left = 1, the last
            right = 1.

    Attributes:
        mps: it, in a batch of one.

    Raises:
        WorkError: its norm is not 1.
    """

    def __init__(self, tensors: Sequence[NDArray[np.complex128]]) -> None:
        sites = [
            {(0, s): torch.from_numpy(np.ascontiguousarray(a[:, s])) for s in (0, 1)}
            for a in tensors
        ]
        with one_thread():
            self.mps = right_canonical(sites, Sector("none"))

    def magnetization(self) -> Floats:
        """⟨Z_i⟩, float64 (N,)."""
        return self._row(magnetization(self.mps, self._densities))

    def correlation(self) -> Floats:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        with one_thread():
            return self._row(measure.correlation(self.mps, self._densities))

    def renyi2(self) -> Floats:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        return self._row(measure.pair_entropies(self.mps, self._densities))

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (n_shots, N); the first M of more shots are the same."""
        with one_thread():
            shots: NDArray[np.uint8] = sample_shots(self.mps, n_shots, [rng])[0]
        return shots

    @cached_property
    def _densities(self) -> list[Blocks]:
        with one_thread():
            return measure.densities(self.mps)

    @staticmethod
    def _row(values: Any) -> Floats:
        return np.asarray(values[0].double().numpy())
