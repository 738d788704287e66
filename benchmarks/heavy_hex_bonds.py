"""What matrix product states of the kicked Ising circuit on the heavy-hexagon lattice would need.

    OMP_NUM_THREADS=1 python -m benchmarks.heavy_hex_bonds

At θ = π/2 on all 127 qubits, a Clifford point, the entropy of every cut is known exactly and the
spectrum is flat, so that 2^S states are needed and a bond of χ keeps χ/2^S of the norm. Qubits are
ordered by columns, across the rows of the lattice.
"""

import argparse

import numpy as np

from builders.core.names import Size
from builders.physics.heavy_hex import HeavyHex
from builders.solvers.stabilizers.rotations import x_rotated, zz_rotated
from builders.solvers.stabilizers.state import from_strings

MOST = 6


def by_columns(size: Size) -> list[int]:
    """Qubits from the left to the right of the lattice."""
    places = HeavyHex().positions(size)
    return sorted(range(size.sites), key=lambda q: (places[q][0], -places[q][1]))


def entropies(size: Size, steps: int) -> list[int]:
    """Of all steps the largest entropy of a cut at θ = π/2, bit."""
    n, order = size.sites, by_columns(size)
    edges = HeavyHex().edges(size)
    state, found = from_strings(n, [("Z", (i,)) for i in range(n)]), []
    for _ in range(steps):
        state = x_rotated(zz_rotated(state, edges), np.ones(n, dtype=bool))
        found.append(max(state.entropy(order[:cut]) for cut in range(8, n - 8, 4)))
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("steps", *(f"{s:6d}" for s in range(1, MOST + 1)))
    print("bit  ", *(f"{s:6d}" for s in entropies(Size(127), MOST)))


if __name__ == "__main__":
    main()
