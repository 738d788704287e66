"""Evolutions of a few qubits by dense matrices, and the amplitudes of matrix product states."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.product_states import BITS
from builders.solvers.mps.mps import Mps
from tests.builders.small_states import dense, string


@dataclass(frozen=True, eq=False)
class Amplitudes:
    """A complex state, (2^N,); site 0 is the most significant bit."""

    vector: np.ndarray

    @property
    def n_sites(self) -> int:
        return self.vector.size.bit_length() - 1

    def mean(self, paulis: str, *sites: int) -> float:
        operator = string(self.n_sites, paulis, sites)
        return float(np.vdot(self.vector, operator @ self.vector).real)

    def pairs(self, paulis: str) -> np.ndarray:
        """⟨P_i Q_j⟩ for all i < j, one after the other."""
        return np.array([self.mean(paulis, *ij) for ij in combinations(range(self.n_sites), 2)])

    def entropy(self, first: int, last: int) -> float:
        """Rényi-2 entropy of the sites first … last − 1, in bit."""
        parts = self.vector.reshape(2**first, 2 ** (last - first), -1)
        rho = np.einsum("lsr,ltr->st", parts, parts.conj())
        return float(-np.log2((np.abs(rho) ** 2).sum()))


def drawn(family: str, n: int, rows: int, seed: int) -> list[Hamiltonian]:
    model, size = families.solvable(family), Size(n)
    rng = np.random.default_rng(seed)
    return [model.hamiltonian(size, model.draw(size, rng)) for _ in range(rows)]


def product_vector(name: str, n: int) -> np.ndarray:
    vector = np.zeros(2**n, dtype=complex)
    vector[int("".join(str(BITS[name](i, n)) for i in range(n)), 2)] = 1.0
    return vector


def exactly(h: Hamiltonian, start: np.ndarray, time: float) -> Amplitudes:
    """exp(−i H t) on a vector, by all eigenvectors."""
    levels, vectors = np.linalg.eigh(dense(h))
    phases = np.exp(-1j * time * levels)
    return Amplitudes(vectors @ (phases * (vectors.conj().T @ start)))


def amplitudes(state: Mps, row: int) -> Amplitudes:
    """One state of a batch, contracted from the left, charge by charge."""
    known: dict[int, np.ndarray] = {0: np.ones((1, 1), dtype=complex)}
    for i in range(state.n_sites):
        count = len(next(iter(known.values())))
        new: dict[int, np.ndarray] = {}
        for (q, s), block in state.parts(i).items():
            right = state.qubit.add(q, state.qubit.charges(i)[s])
            if q in known:
                at = new.setdefault(right, np.zeros((count, 2, block.shape[2]), dtype=complex))
                at[:, s] += known[q] @ block[row].numpy()
        known = {q: block.reshape(2 * count, -1) for q, block in new.items()}
    return Amplitudes(known[state.qubit.total][:, 0])


def sine(one: Amplitudes, other: Amplitudes) -> float:
    """Of the angle between two states, without the rounding of 1 − cos²."""
    rest = other.vector - one.vector * np.vdot(one.vector, other.vector)
    return float(np.linalg.norm(rest) / np.linalg.norm(other.vector))


def infidelity(one: Amplitudes, other: Amplitudes) -> float:
    return float(1.0 - abs(np.vdot(one.vector, other.vector)) ** 2)
