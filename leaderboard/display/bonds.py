"""What joins the sites of a row: couplings, gates, or the edges that qubits lie on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.physics.family import Family
from builders.physics.geometry import Torus
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.parameters import Parameters
from leaderboard.display.sample import Sample

Floats = NDArray[np.float64]
_PAIR = 2


@dataclass(frozen=True, eq=False)
class Bonds:
    """E lines of a map of sites.

    Attributes:
        what: they are, with their strength if they have one; a few words, plain text.
        begin: float64 (E, 2).
        end: float64 (E, 2).
        names: of each, such as `3 – 7`.
        strength: float64 (E,); all 1 where they have none.
    """

    what: str
    begin: Floats
    end: Floats
    names: tuple[str, ...]
    strength: Floats

    @staticmethod
    def between(
        positions: Floats, pairs: NDArray[np.int64], strength: Floats | None, what: str
    ) -> "Bonds":
        """Straight lines between sites.

        Args:
            positions: float64 (N, 2).
            pairs: int64 (E, 2).
            strength: float64 (E,), or None.
            what: they are.
        """
        i, j = pairs.T
        names = tuple(f"{a} – {b}" for a, b in pairs.tolist())
        size = np.ones(len(pairs)) if strength is None else strength
        return Bonds(what, positions[i], positions[j], names, size)


def of_row(shown: Sample, row: int, positions: Floats) -> Bonds | None:
    """The bonds of a row, of the first sort that its family has; None where it has none.

    Args:
        shown: rows of a split.
        row: the one that is drawn.
        positions: of its N sites.
    """
    family, size, held = shown.family, shown.size, shown.parameters(row)
    for spec in family.parameters:
        if spec.symmetric and len(held[spec.name]) == len(positions):
            matrix = held[spec.name]
            pairs = np.argwhere(np.triu(matrix, 1) != 0)
            return _some(positions, pairs, matrix[tuple(pairs.T)], spec.name)
    if isinstance(family.geometry, Torus):
        return _edges(positions)
    gates = family.couplings_of(size)
    if gates is not None:
        return _some(positions, gates, None, "two-qubit gates")
    if not isinstance(family, HamiltonianFamily):
        return None
    return _of_hamiltonian(family, family.hamiltonian(size, held), held, positions)


def _some(
    positions: Floats, pairs: NDArray[np.int64], strength: Floats | None, what: str
) -> Bonds | None:
    return Bonds.between(positions, pairs, strength, what) if len(pairs) else None


def _of_hamiltonian(
    family: Family, hamiltonian: Hamiltonian, held: Parameters, positions: Floats
) -> Bonds | None:
    """Pairs that a term joins, by the parameter of each bond or else the largest coefficient."""
    strength: dict[tuple[int, int], float] = {}
    for term in hamiltonian.terms:
        if len(term.paulis) == _PAIR:
            for (i, j), value in zip(term.sites.tolist(), term.coefficients.tolist(), strict=True):
                if abs(value) >= abs(strength.get((i, j), 0.0)):
                    strength[i, j] = value
    pairs = np.array(list(strength), dtype=np.int64).reshape(-1, _PAIR)
    of_bonds = [spec for spec in family.parameters if held[spec.name].shape == (len(pairs),)]
    if len(of_bonds) == 1 and len(pairs):
        return _some(positions, pairs, held[of_bonds[0].name], of_bonds[0].name)
    values = np.array(list(strength.values()))
    return _some(positions, pairs, values, "largest coefficient of the pair in H")


def _edges(positions: Floats) -> Bonds:
    """The edges of a torus, whose middles the qubits are; those at the rim go on at the other."""
    half = np.where(np.arange(len(positions))[:, None] % 2, [0.0, -0.5], [0.5, 0.0])
    names = tuple(f"edge of qubit {k}" for k in range(len(positions)))
    what = "edges of the lattice"
    return Bonds(what, positions - half, positions + half, names, np.ones(len(positions)))


def not_neighbours(distances: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Consecutive sites that are further apart than one step.

    Args:
        distances: int64 (N, N), steps between sites.
    """
    return [(a, a + 1) for a in range(len(distances) - 1) if distances[a, a + 1] > 1]


def listed(pairs: Iterable[tuple[int, int]], most: int = 6) -> str:
    """`(3, 4), (7, 8)`, and that there are more."""
    every = list(pairs)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(f"({a}, {b})" for a, b in every[:most]) + more
