"""Ground states of all windows of a chain, of many Hamiltonians at once.

A window keeps the terms of H that lie inside it. What its terms can reach from one symmetric state
is a small space, the same for every window and row: 42 singlets for 10 sites of a Heisenberg chain,
in place of 1024 amplitudes. There every term is a small dense matrix, and windows are solved
together by a few steps of Lanczos.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import eigsh

from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector
from builders.solvers.exact.diagonalization import matrix, sector_basis

Floats = NDArray[np.float64]
Key = tuple[str, tuple[int, ...]]
"""Letters of a string, and its sites counted from the first one of the window."""

STATES = 200
"""Largest dimension of the reduced space."""
STEPS = 12
"""Lanczos steps; few are enough, as they start from the ground state of the mean window."""
_BLOCK = 500  # windows at a time
_DENSE = 300  # states up to which all eigenvectors are as quick as one
_SMALL = 1e-8  # norm of what is taken for rounding, for operators of norm 1


@dataclass(frozen=True)
class WindowSpace:
    """What the terms of windows of L sites reach from the ground state of their mean.

    Attributes:
        length: L.
        groups: strings of a window; those of a group share their sites and their coefficients.
        terms: float64 (G, D, D), the sum of the strings of each group.
        basis: float64 (2^L, D), orthonormal; the first column is the state that it starts from.
    """

    length: int
    groups: tuple[tuple[Key, ...], ...]
    terms: Floats
    basis: Floats

    @staticmethod
    def of(rows: Sequence[Hamiltonian], length: int, sector: Sector) -> "WindowSpace | None":
        """The space that windows of these rows need, in the sector of a window's ground state.

        None where it has more than `STATES` states.
        """
        coefficients = _coefficients(rows, length)
        if not coefficients:
            raise ValueError(f"no term of {len(rows)} rows lies inside {length} sites")
        groups: dict[tuple[tuple[int, ...], bytes], list[Key]] = {}
        for key, values in coefficients.items():
            groups.setdefault((key[1], values.tobytes()), []).append(key)
        mean = np.array([coefficients[keys[0]].mean() for keys in groups.values()])
        strings = [reduce(add, (_string(length, *key) for key in keys)) for keys in groups.values()]
        lowest = np.inf
        for choice in sector.choices():
            here = sector_basis(length, choice)
            inside = [(here.T @ op @ here).tocsr() for op in strings]
            whole = reduce(add, (m * op for m, op in zip(mean, inside, strict=True)))
            energy, vector = _lowest(whole)
            if energy < lowest:
                lowest, operators, first, ambient = energy, inside, vector, here
        reduced = _reachable(operators, first)
        if reduced is None:
            return None
        terms = np.stack([reduced.T @ (op @ reduced) for op in operators])
        return WindowSpace(
            length, tuple(map(tuple, groups.values())), terms, np.asarray(ambient @ reduced)
        )

    def string(self, letters: str, sites: tuple[int, ...]) -> Floats:
        """A Pauli string as float64 (D, D); one that leads out of the space is cut."""
        return np.asarray(self.basis.T @ (_string(self.length, letters, sites) @ self.basis))

    def states(self, rows: Sequence[Hamiltonian]) -> Floats:
        """Ground states of the windows of each row, float64 (R, N − L + 1, D)."""
        coefficients = _coefficients(rows, self.length)
        shape = len(rows), rows[0].n_sites - self.length + 1
        nothing = np.zeros(shape)
        given = [
            np.mean([coefficients.get(key, nothing) for key in keys], axis=0)
            for keys in self.groups
        ]
        numbers = np.stack(given, axis=2).reshape(-1, len(given))
        size = self.terms.shape[1]
        flat = self.terms.reshape(len(self.terms), -1)
        parts = [
            lowest_vectors((numbers[at : at + _BLOCK] @ flat).reshape(-1, size, size))
            for at in range(0, len(numbers), _BLOCK)
        ]
        return np.concatenate(parts).reshape(*shape, size)


def lowest_vectors(h: Floats) -> Floats:
    """Lowest eigenvectors of symmetric matrices float64 (B, D, D) by Lanczos, float64 (B, D).

    It starts from the first unit vector, and takes `STEPS` steps or as many as there are states.
    """
    count, size, _ = h.shape
    steps = min(STEPS, size)
    unit = np.abs(h).sum(axis=2).max(axis=1).clip(np.finfo(float).tiny)
    basis, inner = np.zeros((count, steps, size)), np.zeros((count, steps, steps))
    vector = np.zeros((count, size))
    vector[:, 0] = 1.0
    for k in range(steps):
        basis[:, k] = vector
        image = np.matmul(h, vector[:, :, None])[:, :, 0]
        inner[:, k, k] = np.einsum("bd,bd->b", image, vector)
        # Where nothing new is left the state is found: an unreachable level stands there.
        inner[~vector.any(axis=1), k, k] = 2.0 * unit[~vector.any(axis=1)]
        for _ in range(2):
            seen = basis[:, : k + 1]
            along = np.matmul(seen, image[:, :, None])
            image = image - np.matmul(seen.mT, along)[:, :, 0]
        norm = np.linalg.norm(image, axis=1)
        going = norm > _SMALL * unit
        vector = np.where(going, 1.0 / norm.clip(np.finfo(float).tiny), 0.0)[:, None] * image
        if k + 1 < steps:
            inner[:, k, k + 1] = inner[:, k + 1, k] = np.where(going, norm, 0.0)
    _, vectors = np.linalg.eigh(inner)
    return np.asarray(np.matmul(basis.mT, vectors[:, :, :1])[:, :, 0])


def _lowest(h: sparse.csr_array) -> tuple[float, Floats]:
    """Lowest eigenvalue and eigenvector."""
    if h.shape[0] <= _DENSE:
        energies, vectors = np.linalg.eigh(h.toarray())
    else:
        start = np.random.default_rng(0).standard_normal(h.shape[0])
        energies, vectors = eigsh(h, k=1, which="SA", v0=start)
    return float(energies[0]), vectors[:, 0]


def _reachable(operators: Sequence[sparse.csr_array], first: Floats) -> Floats | None:
    """Orthonormal basis of the smallest space that holds `first` and that no operator leaves."""
    basis, done = first[:, None], 0
    while done < basis.shape[1]:
        new = np.stack([op @ basis[:, done] for op in operators], axis=1)
        done += 1
        for _ in range(2):
            new -= basis @ (basis.T @ new)
        if np.abs(new).max() < _SMALL:
            continue
        left, sizes, _ = np.linalg.svd(new, full_matrices=False)
        left = left[:, sizes > _SMALL]
        left -= basis @ (basis.T @ left)
        basis = np.concatenate([basis, left / np.linalg.norm(left, axis=0)], axis=1)
        if basis.shape[1] > STATES:
            return None
    return basis


def _coefficients(rows: Sequence[Hamiltonian], length: int) -> dict[Key, Floats]:
    """The coefficient of each string in the windows of each row, float64 (R, N − L + 1)."""
    windows = rows[0].n_sites - length + 1
    out: dict[Key, Floats] = {}
    for r, h in enumerate(rows):
        for letters, sites, value in _strings(h, length):
            first = max(0, sites[-1] - length + 1)
            for start in range(first, min(sites[0], windows - 1) + 1):
                key = letters, tuple(site - start for site in sites)
                if key not in out:
                    out[key] = np.zeros((len(rows), windows))
                out[key][r, start] += value
    return dict(sorted(out.items()))


def _strings(h: Hamiltonian, length: int) -> Iterator[tuple[str, list[int], float]]:
    for term in h.normalised().terms:
        if term.paulis == "I":
            continue
        close = (term.sites[:, -1] - term.sites[:, 0] < length) & (term.coefficients != 0.0)
        for sites, value in zip(term.sites[close], term.coefficients[close], strict=True):
            yield term.paulis, sites.tolist(), float(value)


def _string(length: int, letters: str, sites: tuple[int, ...]) -> sparse.csr_array:
    term = PauliTerms(letters, np.array([sites]), np.ones(1))
    return matrix(Hamiltonian(length, (term,)))
