"""The two kinds of layers of QAOA on state vectors, and the slopes of an expected cut by angles.

States of V qubits whose last one is kept at 0 are float64 (B, 2, 2^(V−1)), real and imaginary parts
of amplitudes in units of (−i)^ones, numbered as cuts are. Phases do not notice the units, and with
them a rotation about X is the real matrix (c, −s; s, c): both parts are rotated apart.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from builders.solvers.graphs.cuts import cut_values, quadratic, spins

Floats = NDArray[np.float64]
Precision = DTypeLike

_GROUP = 4
"""Qubits that are rotated together; fastest of 3 to 6 at 12 to 20 vertices."""
_MOST_LEVELS = 4096
"""Different cuts of whole weights whose phases are looked up."""


@lru_cache(maxsize=4)
def uniform(vertices: int) -> Floats:
    """|+…+⟩ of V qubits, float64 (2, 2^(V−1)), of norm 1."""
    powers = np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, -1.0]])  # of i
    units = powers[:, np.bitwise_count(np.arange(2 ** (vertices - 1))) % 4]
    return np.asarray(2.0 ** (-0.5 * (vertices - 1)) * units)


class Cuts:
    """The values of C of B graphs, and the phases that they give.

    Args:
        weights: float64 (B, V, V).
        precision: of phases, and so of the states.

    Attributes:
        values: (B, 2^(V−1)), in that precision.
    """

    def __init__(self, weights: Floats, precision: Precision = np.float64) -> None:
        values = cut_values(weights)
        self.values = values.astype(precision, copy=False)
        self._weights, self._precision = weights, precision
        low, high = values.min(), values.max()
        self._levels: NDArray[np.int64] | None = None
        if high - low < _MOST_LEVELS and np.array_equal(weights, np.rint(weights)):
            self._levels = np.rint(values - low).astype(np.int64)
            self._steps = np.arange(high - low + 1.0)

    def phases(self, gamma: Floats) -> tuple[Floats, Floats]:
        """Cosines and sines of −γ(C − a number of each graph), (B, 2^(V−1)) each."""
        if self._levels is None:
            phases = _built(self._weights, gamma)
            return phases.real.astype(self._precision), phases.imag.astype(self._precision)
        cos, sin = np.empty((2, *self.values.shape), dtype=self._precision)
        for k, (angle, levels) in enumerate(zip(gamma, self._levels, strict=True)):
            # An exponential a value of the cut, and none an amplitude.
            turns = (-angle * self._steps).astype(self._precision)
            np.take(np.cos(turns), levels, out=cos[k], mode="clip")
            np.take(np.sin(turns), levels, out=sin[k], mode="clip")
        return cos, sin


class Turn:
    """e^{−iγC} with an angle of its own, γ float64 (B,), for each of B states."""

    def __init__(self, gamma: Floats, cuts: Cuts) -> None:
        self._cuts = cuts.values
        self._cos, self._sin = cuts.phases(gamma)

    def forward(self, psi: Floats) -> Floats:
        """The turned states."""
        return self._turned(psi, self._sin)

    def back(self, psi: Floats) -> Floats:
        """The states before."""
        return self._turned(psi, -self._sin)

    def slope(self, psi: Floats, other: Floats) -> Floats:
        """2 Im⟨other|C|psi⟩, by γ, (B,)."""
        apart = other[:, 0] * psi[:, 1] - other[:, 1] * psi[:, 0]
        return np.asarray(2.0 * (apart[:, None] @ self._cuts[:, :, None])[:, 0, 0])

    def _turned(self, psi: Floats, sin: Floats) -> Floats:
        out = psi * self._cos[:, None]
        out[:, 0] -= sin * psi[:, 1]
        out[:, 1] += sin * psi[:, 0]
        return np.asarray(out)


class Mixer:
    """e^{−iβ Σ X} with an angle of its own for each of B states of V qubits.

    Groups of qubits are rotated by matrices that move their group to the back, so that every
    product is one call of BLAS and the order is restored at the end.
    """

    def __init__(self, beta: Floats, vertices: int, precision: Precision = np.float64) -> None:
        self._c, self._s = np.cos(beta)[:, None], np.sin(beta)[:, None]
        self._precision = precision
        self._vertices = vertices
        self._groups = tuple(_groups(vertices - 1))
        sizes = set(self._groups)
        self._ahead = {size: self._matrix(size, self._s) for size in sizes}
        self._behind = {size: self._matrix(size, -self._s) for size in sizes}

    def _matrix(self, size: int, sine: Floats) -> Floats:
        """The transposed rotation of a group, float64 (B, 1, 2^size, 2^size)."""
        powers = np.arange(size + 1)
        table = self._c ** (size - powers) * sine**powers
        differ, sign = _flips(size)
        return np.asarray(table[:, differ] * sign, dtype=self._precision)[:, None]

    def forward(self, psi: Floats) -> Floats:
        """The rotated states."""
        return self._rotated(psi, self._ahead, self._s)

    def back(self, psi: Floats) -> Floats:
        """The states before."""
        return self._rotated(psi, self._behind, -self._s)

    def slope(self, psi: Floats, other: Floats) -> Floats:
        """2 Im⟨other|Σ X|psi⟩, by β, (B,); both before the rotation, or both after."""
        found = (other * _last(psi, self._vertices)).sum(axis=(1, 2))
        left = 1
        for size in self._groups:
            differ, sign = _flips(size)
            here, there = (x.reshape(len(x), 2 * left, 2**size, -1) for x in (psi, other))
            if here.shape[3] == 1:
                here, there = here[..., 0][:, None].mT, there[..., 0][:, None].mT
            # Σ_ab other_a (∂R/∂β)_ab psi_b over all other indices; R is stored transposed.
            gram = (here @ there.mT).sum(axis=1)
            found += (gram * np.where(differ == 1, sign, 0.0)).sum(axis=(1, 2))
            left *= 2**size
        return np.asarray(2.0 * found)

    def _rotated(self, psi: Floats, turns: dict[int, Floats], sine: Floats) -> Floats:
        shape = psi.shape
        for size in self._groups:
            matrix = psi.reshape(*shape[:2], 2**size, -1)
            psi = (matrix.transpose(0, 1, 3, 2) @ turns[size]).reshape(shape)
        last = _last(psi, self._vertices)
        last *= sine[:, None].astype(self._precision)
        last += self._c[:, None].astype(self._precision) * psi
        return last


def _last(psi: Floats, vertices: int) -> Floats:
    """−i X of the vertex that is kept at 0, which is −i X on all others."""
    turned = psi[:, :, ::-1] * _signs(vertices, psi.dtype)
    # (−i)^V is left over from the units, of which _signs has all but −i.
    if vertices % 2:
        turned = np.stack([turned[:, 1], -turned[:, 0]], axis=1)
    return np.asarray(turned)


def _built(weights: Floats, gamma: Floats) -> NDArray[np.complex128]:
    """e^{−iγ(C − W/2)}, complex128 (B, 2^(V−1)), W the total weight, without an exponential an
    amplitude: of two halves of the vertices and of what couples them it is a product over the
    vertices of one half, built by doubling.
    """
    free = weights.shape[1] - 1
    half = free // 2
    first, last = spins(half), spins(free - half)
    own = np.hstack([last, np.ones((len(last), 1))])
    turn = 0.5j * gamma[:, None]
    rows = np.exp(turn * quadratic(weights[:, :half, :half], first))
    columns = np.exp(turn * quadratic(weights[:, half:, half:], own))
    # The last vertex, at z = +1, is a field on those of the first half.
    rows = rows * np.exp(turn * (weights[:, :half, -1] @ first.T))
    fields = np.exp(turn[:, :, None] * (first @ weights[:, :half, half:free]))
    built = rows[:, :, None]
    for k in range(free - half):
        factor = fields[:, :, k, None]
        built = np.stack([built * factor, built * factor.conj()], axis=3).reshape(
            len(rows), len(first), -1
        )
    return np.asarray((built * columns[:, None]).reshape(len(rows), -1))


def _groups(qubits: int) -> Iterator[int]:
    """Sizes of groups, as equal as can be."""
    count = -(-qubits // _GROUP)
    for k in range(count):
        yield qubits // count + (k < qubits % count)


@lru_cache(maxsize=4)
def _signs(vertices: int, precision: np.dtype[Any]) -> Floats:
    """−1 for each one of a basis state, times (−1)^⌊V/2⌋, (2^(V−1),)."""
    ones = np.bitwise_count(np.arange(2 ** (vertices - 1))).astype(np.int64)
    return np.asarray(1 - 2 * ((ones + vertices // 2) % 2), dtype=precision)


@lru_cache(maxsize=8)
def _flips(size: int) -> tuple[NDArray[np.int64], Floats]:
    """Qubits in which states b (rows) and a (columns) differ, and −1 for each that is 1 in b."""
    number = np.arange(2**size)
    up = np.bitwise_count(number[:, None] & ~number).astype(np.int64)
    differ = np.bitwise_count(number[:, None] ^ number).astype(np.int64)
    return differ, np.asarray(1.0 - 2.0 * (up % 2), dtype=np.float64)
