"""States of a few qubits: labels and measurements straight from their amplitudes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Sector
from builders.physics.label_error import LabelError

Vector = NDArray[np.float64] | NDArray[np.complex128]

_HALF = np.sqrt(0.5)
BRAS = np.array(
    [
        [[_HALF, _HALF], [_HALF, -_HALF]],
        [[_HALF, -1j * _HALF], [_HALF, 1j * _HALF]],
        [[1, 0], [0, 1]],
    ]
)
"""complex (3, 2, 2): ⟨outcome| of basis X, Y, Z and bit, in the components ⟨0|, ⟨1|."""

_ROUNDING = 1e-15  # of a residual, in units of the energy

_CHUNK = 1 << 20
"""Amplitudes held at once while sampling."""


@dataclass(frozen=True, eq=False)
class StateVector:
    """A normalised real state with the energy that belongs to it.

    Attributes:
        energy: ⟨H⟩, in the units of H.
        energy_variance: ⟨H²⟩ − ⟨H⟩², in the units of H squared.
        gap: distance to the next level of the same sector, in the units of H; inf if there is none.
        vector: float64 (2^N,); site 0 is the most significant bit, bit 0 is Z = +1.
        sector: the sector that it was found in, if it is known.
    """

    energy: float
    energy_variance: float
    gap: float
    vector: NDArray[np.float64]
    sector: Sector | None = None

    def __post_init__(self) -> None:
        size = self.vector.size
        if self.vector.shape != (size,) or size < 2 or size & (size - 1):
            raise ValueError(f"{self.vector.shape=}: the length is a power of 2")
        if abs(self.vector @ self.vector - 1.0) > 1e-10:
            raise ValueError(f"{self.vector @ self.vector=}: the norm is 1")

    @property
    def n_sites(self) -> int:
        """Number of sites N."""
        return self.vector.size.bit_length() - 1

    @property
    def label_error(self) -> LabelError:
        """A bound from the residual and the gap: ‖Hψ − Eψ‖ / gap is the sine of the angle."""
        rounding = _ROUNDING * max(abs(self.energy), self.gap if np.isfinite(self.gap) else 0.0)
        residual = max(float(np.sqrt(self.energy_variance)), rounding)
        return LabelError.of_angle(residual / self.gap)

    def expectation(self, paulis: str, sites: Sequence[int]) -> float:
        """⟨Π_m paulis[m] on sites[m]⟩ for different sites in any order.

        Raises:
            RequestError: letters other than X, Y, Z, repeated sites, sites outside the state.
        """
        n = self.n_sites
        if set(paulis) - set("XYZ") or len(paulis) != len(sites):
            raise RequestError(f"{paulis!r} on {len(sites)} sites: give a letter X, Y, Z a site.")
        if len(set(sites)) != len(sites) or not all(0 <= i < n for i in sites):
            raise RequestError(f"sites {list(sites)}: give different sites of 0..{n - 1}.")
        flips, signs = string_masks(paulis, sites, n)
        if paulis.count("Y") % 2:
            return 0.0  # The operator is imaginary and antisymmetric, the state real.
        states = np.arange(self.vector.size)
        return float(
            self.vector[states ^ flips] @ (string_signs(paulis, signs, states) * self.vector)
        )

    def expectations(self, strings: Sequence[tuple[str, Sequence[int]]]) -> NDArray[np.float64]:
        """Expectation values of Pauli strings (letters, sites), float64 (S,)."""
        return np.array([self.expectation(*string) for string in strings], dtype=np.float64)

    def correlation(self) -> NDArray[np.float64]:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        out = np.eye(self.n_sites)
        for i, j in combinations(range(self.n_sites), 2):
            values = [self.expectation(p, (i, j)) for p in ("XX", "YY", "ZZ")]
            out[i, j] = out[j, i] = sum(values) / 3.0
        return out

    def renyi2(self) -> NDArray[np.float64]:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        return pair_entropies(self.vector)

    def renyi2_blocks(self) -> NDArray[np.float64]:
        """S2 of the left block of every cut (1 … N−1 sites), float64 (N−1,), in bit."""
        return block_entropies(self.vector)

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See `sample_vector`."""
        return sample_vector(self.vector, n_shots, rng)


def pair_entropies(vector: Vector) -> NDArray[np.float64]:
    """S2 = −log2 tr ρ² of the pairs (a, a+1) of a state (2^N,), float64 (N−1,), in bit."""
    out = []
    for a in range(vector.size.bit_length() - 2):
        parts = vector.reshape(2**a, 4, -1)
        out.append(_entropy(np.einsum("lsr,ltr->st", parts, parts.conj())))
    return np.array(out)


def block_entropies(vector: Vector) -> NDArray[np.float64]:
    """S2 of the left block of every cut (1 … N−1 sites) of a state (2^N,), float64 (N−1,)."""
    out = []
    for cut in range(1, vector.size.bit_length() - 1):
        matrix = vector.reshape(2**cut, -1)
        # The purities of the two sides are equal; take the smaller density matrix.
        wide = matrix.shape[0] <= matrix.shape[1]
        out.append(_entropy(matrix @ matrix.conj().T if wide else matrix.T @ matrix.conj()))
    return np.array(out)


def sample_vector(vector: Vector, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Measure every site of `n_shots` copies of a state in a random basis each.

    Sites are measured one after the other on the amplitudes, site 0 first; the bit is 1 where the
    uniform number is at least p(bit 0). The bases and the uniform numbers are two streams spawned
    from `rng`, so that the first M of more shots are the same shots.

    Args:
        vector: real or complex (2^N,), normalised.
        n_shots: M.
        rng: its numbers.

    Returns:
        uint8 (n_shots, N), tokens 2·basis + bit, basis 0, 1, 2 = X, Y, Z.
    """
    n_sites = vector.size.bit_length() - 1
    streams = rng.spawn(2)
    bases = streams[0].integers(0, 3, (n_shots, n_sites))
    uniforms = streams[1].random((n_shots, n_sites))
    step, whole = max(1, _CHUNK // vector.size), vector.astype(complex)
    tokens = np.empty(bases.shape, dtype=np.uint8)
    for start in range(0, n_shots, step):
        part = slice(start, start + step)
        copies = np.broadcast_to(whole, (len(bases[part]), vector.size))
        tokens[part] = 2 * bases[part] + measure(copies, bases[part], uniforms[part])
    return tokens


def measure(
    states: NDArray[np.complex128], bases: NDArray[np.int64], uniforms: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Bits 0 or 1, int64 (S, N), of states (S, 2^N) in their bases (S, N), one state a shot."""
    bits = np.empty(bases.shape, dtype=np.int64)
    for i in range(bases.shape[1]):
        halves = states.reshape(len(bases), 2, -1)
        bit_zero = _project(halves, BRAS[bases[:, i], 0])
        p_zero = (np.abs(bit_zero) ** 2).sum(axis=1)
        bits[:, i] = uniforms[:, i] >= p_zero
        states = _project(halves, BRAS[bases[:, i], bits[:, i]])
        states = states / np.linalg.norm(states, axis=1, keepdims=True)
    return bits


def string_masks(paulis: str, sites: Sequence[int], n_sites: int) -> tuple[int, int]:
    """Bits that a Pauli string flips (X, Y) and bits whose value sets its sign (Y, Z)."""
    flips = signs = 0
    for letter, site in zip(paulis, sites, strict=True):
        bit = 1 << (n_sites - 1 - int(site))
        flips |= bit if letter in "XY" else 0
        signs |= bit if letter in "YZ" else 0
    return flips, signs


def string_signs(paulis: str, signs: int, states: NDArray[np.int64]) -> NDArray[np.float64]:
    """Amplitude that a string with an even number of Y gives each basis state, float64 ±1.

    Y|s⟩ = i (−1)^s |1−s⟩, so that two Y give a factor −1.
    """
    factor = -1.0 if paulis.count("Y") % 4 == 2 else 1.0
    odd = np.bitwise_count(states & signs) & 1
    return np.asarray(factor * (1.0 - 2.0 * odd), dtype=np.float64)


def _project(
    halves: NDArray[np.complex128], bras: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """⟨outcome| on the first site of every state: (S, 2, D) and (S, 2) to (S, D)."""
    return np.asarray(bras[:, :1] * halves[:, 0] + bras[:, 1:] * halves[:, 1])


def _entropy(density: Vector) -> float:
    # Rounding can put the purity of a pure state above 1; entropies are not negative.
    return max(0.0, -float(np.log2((np.abs(density) ** 2).sum())))
