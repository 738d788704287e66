"""Random two-qubit Clifford gates on stabilizer states."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from builders.solvers.stabilizers.state import Bits, StabilizerState

GATES = 720
"""Two-qubit Clifford gates up to Pauli gates: the order of the symplectic group Sp(4, 2)."""


def scrambled(
    state: StabilizerState, pairs: NDArray[np.int64], rng: np.random.Generator
) -> StabilizerState:
    """The state after one gate on every pair, uniform on the two-qubit Clifford group.

    Args:
        state: N qubits.
        pairs: int64 (P, 2), disjoint pairs of qubits.
        rng: draws the gates.
    """
    bits, phases = gate_tables()
    gate = rng.integers(GATES, size=len(pairs))
    # A Pauli gate behind it changes signs: uniform bits for the images of X1, Z1, X2, Z2.
    signs = rng.integers(16, size=len(pairs)).astype(np.uint8)
    a, b = pairs.T
    index = state.x[:, a] | state.z[:, a] << 1 | state.x[:, b] << 2 | state.z[:, b] << 3
    flips = np.bitwise_count(index & signs)
    image = bits[gate, index]
    x, z = state.x.copy(), state.z.copy()
    x[:, a], z[:, a] = image & 1, image >> 1 & 1
    x[:, b], z[:, b] = image >> 2 & 1, image >> 3 & 1
    gained = (phases[gate, index] + 2 * flips).sum(axis=1, dtype=np.int64)
    return StabilizerState(x, z, ((state.phase + gained) % 4).astype(np.uint8))


@lru_cache(maxsize=1)
def gate_tables() -> tuple[Bits, Bits]:
    """Images of the 16 two-qubit strings under every gate.

    A string X1^x1 Z1^z1 X2^x2 Z2^z2 has the number x1 + 2 z1 + 4 x2 + 8 z2.

    Returns:
        Numbers of the images, uint8 (720, 16), and their powers of i, modulo 4.
    """
    bits = np.zeros((GATES, 16), dtype=np.uint8)
    phases = np.zeros((GATES, 16), dtype=np.uint8)
    for gate, images in enumerate(_symplectic_bases()):
        for index in range(16):
            number = phase = 0
            for k, image in enumerate(images):
                if index >> k & 1:
                    phase += _hermitian(image) + 2 * (_z(number) & _x(image)).bit_count()
                    number ^= image
            bits[gate, index], phases[gate, index] = number, phase % 4
    return bits, phases


def _symplectic_bases() -> list[tuple[int, int, int, int]]:
    """All choices of images of X1, Z1, X2, Z2 that anticommute as these do: 15 · 8 · 3 · 2."""
    every = range(1, 16)
    return [
        (x1, z1, x2, z2)
        for x1 in every
        for z1 in every
        if _anticommute(x1, z1)
        for x2 in every
        if not _anticommute(x1, x2) and not _anticommute(z1, x2)
        for z2 in every
        if not _anticommute(x1, z2) and not _anticommute(z1, z2) and _anticommute(x2, z2)
    ]


def _x(number: int) -> int:
    return (number & 1) | (number >> 1 & 2)


def _z(number: int) -> int:
    return _x(number >> 1)


def _anticommute(a: int, b: int) -> bool:
    return ((_x(a) & _z(b)).bit_count() + (_z(a) & _x(b)).bit_count()) % 2 == 1


def _hermitian(number: int) -> int:
    """Power of i that makes the string Hermitian: one for every Y."""
    return (_x(number) & _z(number)).bit_count()
