"""Labels that live on pairs of sites, and their flattened form."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import has_pairs
from baselines.inputs.geometry import site_distances
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.config import Config
from builders.physics.hamiltonian import chain_bonds
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task


@dataclass(frozen=True)
class Pairs:
    """The K pairs of sites that a label speaks of.

    Attributes:
        sites: int64 (K, 2), left site first.
        config: whose sites they are; its geometry has distances.
        is_matrix: whether the label is a symmetric (N, N) matrix with ones on the diagonal;
            else it is a vector over neighbouring pairs.
    """

    sites: NDArray[np.int64]
    config: Config
    is_matrix: bool

    @staticmethod
    def of(task: Task, config: Config) -> "Pairs":
        """The pairs of a task about pairs.

        Raises:
            RequestError: its labels are not those of pairs.
        """
        n = config.size.sites
        shape = task.shape(config.size) if isinstance(task, Regression) and task.of_pairs else None
        if shape in {(n, n), (n - 1,)}:
            return Pairs(_sites(n, is_matrix=shape == (n, n)), config, shape == (n, n))
        raise RequestError(
            f"labels of task {task.name} are not those of pairs of sites, which this model needs. "
            "Choose another baseline (`qslbench list baselines --json`)."
        )

    @property
    def size(self) -> Size:
        """A chain or a lattice of N sites."""
        return self.config.size

    @property
    def n_sites(self) -> int:
        """N."""
        return self.size.sites

    @cached_property
    def distance(self) -> NDArray[np.int64]:
        """Steps from one site to the other, int64 (K,); j − i on a chain."""
        far = site_distances(self.config.family, self.size)
        return far[self.sites[:, 0], self.sites[:, 1]]

    @property
    def edge(self) -> NDArray[np.int64]:
        """Site numbers between the pair and the nearer end, int64 (K,).

        The same for a pair and its image in a chain reflected or a lattice turned by 180°.
        """
        return np.minimum(self.sites[:, 0], self.n_sites - 1 - self.sites[:, 1])

    @property
    def groups(self) -> NDArray[np.int64]:
        """Pairs that are alike: of equal distance, or neighbours of equal `edge`, int64 (K,)."""
        return self.distance if self.is_matrix else self.edge

    def carry(self, values: NDArray[np.float64], config: Config) -> NDArray[np.float64]:
        """Values of these pairs (K,) as those of alike pairs of another config, (K',).

        Pairs that are alike (`groups`) get their mean; beyond the largest group the two largest
        take turns, since far from an end, and at far distances, only even and odd differ.
        """
        sites = _sites(config.size.sites, is_matrix=self.is_matrix)
        there = replace(self, sites=sites, config=config).groups
        count = np.bincount(self.groups)
        means = np.bincount(self.groups, weights=values) / count.clip(1)
        last = len(count) - 1
        beyond = np.maximum(last - (there - last) % 2, self.groups.min())
        return np.asarray(means[np.where(there > last, beyond, there)])

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


def _sites(n: int, *, is_matrix: bool) -> NDArray[np.int64]:
    return np.stack(np.triu_indices(n, 1), axis=1) if is_matrix else chain_bonds(n)


@dataclass(frozen=True)
class Entries:
    """Labels that belong to no pairs of sites: their L entries as they stand."""

    def read(self, labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """The labels."""
        return labels

    def write(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values."""
        return values


def layout(task: Task, config: Config) -> Pairs | Entries:
    """Pairs, of which a symmetric matrix holds each twice, where labels are those of pairs."""
    return Pairs.of(task, config) if has_pairs(task, config) else Entries()
