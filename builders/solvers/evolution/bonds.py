"""Hamiltonians of nearest neighbours as one matrix a bond, and the gates they make."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import torch
from torch import Tensor

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian, PauliTerms
from builders.solvers.mps.charges import Qubit

_LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "Y": np.array([[0.0, -1j], [1j, 0.0]]),
    "Z": np.diag([1.0, -1.0]),
}
# In the basis |+⟩, |−⟩ the letters X and Z change places and Y changes sign.
_ROTATED = {"X": _LETTERS["Z"], "Y": -_LETTERS["Y"], "Z": _LETTERS["X"]}


def bond_hamiltonians(hamiltonians: Sequence[Hamiltonian], qubit: Qubit) -> list[Tensor]:
    """h_b of the sites (b, b+1) with Σ_b h_b = H, N−1 times float64 (B, 4, 4), rows 2·s + t.

    A string on one site belongs to both of its bonds, half to each; constants go to the first.

    Raises:
        RequestError: a string that joins other sites than neighbours, or that the charge of
            `qubit` forbids.
    """
    n = hamiltonians[0].n_sites
    out = np.zeros((n - 1, len(hamiltonians), 4, 4))
    for row, h in enumerate(hamiltonians):
        for term in h.terms:
            _add(out[:, row], term, qubit)
    bonds = [torch.from_numpy(h) for h in out]
    for b, bond in enumerate(bonds):
        forbidden = ~allowed(qubit, b)
        if bool((bond[:, forbidden] != 0).any()):
            raise RequestError(
                f"H does not conserve the charge of the sector ({qubit.sector}) on the sites "
                f"{b} and {b + 1}: evolve in the sector `none`."
            )
    return bonds


def _add(bonds: np.ndarray, term: PauliTerms, qubit: Qubit) -> None:
    n = len(bonds) + 1
    letters = _LETTERS | _ROTATED if qubit.rotated else _LETTERS
    matrix = reduce(np.kron, [letters[p] for p in term.paulis]).real
    if len(term.paulis) > 2 or (len(term.paulis) == 2 and (np.diff(term.sites) != 1).any()):
        raise RequestError(
            f"H has strings {term.paulis} on other sites than neighbours: gates of two sites "
            "evolve nearest-neighbour chains alone."
        )
    for sites, value in zip(term.sites, term.coefficients, strict=True):
        i = int(sites[0])
        if term.paulis == "I":
            bonds[0] += value * np.eye(4)
        elif len(term.paulis) == 2:
            bonds[i] += value * matrix
        else:
            share = 0.5 if 0 < i < n - 1 else 1.0
            if i < n - 1:
                bonds[i] += share * value * np.kron(matrix, np.eye(2))
            if i > 0:
                bonds[i - 1] += share * value * np.kron(np.eye(2), matrix)


def allowed(qubit: Qubit, b: int) -> Tensor:
    """Which elements of a gate on the sites b, b + 1 conserve the charge, bool (4, 4)."""
    first, second = qubit.charges(b), qubit.charges(b + 1)
    sums = torch.tensor([qubit.add(p, q) for p in first for q in second])
    return sums[:, None] == sums[None]


class Gates:
    """exp(−i t h_b) of all bonds and rows, kept for the times that come again."""

    def __init__(self, bonds: Sequence[Tensor], dtype: torch.dtype) -> None:
        self._levels = [torch.linalg.eigh(h) for h in bonds]
        self._dtype = dtype
        self._known: dict[tuple[int, float], Tensor] = {}

    def at(self, b: int, time: float) -> Tensor:
        """The gate on the sites b and b + 1, complex (B, 4, 4)."""
        if (b, time) not in self._known:
            energies, vectors = self._levels[b]
            phases = torch.exp(-1j * time * energies)
            gate = (vectors * phases[:, None]) @ vectors.mT.to(phases.dtype)
            self._known[b, time] = gate.to(self._dtype)
        return self._known[b, time]
