"""What a pair of sites sees of the Hamiltonian, in the same words for every pair.

Chains and lattices alike: a parameter near a pair is named by its kind and by where its sites lie
relative to the nearer site of the pair, so many steps towards the other one or away from it. The
names do not change under translation or reflection; parameters of one name are added.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.geometry import Support, site_distances, support
from baselines.inputs.pairs import Pairs
from builders.physics.family import Family

Floats = NDArray[np.float64]

RANGE = 4
"""Parameters on two sites further apart are left out."""

RADIUS = 3
"""Steps from a pair's nearer site to the sites of a parameter, at most."""

_CHUNK = 2000  # pairs at a time, when features are named


@dataclass(frozen=True)
class Incidence:
    """Which parameters are added to which feature of which pair.

    Attributes:
        matrix: scipy CSR (K·F, E) of counts.
        n_features: F.
        entry: int64 (E,), index in the flat parameter vector.
        group: int64 (E,), kind and range of each parameter, numbered.
        common: int64 (G,), entries without a site.
    """

    matrix: Any
    n_features: int
    entry: NDArray[np.int64]
    group: NDArray[np.int64]
    common: NDArray[np.int64]


class PairFeatures:
    """Features of the K pairs, standardised by the training rows.

    Args:
        family: the family of the Hamiltonians.
        pairs: the pairs.
        parameters: float64 (n, P) of the training rows.
        near: whether the parameters near the pair are seen; without them every pair sees the
            values of the row as a whole, and its place.
    """

    def __init__(
        self, family: Family, pairs: Pairs, parameters: Floats, *, near: bool = True
    ) -> None:
        self._near = near
        self._where = _incidence(family, pairs.size, pairs.is_matrix)
        self._pairs = pairs
        values = parameters[:, self._where.entry]
        count = self._where.group.max(initial=-1) + 1
        self._centre, self._spread = np.zeros(count), np.ones(count)
        for g in range(count):
            part = values[:, self._where.group == g]
            self._centre[g] = part.mean()
            # 0 stays 0 below: what is constant is not seen.
            self._spread[g] = part.std() if _varies(part) else np.inf
        shared = self._shared_raw(parameters)
        varies = np.array([_varies(column) for column in shared.T], dtype=np.bool_)
        self._shared_used = np.flatnonzero(varies)
        kept = shared[:, self._shared_used]
        self._shared_scale = (kept.mean(axis=0), kept.std(axis=0))
        self._ends = _ends(pairs)

    def __call__(self, parameters: Floats) -> NDArray[np.float32]:
        """Parameters float64 (R, P) → features float32 (R, K, F)."""
        group = self._where.group
        local = (parameters[:, self._where.entry] - self._centre[group]) / self._spread[group]
        seen = self._where.matrix @ local.T.astype(np.float32)
        n, pairs = len(parameters), len(self._pairs.sites)
        near = seen.reshape(pairs, self._where.n_features, n).transpose(2, 0, 1)
        mean, spread = self._shared_scale
        shared = ((self._shared_raw(parameters)[:, self._shared_used] - mean) / spread)[:, None]
        parts = [
            near[:, :, : None if self._near else 0],
            np.broadcast_to(shared, (n, pairs, shared.shape[2])),
            np.broadcast_to(self._ends, (n, *self._ends.shape)),
        ]
        return np.concatenate(parts, axis=2, dtype=np.float32)

    def _shared_raw(self, parameters: Floats) -> Floats:
        """Values of a row as a whole: scalars; mean and maximum of every kind and range."""
        columns = [parameters[:, self._where.common]]
        for g in range(self._where.group.max(initial=-1) + 1):
            part = parameters[:, self._where.entry[self._where.group == g]]
            columns.append(np.stack([part.mean(axis=1), part.max(axis=1)], axis=1))
        return np.concatenate(columns, axis=1)


def _varies(values: Floats) -> bool:
    return bool(values.std() > 1e-9 * np.abs(values).max(initial=0.0))


def _ends(pairs: Pairs) -> Floats:
    """Nearness of a chain's end, plain and alternating, float64 (K, 2); (K, 0) on a lattice."""
    if not pairs.size.is_chain:
        return np.zeros((len(pairs.sites), 0))
    near = 1.0 / (1.0 + pairs.edge)
    return np.stack([near, near * (-1.0) ** pairs.edge], axis=1)


@lru_cache(maxsize=4)
def _incidence(family: Family, size: Any, is_matrix: bool) -> Incidence:
    from scipy.sparse import csr_array

    terms, far = support(family, size), site_distances(family, size)
    length = far[terms.sites[:, 0], terms.sites[:, 1]]
    kept = np.flatnonzero(length <= RANGE)
    terms = Support(terms.entry[kept], terms.sites[kept], terms.kind[kept], terms.common)
    length = length[kept]
    group = np.unique(terms.kind * (RANGE + 1) + length, return_inverse=True)[1]
    n = size.sites
    sites = np.stack(np.triu_indices(n, 1), axis=1)
    if not is_matrix:
        sites = np.stack([np.arange(n - 1), np.arange(1, n)], axis=1)
    parts = [
        _named(far, sites[start : start + _CHUNK], terms, start)
        for start in range(0, len(sites), _CHUNK)
    ]
    names, pair, entry = (np.concatenate(x) for x in zip(*parts, strict=True))
    unique, feature = np.unique(names, return_inverse=True)
    at = (pair * len(unique) + feature, entry)
    shape = (len(sites) * len(unique), len(terms.entry))
    matrix = csr_array((np.ones(len(pair), dtype=np.float32), at), shape=shape)
    return Incidence(matrix, len(unique), terms.entry, group, terms.common)


def _named(
    far: NDArray[np.int64], sites: NDArray[np.int64], terms: Support, start: int
) -> tuple[NDArray[np.int64], ...]:
    """Names of all parameters near some pairs: (name, number of the pair, number of the entry)."""
    i, j = sites[:, :1], sites[:, 1:]
    base = 4 * RADIUS
    seen = []
    for end in (0, 1):
        u = terms.sites[None, :, end]
        to_i, to_j = far[i, u], far[j, u]
        near = np.minimum(to_i, to_j)
        inwards = to_i + to_j == far[i, j]
        seen.append((near, np.where(inwards, near, -near), np.sign(to_i - to_j)))
    (near_u, at_u, side_u), (near_v, at_v, side_v) = seen
    pair, entry = np.nonzero((near_u <= RADIUS) & (near_v <= RADIUS))
    low = np.minimum(at_u, at_v)[pair, entry] + RADIUS
    high = np.maximum(at_u, at_v)[pair, entry] + RADIUS
    across = (side_u * side_v)[pair, entry] < 0
    name = ((terms.kind[entry] * base + low) * base + high) * 2 + across
    return name, pair + start, entry
