"""What a pair of sites sees of a chain: couplings nearby, smooth fields, and staggered fields.

An open end pins a pattern of period two: strong and weak bonds, sublattices. What a coupling does
then depends on the parity of its place counted from the end. So smooth fields come twice, plain
and with an alternating sign, and every feature once more times the parity of the pair. Counted
from the left and from the right the parities may disagree; each counts by its nearness, so that
nothing changes when the chain is reflected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels

Floats = NDArray[np.float64]
NEAR = 3
"""Steps from a site of the pair to couplings that have a feature of their own."""
SCALES = (8.0, np.inf)
"""Widths of the windows of the smooth fields, in sites."""
EDGES = (1.0, 3.0, 10.0, 30.0)
"""Ranges over which the ends change the mean, in sites."""


@dataclass
class _Parts:
    """Features of one distance with the number of their kind."""

    values: list[Floats] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)

    def add(self, kind: int, values: Floats) -> None:
        self.values.append(values)
        self.kinds.append(kind)


class ChainFields:
    """Features of all pairs of a distance, standardised by the training rows.

    Args:
        reference: channels of the training rows; what is constant there is left out.
        smooth: whether the smooth fields are there.
        staggered: whether the staggered fields and the parity of pairs are there.

    Attributes:
        kinds: int64 (F,), numbers; features of one kind share a prior. Known after `blocks`.
    """

    def __init__(self, reference: Channels, *, smooth: bool = True, staggered: bool = True) -> None:
        self._n, self._smooth, self._staggered = reference.n_sites, smooth, staggered
        self._used = [k for k, x in enumerate(reference.local) if varies(x)]
        self._scale = [(reference.local[k].mean(), reference.local[k].std()) for k in self._used]
        used = [varies(x) for x in reference.shared.T]
        self._shared = np.flatnonzero(np.array(used, dtype=np.bool_))
        kept = reference.shared[:, self._shared]
        self._shared_scale = kept.mean(axis=0), kept.std(axis=0)
        self.kinds = np.zeros(0, dtype=np.int64)

    def blocks(self, given: Channels, distances: Iterable[int]) -> Iterator[NDArray[np.float32]]:
        """Features float32 (R, N − d, F) of the pairs (i, i + d), for each distance d in turn."""
        scaled = zip(self._used, self._scale, strict=True)
        local = [(given.local[k] - mean) / spread for k, (mean, spread) in scaled]
        mean, spread = self._shared_scale
        shared = (given.shared[:, self._shared] - mean) / spread
        fields = [self._fields(x) for x in local]
        for d in distances:
            parts = _Parts()
            for c, x in enumerate(local):
                self._near(parts, 3 * c, x, d)
                self._far(parts, 3 * c, fields[c], d)
            for column in shared.T:
                spread_out = np.broadcast_to(column[:, None], (len(shared), self._n - d))
                parts.add(3 * len(local), spread_out)
            yield self._finished(parts, len(shared), d)

    def _near(self, parts: _Parts, kind: int, x: Floats, d: int) -> None:
        """Couplings at the same place seen from either site, summed; 0 where there is none."""
        n, length = self._n, self._n - x.shape[1]
        padded = np.pad(x, ((0, 0), (n, n + length)))
        i = n + np.arange(n - d)
        for o in range(-NEAR - length, NEAR + 1):
            both = padded[:, i + o] + padded[:, i + d - o - length]
            # Past the middle the same couplings would come again.
            weight = float(2 * o < d - length) + 0.5 * float(2 * o == d - length)
            parts.add(kind, weight * both)

    def _far(self, parts: _Parts, kind: int, fields: list[Floats], d: int) -> None:
        i = np.arange(self._n - d)
        for k, values in enumerate(fields):
            which = kind + 1 + (k % 2 if self._staggered else 0)
            if values.shape[1] == 1:
                parts.add(which, np.broadcast_to(values, (len(values), len(i))))
            else:
                parts.add(which, values[:, 2 * i] + values[:, 2 * (i + d)])
                parts.add(which, values[:, 2 * i + d])

    def _fields(self, x: Floats) -> list[Floats]:
        """Fields of each scale at sites and midpoints, (R, 2N − 1), or of the row, (R, 1)."""
        at, start, length = np.arange(2 * self._n - 1) / 2.0, np.arange(x.shape[1]), 0.0
        length = self._n - x.shape[1]
        signs = [np.ones(len(start))]
        if self._staggered:
            signs.append(parity(start, start + length, self._n))
        out = []
        for scale in SCALES if self._smooth else ():
            where = at if np.isfinite(scale) else at[:1]
            weight = np.exp(-0.5 * ((where[:, None] - start - length / 2.0) / scale) ** 2)
            weight /= np.sqrt((weight**2).sum(axis=1, keepdims=True))
            out += [(x * sign) @ weight.T for sign in signs]
        return out

    def _finished(self, parts: _Parts, rows: int, d: int) -> NDArray[np.float32]:
        """With the features times the parity of the pair, and those of its place alone."""
        i = np.arange(self._n - d)
        plain, signed = _places(i, i + d, self._n)
        top = max(parts.kinds, default=-1) + 1
        columns, kinds = list(parts.values), list(parts.kinds)
        if self._staggered:
            sign = parity(i, i + d, self._n)
            columns += [x * sign for x in parts.values]
            kinds += [top + k for k in parts.kinds]
        columns += [np.broadcast_to(x, (rows, len(i))) for x in (*plain, *signed)]
        kinds += [2 * top] * len(plain) + [2 * top + 1] * len(signed)
        self.kinds = np.unique(kinds, return_inverse=True)[1]
        return np.stack(columns, axis=2, dtype=np.float32)


def parity(i: NDArray[np.int64], j: NDArray[np.int64], n_sites: int) -> Floats:
    """(−1)^i counted from the left end and (−1)^(N−1−j) from the right, weighted by nearness."""
    right = (i + j) / max(2.0 * (n_sites - 1), 1.0)
    return np.asarray((1.0 - right) * (-1.0) ** i + right * (-1.0) ** (n_sites - 1 - j))


def _places(
    i: NDArray[np.int64], j: NDArray[np.int64], n_sites: int
) -> tuple[list[Floats], list[Floats]]:
    """Functions of the distances to the ends, plain and alternating."""
    plain, signed = [np.ones(len(i))], [parity(i, j, n_sites)]
    ends = (i, n_sites - 1 - j)
    for reach in EDGES:
        left, right = (np.exp(-k / reach) for k in ends)
        plain.append(left + right)
        signed.append((-1.0) ** ends[0] * left + (-1.0) ** ends[1] * right)
    return plain, signed


def varies(values: Floats) -> bool:
    """Whether values differ by more than rounding."""
    return bool(values.std() > 1e-9 * np.abs(values).max(initial=0.0))
