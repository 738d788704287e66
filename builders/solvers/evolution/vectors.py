"""Evolved state vectors of short chains: exact, labels and shots straight from the amplitudes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import expm_multiply

from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.initial_state import spins
from builders.solvers.exact.diagonalization import exact_ground_state, matrix
from builders.solvers.exact.state_vector import block_entropies, pair_entropies, sample_vector

Floats = NDArray[np.float64]
Vectors = NDArray[np.complex128]

MOST_SITES = 14
CRITICAL = "critical_ground"
"""The ground state of −Σ Z_i Z_{i+1} − Σ X_i with Π X = +1."""
_LETTERS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_PAIR = sum(np.kron(letter, letter) for letter in _LETTERS) / 3.0


@dataclass(frozen=True, eq=False)
class EvolvedVectors:
    """See `builders.solvers.evolution.states.EvolvedStates`.

    Attributes:
        times: float64 (T,).
        energy: float64 (B, T).
        start_energy: float64 (B,).
        vectors: complex128 (B, T, 2^N), normalised; site 0 is the most significant bit.
    """

    times: Floats
    energy: Floats
    start_energy: Floats
    vectors: Vectors

    @property
    def truncated_weight(self) -> Floats:
        """Nothing is truncated: 0, float64 (B, T)."""
        return np.zeros(self.energy.shape)

    def labels(self) -> dict[str, Floats]:
        """See `EvolvedStates.labels`."""
        shape = self.vectors.shape[:2]
        rows = [_labels(v) for v in self.vectors.reshape(-1, self.vectors.shape[2])]
        return {
            name: np.stack([row[name] for row in rows]).reshape(*shape, *rows[0][name].shape)
            for name in rows[0]
        }

    def label_errors(self) -> dict[str, Floats]:
        """See `EvolvedStates.label_errors`: rounding alone, 0."""
        zero = np.zeros(self.energy.shape)
        return {"label_error_correlation": zero, "label_error_renyi2": zero}

    def at_twice_the_bond(self, row: int) -> None:
        """See `EvolvedStates.at_twice_the_bond`: nothing is cut."""

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """See `EvolvedStates.sample`: every time has a stream of its own."""
        return np.stack(
            [
                [
                    sample_vector(v, n_shots, stream)
                    for v, stream in zip(vectors, rng.spawn(len(vectors)), strict=True)
                ]
                for vectors, rng in zip(self.vectors, rngs, strict=True)
            ]
        )


def critical_chain(n: int) -> Hamiltonian:
    """Whose ground state with Π X = +1 is `CRITICAL`."""
    terms = (
        PauliTerms("ZZ", chain_bonds(n), -np.ones(n - 1)),
        PauliTerms("X", np.arange(n)[:, None], -np.ones(n)),
    )
    return Hamiltonian(n, terms)


def evolved_vectors(
    hamiltonians: Sequence[Hamiltonian], initial: str, times: Floats
) -> EvolvedVectors:
    """e^{−iHt} of an initial state of at most `MOST_SITES` sites, to about 1e-14.

    Raises:
        RequestError: no such initial state.
    """
    start = _start(initial, hamiltonians[0].n_sites)
    vectors, energy = [], []
    for hamiltonian in hamiltonians:
        H = matrix(hamiltonian)
        path = [start, *_path(H, start, times)]
        vectors.append(np.stack(path[1:]))
        energy.append([float((v.conj() @ np.asarray(H @ v)).real) for v in path])
    levels = np.array(energy)
    return EvolvedVectors(times, levels[:, 1:], levels[:, 0], np.stack(vectors))


def evolved_from(hamiltonian: Hamiltonian, start: NDArray[np.complex128], times: Floats) -> Vectors:
    """e^{−iHt} of a vector of at most `MOST_SITES` sites, to about 1e-14.

    Args:
        hamiltonian: H.
        start: complex128 (2^N,), site 0 is the most significant bit.
        times: float64 (T,), from 0, rising.

    Returns:
        complex128 (T, 2^N).
    """
    return _path(matrix(hamiltonian), start, times)


def product_vector(each: Floats) -> NDArray[np.complex128]:
    """The state whose ⟨Z_i⟩ are the given ±1, float64 (N,)."""
    vector = np.zeros(2 ** len(each), dtype=complex)
    vector[reduce(lambda number, bit: 2 * number + int(bit), each < 0, 0)] = 1.0
    return vector


def _path(H: csr_array, start: NDArray[np.complex128], times: Floats) -> Vectors:
    path, now = [start], 0.0
    for t in times:
        step = expm_multiply(-1j * (t - now) * H, path[-1]) if t > now else path[-1]
        path.append(step / np.linalg.norm(step))
        now = t
    return np.stack(path[1:])


def _start(initial: str, n: int) -> NDArray[np.complex128]:
    if initial == CRITICAL:
        return exact_ground_state(critical_chain(n), Sector("parity", 1)).vector.astype(complex)
    return product_vector(spins(initial, n))


def _labels(vector: NDArray[np.complex128]) -> dict[str, Floats]:
    n = vector.size.bit_length() - 1
    correlation = np.eye(n)
    for i in range(n):
        for j in range(i + 1, n):
            value = np.einsum("st,ts->", _reduced(vector, [i, j]), _PAIR).real
            correlation[i, j] = correlation[j, i] = value
    return {
        "magnetization": np.array(
            [np.einsum("st,ts->", _reduced(vector, [i]), _LETTERS[2]).real for i in range(n)]
        ),
        "correlation": correlation,
        "renyi2": pair_entropies(vector),
        "renyi2_blocks": block_entropies(vector),
    }


def _reduced(vector: NDArray[np.complex128], sites: Sequence[int]) -> NDArray[np.complex128]:
    n = vector.size.bit_length() - 1
    matrix = np.moveaxis(vector.reshape((2,) * n), sites, range(len(sites)))
    matrix = matrix.reshape(2 ** len(sites), -1)
    return np.asarray(matrix @ matrix.conj().T)
