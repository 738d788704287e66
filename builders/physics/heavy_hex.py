"""The heavy-hexagon lattice of 127-qubit devices, its qubits numbered as theirs: `n127`."""

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.physics.geometry import Geometry

_ROW = 15
_COLUMNS = {0: (0, 4, 8, 12), 1: (2, 6, 10, 14)}
"""Of the qubits between rows r and r + 1, by r modulo 2."""


class HeavyHex(Geometry):
    """The first N qubits of rows of 15, joined by four qubits between neighbouring rows.

    The first row has 14 qubits, the last column being empty, and the seventh too, the first
    column being empty, so that 127 qubits are the lattice of the 127-qubit devices. Numbers run
    along a row, then through the qubits below it. Every N is connected.
    """

    name = "heavy_hex"
    letter = "n"
    what = "the number of qubits, the first of the lattice"

    def positions(self, size: Size) -> NDArray[np.float64]:
        """Rows two steps apart, downwards, and the qubits between them."""
        places = _places(size.sites).astype(np.float64)
        return np.stack([places[:, 1], -places[:, 0]], axis=1)

    def edges(self, size: Size) -> NDArray[np.int64]:
        """Connected qubits, int64 (E, 2), low number first, in order."""
        places = _places(size.sites)
        number = {(int(y), int(x)): k for k, (y, x) in enumerate(places)}
        found = []
        for k, (y, x) in enumerate(places.tolist()):
            # Along a row, and up and down from the qubits between rows.
            near = [(y, x + 1)] if y % 2 == 0 else [(y - 1, x), (y + 1, x)]
            found += [tuple(sorted((k, number[at]))) for at in near if at in number]
        return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)

    def distances(self, size: Size) -> NDArray[np.int64]:
        """Steps along edges."""
        n = size.sites
        near = np.eye(n, dtype=np.bool_)
        a, b = self.edges(size).T
        near[a, b] = near[b, a] = True
        out, reached, steps = np.zeros((n, n), dtype=np.int64), np.eye(n, dtype=np.bool_), 0
        while not reached.all():
            steps += 1
            grown = (reached.astype(np.float32) @ near.astype(np.float32)) > 0
            out[grown & ~reached] = steps
            reached = grown
        return out


def _places(n: int) -> NDArray[np.int64]:
    """(2 · row, column) of each qubit, odd first numbers between rows, int64 (N, 2)."""
    found: list[tuple[int, int]] = []
    row = 0
    while len(found) < n:
        first, last = (1 if row == 6 else 0), (_ROW - 1 if row == 0 else _ROW)
        found += [(2 * row, x) for x in range(first, last)]
        found += [(2 * row + 1, x) for x in _COLUMNS[row % 2]]
        row += 1
    return np.array(found[:n], dtype=np.int64)
