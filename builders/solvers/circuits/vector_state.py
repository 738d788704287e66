"""The state of up to some 24 qubits as a vector: labels and random-Pauli shots in matrix products.

Pair correlations of one letter follow from the probabilities of all outcomes in its basis: of the
two halves of the qubits, signs times probabilities times signs. A shot measures the first third of
the qubits on their density matrix, which all shots share, and the others on what is left of the
state after that.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from builders.solvers.exact.state_vector import BRAS, measure, pair_entropies

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_TOGETHER = 4  # qubits that are turned in one product
_AMPLITUDES = 1 << 21
"""Held at once while sampling."""


class VectorState:
    """A state of N qubits.

    Args:
        vector: complex128 (2^N,), normalised; site 0 is the most significant bit.
    """

    def __init__(self, vector: Complex) -> None:
        self._vector = vector
        self._n = vector.size.bit_length() - 1

    def bloch(self) -> Floats:
        """⟨X_i⟩, ⟨Y_i⟩, ⟨Z_i⟩, float64 (3, N)."""
        return np.stack([single for single, _ in self._moments])

    def magnetization(self) -> Floats:
        """⟨Z_i⟩, float64 (N,)."""
        return self._moments[2][0]

    def correlation(self) -> Floats:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        return np.asarray(sum(pairs for _, pairs in self._moments) / 3.0)

    def renyi2(self) -> Floats:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        return pair_entropies(self._vector)

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli tokens, uint8 (n_shots, N); the first M of more shots are the same.

        Bases and outcomes are two streams spawned from `rng`.
        """
        streams = rng.spawn(2)
        bases = streams[0].integers(0, 3, (n_shots, self._n))
        uniforms = streams[1].random((n_shots, self._n))
        first = self._n // 3
        whole = self._vector.reshape(2**first, -1)
        # Any purification of their density matrix has the first qubits' outcomes.
        weights, vectors = np.linalg.eigh(whole @ whole.conj().T)
        small = vectors * np.sqrt(np.clip(weights, 0.0, None))
        small /= np.linalg.norm(small)
        tokens = np.empty(bases.shape, dtype=np.uint8)
        step = max(1, _AMPLITUDES // max(whole.shape[1], small.size))
        for start in range(0, n_shots, step):
            part = slice(start, start + step)
            mine, random = bases[part], uniforms[part]
            copies = np.broadcast_to(small.ravel(), (len(mine), small.size))
            bits = measure(copies, mine[:, :first], random[:, :first])
            left = _bras(mine[:, :first], bits) @ whole
            left /= np.linalg.norm(left, axis=1, keepdims=True)
            bits = np.hstack([bits, measure(left, mine[:, first:], random[:, first:])])
            tokens[part] = 2 * mine + bits
        return tokens

    @cached_property
    def _moments(self) -> list[tuple[Floats, Floats]]:
        """Of X, Y and Z: ⟨P_i⟩, (N,), and ⟨P_iP_j⟩, (N, N)."""
        return [
            _moments(np.abs(_turned(self._vector, bras)) ** 2, self._n)
            for bras in (BRAS[0], BRAS[1], None)
        ]


def _turned(vector: Complex, unitary: Complex | None) -> Complex:
    """The same rotation of all qubits."""
    if unitary is None:
        return vector
    left = vector.size.bit_length() - 1
    while left:
        count = min(_TOGETHER, left)
        matrix = np.ones((1, 1), dtype=complex)
        for _ in range(count):
            matrix = np.kron(matrix, unitary)
        # The first qubits become the last ones: after all of them the order is the old one.
        vector = vector.reshape(2**count, -1).T @ matrix.T
        left -= count
    return vector.reshape(-1)


def _moments(p: Floats, n: int) -> tuple[Floats, Floats]:
    table = p.reshape(2 ** (n // 2), -1)
    rows, columns = _signs(n // 2), _signs(n - n // 2)
    of_row, of_column = table.sum(axis=1), table.sum(axis=0)
    across = rows @ table @ columns.T
    pairs = np.block([
        [rows * of_row @ rows.T, across],
        [across.T, columns * of_column @ columns.T],
    ])  # fmt: skip
    np.fill_diagonal(pairs, 1.0)
    return np.concatenate([rows @ of_row, columns @ of_column]), pairs


def _signs(n: int) -> Floats:
    """Z_i of every outcome of n qubits, float64 (n, 2^n)."""
    return np.asarray(1.0 - 2.0 * (np.arange(2**n) >> np.arange(n)[::-1, None] & 1), np.float64)


def _bras(bases: NDArray[np.int64], bits: NDArray[np.int64]) -> Complex:
    """⟨outcome| of some qubits, complex (S, 2^k) of (S, k)."""
    out = np.ones((len(bases), 1), dtype=complex)
    for site in range(bases.shape[1]):
        own = BRAS[bases[:, site], bits[:, site]]
        out = (out[:, :, None] * own[:, None]).reshape(len(out), -1)
    return out
