"""Small systems for tests: dense operators, drawn Hamiltonians, states, outcome probabilities."""

from functools import reduce
from itertools import product

import numpy as np

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.state_vector import StateVector

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def dense(h: Hamiltonian) -> np.ndarray:
    total = np.zeros((2**h.n_sites,) * 2, dtype=complex)
    for term in h.terms:
        for sites, coefficient in zip(term.sites, term.coefficients, strict=True):
            total += coefficient * string(h.n_sites, term.paulis, sites)
    return total


def string(n_sites: int, paulis: str, sites: np.ndarray | tuple[int, ...]) -> np.ndarray:
    letters = ["I"] * n_sites
    for letter, site in zip(paulis, sites, strict=True):
        letters[site] = letter
    return reduce(np.kron, [LETTERS[letter] for letter in letters])


def drawn(family: str, n: int, seed: int) -> tuple[Hamiltonian, Sector, dict[str, np.ndarray]]:
    model, size = families.load(family), Size(n)
    parameters = model.draw(size, np.random.default_rng(seed))
    return model.hamiltonian(size, parameters), model.sector(size), parameters


def random_state(n: int, seed: int) -> StateVector:
    vector = np.random.default_rng(seed).standard_normal(2**n)
    return StateVector(0.0, 0.0, 1.0, vector / np.linalg.norm(vector))


def ground_state(family: str, n: int, seed: int) -> StateVector:
    """Ground state of one drawn Hamiltonian."""
    h, sector, _ = drawn(family, n, seed)
    return exact_ground_state(h, sector)


def token_probabilities(state: StateVector) -> tuple[np.ndarray, np.ndarray]:
    """All 6^N token strings and their probabilities, from projectors multiplied out."""
    r = np.sqrt(0.5)
    bras = [[r, r], [r, -r], [r, -1j * r], [r, 1j * r], [1, 0], [0, 1]]
    tokens = np.array(list(product(range(6), repeat=state.n_sites)), dtype=np.uint8)
    amplitudes = state.vector.reshape((2,) * state.n_sites).astype(complex)
    for _ in range(state.n_sites):
        amplitudes = np.tensordot(amplitudes, np.array(bras), axes=(0, 1))
    return tokens, np.abs(amplitudes.ravel()) ** 2 / 3**state.n_sites
