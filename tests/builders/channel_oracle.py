"""Noise by density matrices, for tests of channels: Kraus operators, tokens of measured states."""

from collections.abc import Sequence
from functools import reduce
from itertools import product

import numpy as np

from builders.physics.calibration import Calibration
from tests.builders.small_states import LETTERS

_R = np.sqrt(0.5)
BRAS = np.array([[_R, _R], [_R, -_R], [_R, -1j * _R], [_R, 1j * _R], [1, 0], [0, 1]])


def random_density(n: int, seed: int) -> np.ndarray:
    """A mixed state of full rank, complex: no expectation value vanishes by a symmetry."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((2, 2**n, 2**n))
    rho = (matrix[0] + 1j * matrix[1]) @ (matrix[0] + 1j * matrix[1]).conj().T
    return rho / np.trace(rho).real


def all_tokens(n: int) -> np.ndarray:
    """All 6^N token strings, uint8 (6^N, N)."""
    return np.array(list(product(range(6), repeat=n)), dtype=np.uint8)


def token_distribution(
    rho: np.ndarray, confusion: Sequence[np.ndarray] | None = None
) -> np.ndarray:
    """Probabilities of `all_tokens`; `confusion[i]` is (bit read, bit) of site i."""
    n = int(np.log2(len(rho)))
    ideal = [np.array([np.outer(bra.conj(), bra) for bra in BRAS])] * n
    if confusion is not None:
        # The effect of a bit that is read is a mixture of those of the bits that are.
        mixed = [
            np.einsum("rb,dbij->drij", c, e.reshape(3, 2, 2, 2))
            for c, e in zip(confusion, ideal, strict=True)
        ]
        ideal = [m.reshape(6, 2, 2) for m in mixed]
    strings = product(*ideal)
    return np.array([np.trace(reduce(np.kron, s) @ rho).real for s in strings]) / 3**n


def with_kraus(rho: np.ndarray, site: int, operators: Sequence[np.ndarray]) -> np.ndarray:
    """A channel of one qubit, by its Kraus operators."""
    n = int(np.log2(len(rho)))
    parts = [np.eye(2)] * n
    total = np.zeros_like(rho, dtype=complex)
    for k in operators:
        whole = reduce(np.kron, [*parts[:site], k, *parts[site + 1 :]])
        total += whole @ rho @ whole.conj().T
    return total


def depolarized(rho: np.ndarray, p: float) -> np.ndarray:
    """X, Y, Z on every qubit, each with probability p/3."""
    weights = {"I": 1 - p, "X": p / 3, "Y": p / 3, "Z": p / 3}
    operators = [np.sqrt(w) * LETTERS[letter] for letter, w in weights.items()]
    for site in range(int(np.log2(len(rho)))):
        rho = with_kraus(rho, site, operators)
    return rho


def relaxed(rho: np.ndarray, calibration: Calibration) -> np.ndarray:
    """Amplitude damping by T1 and pure dephasing, 1/Tφ = 1/T2 − 1/(2 T1), for the length."""
    for site, (t1, t2, length) in enumerate(
        zip(calibration.t1, calibration.t2, calibration.length, strict=True)
    ):
        gamma = 1 - np.exp(-length / t1)
        damping = [np.diag([1, np.sqrt(1 - gamma)]), np.array([[0, np.sqrt(gamma)], [0, 0]])]
        turned = (1 - np.exp(-length * (1 / t2 - 0.5 / t1))) / 2
        phases = [np.sqrt(1 - turned) * np.eye(2), np.sqrt(turned) * LETTERS["Z"]]
        rho = with_kraus(with_kraus(rho, site, damping), site, phases)
    return rho


def confusion_of(p01: Sequence[float], p10: Sequence[float]) -> list[np.ndarray]:
    """(bit read, bit) of every site."""
    return [np.array([[1 - a, b], [a, 1 - b]]) for a, b in zip(p01, p10, strict=True)]


def calibration_of(n: int, **changed: object) -> Calibration:
    """Numbers of a bad device, all different."""
    k = np.arange(n)
    numbers = {
        "p01": 0.02 + 0.03 * k,
        "p10": 0.11 + 0.02 * k,
        "t1": 2e-6 * (1 + k),
        "t2": 1.5e-6 * (1 + 0.7 * k),
        "length": 1e-6 + 2e-7 * k,
    }
    values = {name: tuple(map(float, given)) for name, given in numbers.items()}
    return Calibration("fake_bad", "1.0", "a test", tuple(range(n)), **(values | changed))
