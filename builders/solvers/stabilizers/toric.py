"""The toric code on an L × L torus: strings, ground state, neighbours, topological entropy.

Qubits sit on the edges of a square lattice (Kitaev, Annals of Physics 303, 2 (2003)). The edge from
vertex (r, c) to (r, c+1) is qubit 2 (r L + c), the one to (r+1, c) is qubit 2 (r L + c) + 1, so
that the left block of a cut is filled cell by cell.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builders.solvers.stabilizers.clifford import scrambled
from builders.solvers.stabilizers.state import StabilizerState, from_strings

String = tuple[str, tuple[int, ...]]


def _cells(length: int) -> list[tuple[int, int]]:
    return [(r, c) for r in range(length) for c in range(length)]


def along(length: int, r: int, c: int) -> int:
    """Qubit on the edge from vertex (r, c) to (r, c+1), both modulo L."""
    return 2 * (r % length * length + c % length)


def down(length: int, r: int, c: int) -> int:
    """Qubit on the edge from vertex (r, c) to (r+1, c), both modulo L."""
    return along(length, r, c) + 1


def stars(length: int) -> list[String]:
    """A_v = Π X over the four edges at a vertex, for all L² vertices."""
    return [
        (
            "X",
            (
                along(length, r, c),
                along(length, r, c - 1),
                down(length, r, c),
                down(length, r - 1, c),
            ),
        )
        for r, c in _cells(length)
    ]


def plaquettes(length: int) -> list[String]:
    """B_p = Π Z over the four edges around a face, for all L² faces."""
    return [
        (
            "Z",
            (
                along(length, r, c),
                along(length, r + 1, c),
                down(length, r, c),
                down(length, r, c + 1),
            ),
        )
        for r, c in _cells(length)
    ]


def loops(length: int) -> list[String]:
    """The two logical Π Z along the closed lines of row 0 and of column 0."""
    return [
        ("Z", tuple(along(length, 0, c) for c in range(length))),
        ("Z", tuple(down(length, r, 0) for r in range(length))),
    ]


def topological_state(length: int) -> StabilizerState:
    """The ground state of −Σ A_v − Σ B_p in which both loops of Z are +1.

    The product of all stars is 1, and so is that of all plaquettes, so that one of each is left
    out: 2 L² − 2 strings and 2 loops fix the state.
    """
    strings = stars(length)[1:] + plaquettes(length)[1:] + loops(length)
    return from_strings(2 * length**2, strings)


def trivial_state(length: int) -> StabilizerState:
    """All qubits in |0⟩, the ground state of −Σ Z_i."""
    return from_strings(2 * length**2, [("Z", (i,)) for i in range(2 * length**2)])


def matchings(length: int) -> NDArray[np.int64]:
    """Four ways to pair every edge with one that shares a vertex, int64 (4, L², 2).

    Edge midpoints form a square lattice of their own, whose bonds are the pairs: each of them is
    in one of the matchings.
    """
    steps = ((0, 0), (0, 1), (-1, 0), (-1, 1))
    return np.array(
        [
            [(along(length, r, c), down(length, r + dr, c + dc)) for r, c in _cells(length)]
            for dr, dc in steps
        ]
    )


def behind_circuit(
    state: StabilizerState, length: int, depth: int, rng: np.random.Generator
) -> StabilizerState:
    """The state after `depth` layers of random gates, one on each pair of a matching.

    The matchings take turns in a random order: a layer after another one on the same pairs
    would do nothing.
    """
    pairs = matchings(length)[rng.permutation(4)]
    for layer in range(depth):
        state = scrambled(state, pairs[layer % 4], rng)
    return state


def topological_entropy(state: StabilizerState, regions: Sequence[set[int]]) -> int:
    """γ in bit: S_AB + S_BC + S_CA − S_A − S_B − S_C − S_ABC of three sectors of a disc.

    It is 1 in the toric code (ln 2) and 0 in a product state, where the disc holds all that a
    circuit has entangled: Kitaev and Preskill, Phys. Rev. Lett. 96, 110404 (2006).
    """
    a, b, c = regions
    pairs = sum(state.entropy(one | two) for one, two in ((a, b), (b, c), (c, a)))
    return pairs - sum(state.entropy(part) for part in (a, b, c, a | b | c))


def sectors(length: int) -> tuple[set[int], set[int], set[int]]:
    """Three blocks of cells that meet in a point; their union leaves two rows and columns free."""
    side = length - 2
    half = side // 2

    def block(rows: range, columns: range) -> set[int]:
        return {f(length, r, c) for r in rows for c in columns for f in (along, down)}

    upper, lower = range(half), range(half, side)
    return (
        block(upper, range(side)),
        block(lower, range(half)),
        block(lower, range(half, side)),
    )
