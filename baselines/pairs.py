"""Labels that live on pairs of sites, and their flattened form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.errors import RequestError
from builders.hamiltonian import chain_bonds
from builders.names import Size
from leaderboard.regression import Regression
from leaderboard.task import Task


@dataclass(frozen=True)
class Pairs:
    """The K pairs of sites that a label speaks of.

    Attributes:
        sites: int64 (K, 2), left site first.
        n_sites: N.
        is_matrix: whether the label is a symmetric (N, N) matrix with ones on the diagonal;
            else it is a vector over neighbouring pairs.
    """

    sites: NDArray[np.int64]
    n_sites: int
    is_matrix: bool

    @staticmethod
    def of(task: Task, size: Size) -> "Pairs":
        """The pairs of a task, told by the shape of its label.

        Raises:
            RequestError: the label is neither (N, N) nor (N − 1,), or the size is a lattice.
        """
        n, shape = size.sites, task.shape(size) if isinstance(task, Regression) else None
        if size.is_chain and shape == (n, n):
            return Pairs(np.stack(np.triu_indices(n, 1), axis=1), n, True)
        if size.is_chain and shape == (n - 1,):
            return Pairs(chain_bonds(n), n, False)
        raise RequestError(
            f"task {task.name} at size {size} has labels of shape {shape}. This model needs pairs "
            "of sites of a chain: shape (N, N) or (N - 1,). Choose another baseline."
        )

    @property
    def distance(self) -> NDArray[np.int64]:
        """Distance j − i, int64 (K,)."""
        return self.sites[:, 1] - self.sites[:, 0]

    @property
    def edge(self) -> NDArray[np.int64]:
        """Sites between the pair and the nearer end of the chain, int64 (K,)."""
        return np.minimum(self.sites[:, 0], self.n_sites - 1 - self.sites[:, 1])

    def read(self, labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Flattened labels (R, L) → values of the pairs (R, K)."""
        if not self.is_matrix:
            return labels
        return labels[:, self.sites[:, 0] * self.n_sites + self.sites[:, 1]]

    def write(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inverse of `read`: (R, K) → (R, L), with ones on the diagonal of a matrix."""
        if not self.is_matrix:
            return values
        matrix = np.empty((len(values), self.n_sites, self.n_sites))
        i, j = self.sites.T
        matrix[:, i, j] = matrix[:, j, i] = values
        matrix[:, range(self.n_sites), range(self.n_sites)] = 1.0
        return matrix.reshape(len(values), -1)
