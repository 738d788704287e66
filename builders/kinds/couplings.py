"""What couples which sites, row by row: an edge list with weights, or dense matrices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders import families
from builders.core.errors import RequestError, unknown
from builders.core.names import parse_config
from builders.kinds.evolution import EvolutionFamily
from builders.kinds.graph import WEIGHTS, GraphFamily
from builders.physics.hamiltonian import PauliTerms
from builders.physics.hamiltonian_family import HamiltonianFamily

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Terms:
    """All strings of one kind, such as ZZ on every bond.

    Attributes:
        sites: int64 (K, length of the string), counted from 0, increasing along each row: of pairs
            the edge list, (E, 2).
        weights: float64 (R, K), the coefficients of every row, in the units of H; of a graph the
            weights of its edges.
        n_sites: N.
    """

    sites: NDArray[np.int64]
    weights: Floats
    n_sites: int

    def dense(self) -> Floats:
        """Of pairs symmetric matrices, float64 (R, N, N), zero on the diagonal; of single sites
        vectors, float64 (R, N). Strings of the same sites are added.

        Raises:
            RequestError: strings of three sites or more.
        """
        length = self.sites.shape[1]
        if length > 2:
            raise RequestError(
                f"strings of {length} sites are no matrix: use `sites` and `weights`."
            )
        rows = len(self.weights)
        out = np.zeros((rows, *(self.n_sites,) * length))
        at = tuple(self.sites.T)
        for row, weights in zip(out, self.weights, strict=True):
            np.add.at(row, at, weights)
        return out if length == 1 else out + out.transpose(0, 2, 1)


@dataclass(frozen=True, eq=False)
class Couplings(Mapping[str, Terms]):
    """The Hamiltonians of some rows, by the letters of their strings: `ZZ`, `X`, …; of weighted
    graphs the one kind `w`.
    """

    terms: Mapping[str, Terms]

    def __getitem__(self, letters: str) -> Terms:
        """The strings of some letters.

        Raises:
            RequestError: there are none.
        """
        if letters not in self.terms:
            raise unknown("kind of string", letters, self.terms)
        return self.terms[letters]

    def __iter__(self) -> Iterator[str]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)


def couplings(config: str, parameters: ArrayLike) -> Couplings:
    """The couplings and fields of rows, from their flat parameters.

    Args:
        config: name of their config, such as `tfim_1d_n048`.
        parameters: float64 (R, P), or (P,) of one row, as the column `parameters` and
            `Cell.parameters` hold them.

    Returns:
        Letters of the strings of H → `Terms`: an edge list with weights a row, and `dense()`
        matrices. Of an evolution, H is the one after the quench.

    Raises:
        RequestError: no such config, another length of parameters, or rows that no Hamiltonian and
            no graph makes.

    >>> import qslbench
    >>> data = qslbench.load("data", "tfim_1d_n008")
    >>> found = qslbench.couplings("tfim_1d_n008", data["train"]["parameters"])
    >>> list(found), found["ZZ"].sites.shape, found["ZZ"].weights.shape
    (['ZZ', 'X'], (7, 2), (12, 7))
    >>> found["ZZ"].dense().shape, found["X"].dense().shape
    ((12, 8, 8), (12, 8))
    """
    said = parse_config(config)
    family, size = families.load(said.family), said.size
    family.check_size(size)
    rows = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != family.flat_length(size):
        raise RequestError(
            f"parameters have shape {rows.shape}; (R, {family.flat_length(size)}) is needed for "
            f"{config}."
        )
    if isinstance(family, GraphFamily):
        edges = np.stack(np.triu_indices(size.sites, 1), axis=1).astype(np.int64)
        weights = family.weights(size, rows)[:, edges[:, 0], edges[:, 1]]
        used = (weights != 0).any(axis=0)
        return Couplings({WEIGHTS: Terms(edges[used], weights[:, used], size.sites)})
    if not isinstance(family, HamiltonianFamily | EvolutionFamily):
        raise RequestError(
            f"rows of {family.name} are made ({family.method}), and no Hamiltonian and no graph "
            "stands behind their parameters."
        )
    made = [family.hamiltonian(size, family.unflatten(size, row)).terms for row in rows]
    found: dict[str, list[list[PauliTerms]]] = {}
    for k, terms in enumerate(made):
        for term in terms:
            found.setdefault(term.paulis, [[] for _ in made])[k].append(term)
    return Couplings({letters: _joined(of_rows, size.sites) for letters, of_rows in found.items()})


def _joined(of_rows: list[list[PauliTerms]], n_sites: int) -> Terms:
    """Strings of the same letters, of all rows, over the sites that any row has them on."""
    width = next(len(term.paulis) for terms in of_rows for term in terms)
    sites = [
        np.concatenate([t.sites for t in terms] or [np.empty((0, width), np.int64)])
        for terms in of_rows
    ]
    values = [np.concatenate([t.coefficients for t in terms] or [np.empty(0)]) for terms in of_rows]
    if all(np.array_equal(sites[0], other) for other in sites):
        return Terms(sites[0], np.stack(values), n_sites)
    every, place = np.unique(np.concatenate(sites), axis=0, return_inverse=True)
    weights = np.zeros((len(of_rows), len(every)))
    start = 0
    for row, part in zip(weights, values, strict=True):
        np.add.at(row, place.ravel()[start : start + len(part)], part)
        start += len(part)
    return Terms(every, weights, n_sites)
