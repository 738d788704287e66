"""What a closed form tells of a ground state: enough to check a solver by."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class ClosedForm(Protocol):
    """A ground state whose labels are known without a solver."""

    @property
    def energy(self) -> float:
        """⟨H⟩ in the units of H."""

    def correlation(self) -> NDArray[np.float64]:
        """C_ij, float64 (N, N)."""

    def renyi2(self) -> NDArray[np.float64]:
        """Rényi-2 entropies of the pairs (a, a+1), float64 (N−1,), in bit."""
