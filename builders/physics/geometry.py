"""How sizes of a family are written, named and laid out: chain, lattice, torus, code, graph."""

from abc import ABC, abstractmethod
from math import isqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size

Floats = NDArray[np.float64]


class Geometry(ABC):
    """Base of every geometry.

    Class attributes:
        name: `chain`, `lattice`, `torus`, `code` or `graph`.
        letter: before the number in a config's name; "" for rows x columns.
        what: what the number counts, for people.
    """

    name: ClassVar[str]
    letter: ClassVar[str] = ""
    what: ClassVar[str]
    smallest: ClassVar[int] = 2

    def parse(self, text: str | int) -> Size:
        """A size as written in commands.

        Raises:
            RequestError: another form than that of this geometry, or too small.
        """
        size = Size.parse(text, self.letter or "n")
        self.check(size, "size")
        return size

    def check(self, size: Size, who: str) -> None:
        """Refuse a size of another geometry.

        Args:
            size: the size.
            who: the family, for the message.

        Raises:
            RequestError: such a size.
        """
        if not size.is_chain or size.letter != self.letter:
            raise RequestError(
                f"{who}: {_written(size)} is none of a {self.name}. Give {self.what}, an integer."
            )
        if size.sites < self.smallest:
            raise RequestError(f"{who}: {size} is too small. Give {self.smallest} or more.")

    @abstractmethod
    def positions(self, size: Size) -> Floats:
        """Where sites are drawn, float64 (N, 2)."""

    def distances(self, size: Size) -> NDArray[np.int64] | None:
        """Steps between every two sites, int64 (N, N); None where there is no such measure."""
        del size
        return None


class Chain(Geometry):
    """N sites in a row, open ends: `n048`."""

    name = "chain"
    letter = "n"
    what = "the number of sites"

    def positions(self, size: Size) -> Floats:
        """On a line."""
        return np.stack([np.arange(size.sites, dtype=np.float64), np.zeros(size.sites)], axis=1)

    def distances(self, size: Size) -> NDArray[np.int64]:
        """|i − j|."""
        site = np.arange(size.sites)
        return np.asarray(np.abs(site[:, None] - site), dtype=np.int64)


class Lattice(Geometry):
    """Rows x columns, open, sites numbered row by row: `05x05`."""

    name = "lattice"
    what = "ROWSxCOLUMNS"

    def check(self, size: Size, who: str) -> None:
        """See `Geometry.check`."""
        if size.rows is None or size.columns is None:
            raise RequestError(
                f"{who}: {_written(size)} is none of a lattice. Give ROWSxCOLUMNS, such as 5x5."
            )

    def positions(self, size: Size) -> Floats:
        """On a square grid, rows downwards."""
        row, column = np.divmod(np.arange(size.sites), size.columns or size.sites)
        return np.stack([column, -row], axis=1).astype(np.float64)

    def distances(self, size: Size) -> NDArray[np.int64]:
        """Steps along rows and columns."""
        row, column = np.divmod(np.arange(size.sites), size.columns or size.sites)
        steps = np.abs(row[:, None] - row) + np.abs(column[:, None] - column)
        return np.asarray(steps, dtype=np.int64)


class Torus(Geometry):
    """N = 2 L² qubits on the edges of an L × L torus, cell by cell: `n032`.

    Qubit 2 (r L + c) lies right of vertex (r, c), the next one below it.
    """

    name = "torus"
    letter = "n"
    what = "the number of qubits, 2 L^2"
    smallest = 8

    def check(self, size: Size, who: str) -> None:
        """See `Geometry.check`; the number of qubits is 2 L² besides."""
        super().check(size, who)
        if size.sites != 2 * isqrt(size.sites // 2) ** 2:
            raise RequestError(
                f"{who}: {size} is none of a torus, which has 2 L^2 qubits on L x L vertices: "
                "8, 18, 32, 50, 72, ..."
            )

    def positions(self, size: Size) -> Floats:
        """Middles of the edges."""
        cell, below = np.divmod(np.arange(size.sites), 2)
        row, column = np.divmod(cell, isqrt(size.sites // 2))
        return np.stack([column + 0.5 * (1 - below), -(row + 0.5 * below)], axis=1)

    def distances(self, size: Size) -> NDArray[np.int64]:
        """Steps from middle to middle of edges, where a step leads round a corner.

        The middles of the edges are a square lattice of their own, turned by 45°: a step changes
        both coordinates by ½, so that the larger difference, in halves and the shorter way round,
        counts the steps. Edges that follow each other on a line are two steps apart.
        """
        around = 2 * isqrt(size.sites // 2)
        halves = np.rint(2 * self.positions(size)).astype(np.int64)
        apart = np.abs(halves[:, None] - halves) % around
        return np.asarray(np.minimum(apart, around - apart).max(axis=2), dtype=np.int64)


class Code(Geometry):
    """An error-correcting code of distance d, measured for d rounds or others: `d05`, `d05r10`."""

    name = "code"
    letter = "d"
    what = "the distance of the code, or DISTANCErROUNDS such as 5r10"

    def positions(self, size: Size) -> Floats:
        """Data qubits on a d × d grid, float64 (d², 2)."""
        row, column = np.divmod(np.arange(size.sites**2), size.sites)
        return np.stack([column, -row], axis=1).astype(np.float64)


class Graph(Geometry):
    """A graph of V vertices: `v016`."""

    name = "graph"
    letter = "v"
    what = "the number of vertices"

    def positions(self, size: Size) -> Floats:
        """On a circle."""
        angle = 2.0 * np.pi * np.arange(size.sites) / size.sites
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def rounds_of(size: Size) -> int:
    """Rounds for which a code is measured: as many as its distance where the size names none."""
    return size.rounds or size.sites


def _written(size: Size) -> str:
    """A size for people: with the letter that says what it counts, unless that is sites."""
    return str(size) if size.letter == "n" else size.suffix
