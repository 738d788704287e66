"""The couplings of a Hamiltonian as a graph: fields on sites, couplings on edges."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.geometry import Support, site_distances, support
from baselines.inputs.pair_features import RANGE
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian_family import need_hamiltonian

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CouplingGraph:
    """Sites are nodes, couplings of at most `RANGE` steps are edges; chains and lattices alike.

    Values are standardised with the training rows', each kind of field, and each kind and range
    of coupling, as a whole. What is constant is 0, and what lies outside the training rows' values
    is read as the nearest of them: a network says anything where it has seen nothing.

    Attributes:
        family: the family of the Hamiltonians.
        size: the system that is asked about.
        reference: size and parameters, float64 (n, P), of the training rows.
    """

    family: Family
    size: Size
    reference: tuple[Size, Floats]

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """First and last site of every edge, int64 (2, E); couplings without a value come last."""
        valued = _near(self.family, self.size)[0].sites
        return np.concatenate([valued, _fixed(self.family, self.size, valued)]).T.copy()

    def __call__(self, parameters: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Float64 (R, P) → nodes float32 (R, N, F) and edges float32 (R, E, G).

        A node holds its fields, and the values of the row as a whole: scalars, and mean and
        maximum of each kind of coupling. An edge holds its coupling in the channel of its kind and
        range; several couplings of the same two sites are edges of their own. Edges of couplings
        that no parameter belongs to hold zeros.
        """
        couplings, kind, fields, field = _near(self.family, self.size)
        nodes = np.zeros((len(parameters), self.size.sites, len(self._fields)))
        kinds = max(1, len(self._couplings))  # a network needs a channel, if an empty one
        edges = np.zeros((len(parameters), self.edges.shape[1], kinds))
        for g, seen in enumerate(self._couplings):
            at = np.flatnonzero(kind == g)
            edges[:, at, g] = seen(parameters[:, couplings.entry[at]])
        for g, seen in enumerate(self._fields):
            at = np.flatnonzero(field == g)
            nodes[:, fields.sites[at, 0], g] = seen(parameters[:, fields.entry[at]])
        columns = _whole(self.family, self.size, parameters).T
        whole = np.zeros((len(parameters), len(self._whole)))
        for g, (seen, column) in enumerate(zip(self._whole, columns, strict=True)):
            whole[:, g] = seen(column)
        everywhere = np.repeat(whole[:, None], self.size.sites, axis=1)
        nodes = np.concatenate([nodes, everywhere], axis=2)
        return nodes.astype(np.float32), edges.astype(np.float32)

    @cached_property
    def _couplings(self) -> "list[_Seen]":
        couplings, kind, _, _ = _near(self.family, self.reference[0])
        return _statistics(self.reference[1][:, couplings.entry], kind)

    @cached_property
    def _fields(self) -> "list[_Seen]":
        _, _, fields, field = _near(self.family, self.reference[0])
        return _statistics(self.reference[1][:, fields.entry], field)

    @cached_property
    def _whole(self) -> "list[_Seen]":
        return [_Seen.of(column) for column in _whole(self.family, *self.reference).T]


@dataclass(frozen=True)
class _Seen:
    """Mean, spread, least and largest value of what training rows hold; no spread is infinite."""

    mean: float
    spread: float
    least: float
    largest: float

    @staticmethod
    def of(values: Floats) -> "_Seen":
        spread, largest = float(values.std()), float(np.abs(values).max(initial=0.0))
        ends = float(values.min()), float(values.max())
        return _Seen(float(values.mean()), spread if spread > 1e-9 * largest else np.inf, *ends)

    def __call__(self, values: Floats) -> Floats:
        return np.asarray((values.clip(self.least, self.largest) - self.mean) / self.spread)


def _near(
    family: Family, size: Size
) -> tuple[Support, NDArray[np.int64], Support, NDArray[np.int64]]:
    """Couplings with their kind and range, numbered, and fields with their kind, numbered."""
    terms = support(family, size)
    length = site_distances(family, size)[terms.sites[:, 0], terms.sites[:, 1]]
    code = terms.kind * (RANGE + 1) + length
    parts: list[Support | NDArray[np.int64]] = []
    for chosen in ((length > 0) & (length <= RANGE), length == 0):
        part = terms.entry[chosen], terms.sites[chosen], terms.kind[chosen], terms.common
        parts += [Support(*part), np.unique(code[chosen], return_inverse=True)[1]]
    return tuple(parts)  # type: ignore[return-value]


def _fixed(family: Family, size: Size, valued: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sites that a string of the Hamiltonian couples and no parameter of their own does, (E, 2)."""
    ones = np.ones(family.flat_length(size))
    terms = need_hamiltonian(family).hamiltonian(size, family.unflatten(size, ones)).terms
    ends = np.concatenate([term.sites[:, [0, -1]] for term in terms])
    length = site_distances(family, size)[ends[:, 0], ends[:, 1]]
    bonds = np.unique(np.sort(ends[(length > 0) & (length <= RANGE)], axis=1), axis=0)
    known = {tuple(pair) for pair in np.sort(valued, axis=1).tolist()}
    left = [pair for pair in bonds.tolist() if tuple(pair) not in known]
    return np.array(left, dtype=np.int64).reshape(-1, 2)


def _whole(family: Family, size: Size, parameters: Floats) -> Floats:
    """Scalars; mean and maximum of every kind and range of coupling, float64 (R, G)."""
    couplings, kind, _, _ = _near(family, size)
    columns = [parameters[:, couplings.common]]
    for g in range(kind.max(initial=-1) + 1):
        part = parameters[:, couplings.entry[kind == g]]
        columns.append(np.stack([part.mean(axis=1), part.max(axis=1)], axis=1))
    return np.concatenate(columns, axis=1)


def _statistics(values: Floats, kind: NDArray[np.int64]) -> list[_Seen]:
    return [_Seen.of(values[:, kind == g]) for g in range(kind.max(initial=-1) + 1)]
