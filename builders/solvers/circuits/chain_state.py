"""A complex matrix product state of a chain: labels and random-Pauli shots."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Floats = NDArray[np.float64]

_R = np.sqrt(0.5)
_BRAS = np.array(
    [[[_R, _R], [_R, -_R]], [[_R, -1j * _R], [_R, 1j * _R]], [[1, 0], [0, 1]]], dtype=complex
)
"""complex (3, 2, 2): ⟨outcome| of basis X, Y, Z and bit, in the components ⟨0|, ⟨1|."""
_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


@dataclass(frozen=True, eq=False)
class ChainState:
    """A normalised state of N sites.

    Attributes:
        tensors: N of them, complex (left, 2, right), right-orthonormal: Σ B B† = 1 on the left
            index. The first has left = 1, the last right = 1.
        reach: sites further apart are in a product state of their two halves and uncorrelated;
            N where nothing is known.
        norm: what it was before it was normalised: how far off 1, so much was lost on the way.
    """

    tensors: tuple[Complex, ...]
    reach: int
    norm: float = 1.0

    @staticmethod
    def from_tensors(tensors: Sequence[Complex], reach: int) -> "ChainState":
        """Any matrix product state, brought to this form from the right."""
        out, rest = [], np.ones((1, 1), dtype=complex)
        for tensor in reversed(tensors):
            matrix = np.tensordot(tensor, rest, axes=(2, 0))
            left, _, right = matrix.shape
            q, r = np.linalg.qr(matrix.reshape(left, 2 * right).conj().T)
            out.append(np.ascontiguousarray(q.conj().T).reshape(-1, 2, right))
            rest = r.conj().T
        # What is left is a number: a phase times the norm.
        return ChainState(tuple(reversed(out)), reach, float(abs(rest[0, 0])))

    @property
    def n_sites(self) -> int:
        """Number of sites N."""
        return len(self.tensors)

    @property
    def bond(self) -> int:
        """Largest bond dimension."""
        return max(len(tensor) for tensor in self.tensors)

    def bloch(self) -> Floats:
        """⟨X_i⟩, ⟨Y_i⟩, ⟨Z_i⟩, float64 (3, N)."""
        traces = [self._opened(i).trace(axis1=1, axis2=2).real for i in range(self.n_sites)]
        return np.asarray(np.stack(traces, axis=1), dtype=np.float64)

    def magnetization(self) -> Floats:
        """⟨Z_i⟩, float64 (N,)."""
        z: Floats = self.bloch()[2]
        return z

    def correlation(self) -> Floats:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        single = self.bloch()
        out: Floats = single.T @ single / 3.0
        for i in range(self.n_sites):
            behind = self._opened(i)
            for j in range(i + 1, min(i + self.reach + 1, self.n_sites)):
                tensor = self.tensors[j]
                moved = np.tensordot(behind, tensor, axes=(2, 0))
                # (P, a, s, c) with the letter of each P on s.
                turned = np.einsum("pts,pasc->patc", _PAULIS, moved)
                value = np.einsum("atc,patc->", tensor.conj(), turned)
                out[i, j] = out[j, i] = value.real / 3.0
                behind = np.einsum("asb,pasc->pbc", tensor.conj(), moved, optimize=True)
        np.fill_diagonal(out, 1.0)
        return out

    def renyi2(self) -> Floats:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        out = []
        for a in range(self.n_sites - 1):
            pair = np.tensordot(self.tensors[a], self.tensors[a + 1], axes=(2, 0))
            pair = pair.reshape(len(pair), 4, -1)
            left = np.tensordot(self._left[a], pair, axes=(1, 0))
            density = np.tensordot(left, pair.conj(), axes=((0, 2), (0, 2)))
            # Rounding can put the purity of a pure state above 1.
            out.append(max(0.0, -float(np.log2((np.abs(density) ** 2).sum()))))
        return np.array(out)

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (n_shots, N), tokens 2·basis + bit.

        As `StateVector.sample`: site 0 first, the bit is 1 where a uniform number is at least
        p(bit 0), and the first M of more shots are the same shots.
        """
        streams = rng.spawn(2)
        bases = streams[0].integers(0, 3, (n_shots, self.n_sites))
        uniforms = streams[1].random((n_shots, self.n_sites))
        bits = np.empty(bases.shape, dtype=np.int64)
        state = np.ones((n_shots, 1), dtype=complex)
        for i, tensor in enumerate(self.tensors):
            halves = np.tensordot(state, tensor, axes=(1, 0))
            both = np.einsum("mbs,msr->mbr", _BRAS[bases[:, i]], halves)
            p_zero = (np.abs(both[:, 0]) ** 2).sum(axis=1)
            bits[:, i] = uniforms[:, i] >= p_zero
            state = both[np.arange(n_shots), bits[:, i]]
            state /= np.linalg.norm(state, axis=1, keepdims=True)
        return (2 * bases + bits).astype(np.uint8)

    @cached_property
    def _left(self) -> list[Complex]:
        """What is left of site i, complex (left, left): conjugated index first."""
        out = [np.ones((1, 1), dtype=complex)]
        for tensor in self.tensors[:-1]:
            moved = np.tensordot(out[-1], tensor, axes=(1, 0))
            out.append(np.tensordot(tensor.conj(), moved, axes=((0, 1), (0, 1))))
        return out

    def _opened(self, i: int) -> Complex:
        """The left part up to site i with X, Y or Z on it, complex (3, right, right)."""
        tensor = self.tensors[i]
        moved = np.tensordot(self._left[i], tensor, axes=(1, 0))
        turned = np.einsum("pts,asc->patc", _PAULIS, moved)
        out: Complex = np.einsum("atb,patc->pbc", tensor.conj(), turned, optimize=True)
        return out
