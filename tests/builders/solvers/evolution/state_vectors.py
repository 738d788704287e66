"""Evolved states of a few qubits and their labels, from all amplitudes: an independent oracle."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, eye_array, kron
from scipy.sparse.linalg import expm_multiply

from builders.physics.hamiltonian import Hamiltonian
from tests.builders.small_states import LETTERS


def sparse(h: Hamiltonian) -> csr_array:
    total = csr_array((2**h.n_sites,) * 2, dtype=complex)
    for term in h.terms:
        for sites, coefficient in zip(term.sites, term.coefficients, strict=True):
            named = dict(zip(sites.tolist(), term.paulis, strict=True))
            one = eye_array(1)
            for i in range(h.n_sites):
                one = kron(one, LETTERS[named.get(i, "I")], format="csr")
            total = total + coefficient * one
    return csr_array(total)


def product_vector(spins: Sequence[float]) -> np.ndarray:
    """|s_1 … s_N⟩ of Z, complex (2^N,); site 0 is the most significant bit."""
    vector = np.zeros(2 ** len(spins), dtype=complex)
    vector[int("".join("0" if s > 0 else "1" for s in spins), 2)] = 1.0
    return vector


def evolve(h: Hamiltonian, vector: np.ndarray, t: float) -> np.ndarray:
    return np.asarray(expm_multiply(-1j * t * sparse(h), vector.astype(complex)))


def reduced(vector: np.ndarray, sites: Sequence[int]) -> np.ndarray:
    n = vector.size.bit_length() - 1
    matrix = np.moveaxis(vector.reshape((2,) * n), sites, range(len(sites)))
    matrix = matrix.reshape(2 ** len(sites), -1)
    return matrix @ matrix.conj().T


def entropy(vector: np.ndarray, sites: Sequence[int]) -> float:
    """S2 in bit; of the complement, whose purity is the same, where that is smaller."""
    n = vector.size.bit_length() - 1
    rest = [i for i in range(n) if i not in sites]
    density = reduced(vector, min(list(sites), rest, key=len))
    return -float(np.log2((np.abs(density) ** 2).sum()))


def labels(vector: np.ndarray) -> dict[str, np.ndarray]:
    n = vector.size.bit_length() - 1
    pair = sum(np.kron(LETTERS[p], LETTERS[p]) for p in "XYZ") / 3.0
    correlation = np.eye(n)
    for i in range(n):
        for j in range(i):
            value = np.trace(reduced(vector, [j, i]) @ pair).real
            correlation[i, j] = correlation[j, i] = value
    z = [np.trace(reduced(vector, [i]) @ LETTERS["Z"]).real for i in range(n)]
    return {
        "magnetization": np.array(z),
        "correlation": correlation,
        "renyi2": np.array([entropy(vector, [a, a + 1]) for a in range(n - 1)]),
        "renyi2_blocks": np.array([entropy(vector, range(cut)) for cut in range(1, n)]),
    }
