"""Expected cuts of the quantum approximate optimization algorithm from state vectors.

|γ, β⟩ = Π_k e^{−iβ_k Σ X} e^{−iγ_k C} |+…+⟩. C and Σ X commute with the flip of all qubits, so that
the last one can be kept at 0: 2^(V−1) amplitudes, numbered as cuts are, and its X flips all others.

- Phases: of two halves of the vertices and of what couples them, e^{−iγC} is a product over the
  vertices of one half; it is built by doubling, without an exponential an amplitude.
- Rotations act on groups of qubits as matrices that move their group to the back, so that every
  product is one call of BLAS and the order is restored at the end.
- Gradients go back through the layers with two states (adjoint differentiation), at about four
  times the cost of the value for any depth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from builders.solvers.graphs.cuts import cut_values, quadratic, spins

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_GROUP = 4
"""Qubits that are rotated together; fastest of 3 to 6 at 12 to 20 vertices."""
_AT_ONCE = 2**16
"""Amplitudes of all states that are worked on together: 1 MB."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected cuts of B states.

    Attributes:
        value: float64 (B,).
        gradient: float64 (B, 2p), by the angles; None where it was not asked for.
    """

    value: Floats
    gradient: Floats | None = None


def from_states(
    weights: Floats, angles: Floats, measured: Floats | None = None, *, gradient: bool = False
) -> Expected:
    """Expected cuts, exact to rounding.

    Args:
        weights: float64 (B, V, V), of the graphs whose C is in the circuit.
        angles: float64 (B, 2p), γ_1 … γ_p, β_1 … β_p.
        measured: the graphs whose cut is measured, if they are others; of the same shape.
        gradient: whether to differentiate by the angles.
    """
    together = max(1, _AT_ONCE >> (weights.shape[1] - 1))
    parts = []
    for start in range(0, len(weights), together):
        part = slice(start, start + together)
        observable = None if measured is None else measured[part]
        parts.append(_some(weights[part], angles[part], observable, gradient=gradient))
    value = np.concatenate([part.value for part in parts]) if parts else np.empty(0)
    slopes = [part.gradient for part in parts if part.gradient is not None]
    return Expected(value, np.concatenate(slopes) if slopes else None)


def _some(weights: Floats, angles: Floats, measured: Floats | None, *, gradient: bool) -> Expected:
    states, depth, qubits = len(weights), angles.shape[1] // 2, weights.shape[1] - 1
    gamma, beta = angles[:, :depth].T, angles[:, depth:].T
    cuts = cut_values(weights)
    seen = cuts if measured is None else cut_values(measured)
    layers = [(_phases(weights, g), _Mixer(b, qubits)) for g, b in zip(gamma, beta, strict=True)]
    psi = np.full((states, 2**qubits), 2.0 ** (-qubits / 2), dtype=np.complex128)
    for phases, mixer in layers:
        psi = mixer.forward(psi * phases)
    value = np.einsum("bz,bz->b", seen, psi.real**2 + psi.imag**2)
    if not gradient:
        return Expected(value)
    slopes = np.empty_like(angles)
    pair: tuple[Complexes, Complexes] = psi, np.asarray(seen * psi, dtype=np.complex128)
    for k in reversed(range(depth)):
        phases, mixer = layers[k]
        pair, slopes[:, depth + k] = mixer.back(*pair)
        slopes[:, k] = 2.0 * np.einsum("bz,bz,bz->b", pair[1].conj(), cuts, pair[0]).imag
        if k:
            pair = np.asarray(pair[0] * phases.conj()), np.asarray(pair[1] * phases.conj())
    return Expected(value, slopes)


def _phases(weights: Floats, gamma: Floats) -> Complexes:
    """e^{−iγ(C − W/2)}, complex128 (B, 2^(V−1)); the total weight W is a global phase."""
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


class _Mixer:
    """e^{−iβ Σ X} with an angle of its own for each of B states.

    Args:
        beta: float64 (B,).
        qubits: that are not kept at 0.
    """

    def __init__(self, beta: Floats, qubits: int) -> None:
        self._c, self._s = np.cos(beta)[:, None], np.sin(beta)[:, None]
        self._groups = tuple(_groups(qubits))
        self._turns = {size: self._turn(size) for size in set(self._groups)}

    def _turn(self, size: int) -> Complexes:
        """The rotation of a group, complex128 (B, 2^size, 2^size); symmetric."""
        flips = _flips(size)
        powers = np.arange(size + 1)
        table = self._c ** (size - powers) * (-1j * self._s) ** powers
        return np.asarray(table[:, flips])

    def forward(self, psi: Complexes) -> Complexes:
        """The rotated states."""
        states = len(psi)
        for size in self._groups:
            matrix = psi.reshape(states, 2**size, -1)
            psi = (matrix.transpose(0, 2, 1) @ self._turns[size]).reshape(states, -1)
        return np.asarray(self._c * psi - 1j * self._s * psi[:, ::-1])

    def back(self, psi: Complexes, other: Complexes) -> tuple[tuple[Complexes, Complexes], Floats]:
        """Both states before the rotation, and the slope 2 Im⟨other|Σ X|psi⟩ by β, (B,)."""
        states = len(psi)
        overlap = np.einsum("bz,bz->b", other.conj(), psi[:, ::-1])
        psi, other = (self._c * x + 1j * self._s * x[:, ::-1] for x in (psi, other))
        for size in reversed(self._groups):
            here, there = (x.reshape(states, -1, 2**size) for x in (psi, other))
            overlap = overlap + ((there.conj().mT @ here) * (_flips(size) == 1)).sum(axis=(1, 2))
            turned = self._turns[size].conj()
            psi, other = ((x @ turned).mT.reshape(states, -1) for x in (here, there))
        return (psi, other), 2.0 * overlap.imag


def _groups(qubits: int) -> Iterator[int]:
    """Sizes of groups, as equal as can be."""
    count = -(-qubits // _GROUP)
    for k in range(count):
        yield qubits // count + (k < qubits % count)


@lru_cache(maxsize=8)
def _flips(size: int) -> NDArray[np.int64]:
    """Qubits in which two basis states differ, int64 (2^size, 2^size)."""
    number = np.arange(2**size)
    return np.bitwise_count(number[:, None] ^ number).astype(np.int64)
