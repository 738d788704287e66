"""The couplings around a pair of sites, put into the cells of grids.

Coordinates of a pair are means of standardised parameters that are equally near to it: of one kind,
on sites equally far apart, at equal steps from the pair, and between its sites or outside; and the
scalars of the row. So they are the same for every pair and its mirror image. A grid is made of some
coordinates, each cut into levels with as many training values in each.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.geometry import site_distances, support
from baselines.inputs.pairs import Pairs
from builders.physics.family import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RANGE = 4
"""Parameters on two sites further apart are left out."""
CELLS = 64
"""Cells of a grid of several coordinates, at most."""
JOINT = 1
"""Steps from the pair to coordinates that make a grid together, at most."""
_CHUNK = 500  # pairs at a time


@dataclass(frozen=True, eq=False)
class _Where:
    """Which parameters are averaged in which coordinate of which pair.

    Attributes:
        matrix: scipy CSR (K·C, E) of weights.
        steps: of each coordinate, int64 (C,), in order.
        is_there: bool (K, C); false where a pair has no such parameter.
        entry: int64 (E,), index in the flat parameter vector.
        group: int64 (E,), kind and range.
        common: int64 (G,), entries without a site.
    """

    matrix: Any
    steps: Ints
    is_there: NDArray[np.bool_]
    entry: Ints
    group: Ints
    common: Ints


@dataclass(frozen=True, eq=False)
class _Grid:
    """Some coordinates, the edges of their levels, and the cells that training rows are in.

    Attributes:
        columns: of the coordinates, in the order of digits.
        edges: float64, of each.
        cells: codes of the cells, int64, in order.
    """

    columns: tuple[int, ...]
    edges: tuple[Floats, ...]
    cells: Ints

    @staticmethod
    def of(z: NDArray[np.float32], columns: tuple[int, ...], levels: int) -> "_Grid":
        """From training coordinates (n, K, C), NaN where there is none; its fullest cells."""
        edges: list[Floats] = []
        for c in columns:
            values = z[:, :, c]
            inner = np.linspace(0.0, 1.0, levels + 1)[1:-1]
            edges.append(np.unique(np.nanquantile(values, inner)).astype(np.float64))
        grid = _Grid(columns, tuple(edges), np.zeros(0, dtype=np.int64))
        found, count = np.unique(grid.code(z), return_counts=True)
        kept = np.argsort(-count, kind="stable")[:CELLS]
        return _Grid(columns, tuple(edges), np.sort(found[kept]))

    def code(self, z: NDArray[np.float32]) -> Ints:
        """Cell of coordinates (R, K, C) as a number, int64 (R, K)."""
        code = np.zeros(z.shape[:2], dtype=np.int64)
        for c, edges in zip(self.columns, self.edges, strict=True):
            level = 1 + np.searchsorted(edges, z[:, :, c], side="right")
            code = code * (len(edges) + 2) + np.where(np.isnan(z[:, :, c]), 0, level)
        return code

    def place(self, z: NDArray[np.float32]) -> Ints:
        """Number of the cell among `cells`, their number for one that training never saw."""
        code = self.code(z)
        at = np.searchsorted(self.cells, code).clip(0, len(self.cells) - 1)
        return np.where(self.cells[at] == code, at, len(self.cells))


class LocalGrid:
    """Indicators of grid cells: each coordinate alone, and those nearest to the pair together.

    Args:
        family: the family of the Hamiltonians.
        pairs: the K pairs.
        parameters: float64 (n, P) of the training rows.
        radius: steps from the nearer site of a pair to all sites of a parameter, at most.
        levels: of a coordinate by itself.

    Attributes:
        length: s, number of indicators.
    """

    def __init__(
        self, family: Family, pairs: Pairs, parameters: Floats, *, radius: int, levels: int
    ) -> None:
        self._where = _where(family, pairs, radius)
        values = parameters[:, self._where.entry]
        groups = range(int(self._where.group.max(initial=-1)) + 1)
        parts = [values[:, self._where.group == g] for g in groups]
        self._centre = np.array([part.mean() for part in parts])
        self._spread = np.array([part.std() if _varies(part) else np.inf for part in parts])
        z = self._coordinates(parameters)
        steps = np.concatenate([self._where.steps, np.zeros(len(self._where.common))])
        used = [c for c in range(z.shape[2]) if _varies(z[:, :, c])]
        self._grids = [_Grid.of(z, (c,), levels) for c in used]
        for most in range(JOINT + 1):
            near = tuple(c for c in used if steps[c] <= most)
            each = int(CELLS ** (1.0 / max(1, len(near))) + 1e-9)
            if len(near) > 1 and each > 1:
                self._grids.append(_Grid.of(z, near, each))
        self.length = sum(len(grid.cells) for grid in self._grids)

    def __call__(self, parameters: Floats) -> Ints:
        """Which indicators are 1, int64 (R, K, grids); `length` stands for none."""
        z = self._coordinates(parameters)
        out, start = np.empty((*z.shape[:2], len(self._grids)), dtype=np.int64), 0
        for g, grid in enumerate(self._grids):
            at = grid.place(z)
            out[:, :, g] = np.where(at < len(grid.cells), start + at, self.length)
            start += len(grid.cells)
        return out

    def _coordinates(self, parameters: Floats) -> NDArray[np.float32]:
        """Float32 (R, K, C), NaN where a pair has no such parameter."""
        where = self._where
        local = (parameters[:, where.entry] - self._centre[where.group]) / self._spread[where.group]
        shape = (*where.is_there.shape, len(parameters))
        near = (where.matrix @ local.T.astype(np.float32)).reshape(shape).transpose(2, 0, 1)
        near = np.where(where.is_there, near, np.float32(np.nan))
        common = parameters[:, None, where.common]
        spread = np.broadcast_to(common, (len(near), near.shape[1], common.shape[2]))
        return np.concatenate([near, spread], axis=2, dtype=np.float32)


def indicators(cells: Ints, length: int) -> NDArray[np.float32]:
    """Cells int64 (…, grids) as zeros and ones, float32 (…, length)."""
    out = np.zeros((*cells.shape[:-1], length + 1), dtype=np.float32)
    np.put_along_axis(out, cells, 1.0, axis=-1)
    return out[..., :length]


def _varies(values: NDArray[np.floating]) -> bool:
    seen = values[~np.isnan(values)]
    return bool(len(seen) and seen.std() > 1e-6 * np.abs(seen).max())


def _where(family: Family, pairs: Pairs, radius: int) -> _Where:
    from scipy.sparse import csr_array

    terms, far = support(family, pairs.size), site_distances(family, pairs.size)
    length = far[terms.sites[:, 0], terms.sites[:, 1]]
    kept = length <= RANGE
    ends, entry, length = terms.sites[kept], terms.entry[kept], length[kept]
    kind = terms.kind[kept] * (RANGE + 1) + length
    names, pair, column = [], [], []
    for start in range(0, len(pairs.sites), _CHUNK):
        i, j = (pairs.sites[start : start + _CHUNK, k, None] for k in (0, 1))
        to_i, to_j = far[i][:, 0, ends], far[j][:, 0, ends]  # (pairs, E, 2)
        steps = np.minimum(to_i, to_j).max(axis=2)
        inside = (to_i + to_j == far[i, j][:, :, None]).all(axis=2)
        p, e = np.nonzero(steps <= radius)
        names.append((steps[p, e] * (kind.max(initial=0) + 1) + kind[e]) * 2 + ~inside[p, e])
        pair.append(start + p)
        column.append(e)
    none = np.zeros(0, dtype=np.int64)
    name, pairs_of, entries = (np.concatenate([none, *x]) for x in (names, pair, column))
    unique, coordinate = np.unique(name, return_inverse=True)
    at = pairs_of * len(unique) + coordinate
    count = np.bincount(at, minlength=len(pairs.sites) * len(unique))
    shape = (len(count), len(entry))
    weight = (1.0 / count[at]).astype(np.float32)
    return _Where(
        csr_array((weight, (at, entries)), shape=shape),
        unique // (2 * (kind.max(initial=0) + 1)),
        (count > 0).reshape(len(pairs.sites), len(unique)),
        entry,
        np.unique(kind, return_inverse=True)[1],
        terms.common,
    )
