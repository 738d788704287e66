"""Stabilizer states: exact labels by linear algebra over bits, after random Clifford circuits.

A Pauli string is i^p X^x Z^z with bits x, z a qubit and p modulo 4; it is Hermitian with the sign
(−1)^s for p = |x ∧ z| + 2s. The product of two is i^(p + p' + 2 |z ∧ x'|) X^(x ⊕ x') Z^(z ⊕ z').
Reference: Aaronson and Gottesman, Phys. Rev. A 70, 052328 (2004); entropies: Fattal et al.,
quant-ph/0406168.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class _Row:
    """i^phase X^x Z^z, the bits of qubit i at 1 << i."""

    x: int
    z: int
    phase: int

    def times(self, other: "_Row") -> "_Row":
        phase = self.phase + other.phase + 2 * (self.z & other.x).bit_count()
        return _Row(self.x ^ other.x, self.z ^ other.z, phase % 4)


@dataclass(frozen=True, eq=False)
class StabilizerState:
    """The one state of N qubits on which N independent commuting strings are +1.

    Attributes:
        x: uint8 (N, N), bit [k, i] of generator k on qubit i.
        z: uint8 (N, N).
        phase: uint8 (N,), modulo 4.
    """

    x: Bits
    z: Bits
    phase: Bits

    @property
    def n_sites(self) -> int:
        """Number of qubits N."""
        return len(self.phase)

    def expectation(self, paulis: str, sites: Sequence[int]) -> int:
        """⟨Π_m paulis[m] on sites[m]⟩: 0, +1 or −1; different sites in any order."""
        x = sum(1 << i for letter, i in zip(paulis, sites, strict=True) if letter in "XY")
        z = sum(1 << i for letter, i in zip(paulis, sites, strict=True) if letter in "YZ")
        rest = _Row(x, z, (x & z).bit_count() % 4)
        # The string times the generators that it is made of is ±1.
        for pivot, row in self._echelon:
            if (rest.x | rest.z << self.n_sites) & pivot:
                rest = rest.times(row)
        return 0 if rest.x or rest.z else 1 - rest.phase

    def entropy(self, sites: Iterable[int]) -> int:
        """Entropy of some qubits in bit, of any Rényi index: the spectrum is flat."""
        chosen = list(sites)
        return rank(key for i in chosen for key in self._commutation[i][::2]) - len(chosen)

    def correlation(self) -> NDArray[np.float64]:
        """C_ij = ⟨X_iX_j + Y_iY_j + Z_iZ_j⟩/3, (N, N), C_ii = 1."""
        total = np.zeros((self.n_sites, self.n_sites))
        for letter, column in zip("XYZ", range(3), strict=True):
            alike: dict[int, list[int]] = {}
            for i, keys in enumerate(self._commutation):
                alike.setdefault(keys[column], []).append(i)
            # P_i P_j is ±1 in the state if it commutes with every generator, otherwise 0.
            for sites in alike.values():
                first, *others = sites
                expectations = [self.expectation(2 * letter, (first, i)) for i in others]
                signs = np.array([1, *expectations])
                total[np.ix_(sites, sites)] += np.outer(signs, signs)
        total /= 3.0
        np.fill_diagonal(total, 1.0)
        return total

    def renyi2(self) -> NDArray[np.float64]:
        """Rényi-2 entropy in bit of the neighbours (a, a+1), (N−1,)."""
        return np.array([self.entropy((a, a + 1)) for a in range(self.n_sites - 1)], dtype=float)

    def renyi2_blocks(self) -> NDArray[np.float64]:
        """Rényi-2 entropy in bit of the left block at each cut, (N−1,)."""
        basis: dict[int, int] = {}
        out = []
        for i in range(self.n_sites - 1):
            for key in self._commutation[i][::2]:
                _insert(basis, key)
            out.append(len(basis) - (i + 1))
        return np.array(out, dtype=float)

    @cached_property
    def _commutation(self) -> list[tuple[int, int, int]]:
        """Of X, Y and Z on every qubit: a number whose bits say which generators anticommute."""
        x, z = (as_numbers(bits.T) for bits in (self.x, self.z))
        return [(b, a ^ b, a) for a, b in zip(x, z, strict=True)]

    @cached_property
    def _echelon(self) -> list[tuple[int, _Row]]:
        """Generators of the same group, each with a bit (x below z) that later ones do not have."""
        n = self.n_sites
        xs, zs = as_numbers(self.x), as_numbers(self.z)
        rows = [_Row(a, b, int(p)) for a, b, p in zip(xs, zs, self.phase, strict=True)]
        out = []
        while rows:
            row = rows.pop()
            bits = row.x | row.z << n
            pivot = bits & -bits
            out.append((pivot, row))
            rows = [r.times(row) if (r.x | r.z << n) & pivot else r for r in rows]
        return out


def from_strings(n_sites: int, strings: Sequence[tuple[str, Sequence[int]]]) -> StabilizerState:
    """The state that N independent commuting strings, each of one letter X or Z, leave as it is.

    Raises:
        ValueError: not N strings, not independent, or not commuting.
    """
    x = np.zeros((n_sites, n_sites), dtype=np.uint8)
    z = np.zeros_like(x)
    if len(strings) != n_sites:
        raise ValueError(f"{len(strings)} strings fix a state of {n_sites} qubits if they are N")
    for k, (letter, sites) in enumerate(strings):
        {"X": x, "Z": z}[letter][k, list(sites)] = 1
    crossed = x.astype(int) @ z.T
    if ((crossed + crossed.T) % 2).any():
        raise ValueError("two of the strings anticommute")
    if rank(as_numbers(np.concatenate([x, z], axis=1))) < n_sites:
        raise ValueError("one of the strings is a product of others")
    return StabilizerState(x, z, np.zeros(n_sites, dtype=np.uint8))


def as_numbers(bits: Bits) -> list[int]:
    """Rows of bits as whole numbers, column i at 1 << i."""
    packed = np.packbits(bits, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def rank(numbers: Iterable[int]) -> int:
    """Rank over GF(2) of numbers read as rows of bits."""
    basis: dict[int, int] = {}
    for number in numbers:
        _insert(basis, number)
    return len(basis)


def _insert(basis: dict[int, int], number: int) -> None:
    """Reduce `number` by the rows found so far (by leading bit), and keep what is left of it."""
    while number:
        lead = number.bit_length()
        if lead not in basis:
            basis[lead] = number
            return
        number ^= basis[lead]
