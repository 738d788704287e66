"""Does an answer obey the laws that every quantum state obeys? Counts, never a refusal.

A prediction may break a bound and still be close; one that breaks many was not made by anything
that solves the Hamiltonian.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats

# Labels are allowed this error (see CONTRIBUTING.md), and so is an answer made of them.
CORRELATION = 5e-4
ENTROPY = 1e-3
ENERGY = 1e-6  # relative; the solver's energies are variational and accurate to this

Counts = dict[str, int]


def correlation_violations(predictions: Floats) -> Counts:
    """Rows of a correlation answer that no state can have.

    - `above_one`: some |C_ij| > 1.
    - `outside_pair`: some C_ij, i ≠ j, outside [−1, 1/3]. With SWAP = (1 + XX + YY + ZZ)/2, whose
      eigenvalues are ±1, XX + YY + ZZ lies between −3 and 1.
    - `diagonal`: some C_ii ≠ 1.
    - `asymmetric`: some C_ij ≠ C_ji.
    - `not_positive`: an eigenvalue below 0. <X_i X_j> is the Gram matrix of the vectors X_i|ψ>,
      and so are the other two, hence C is positive semidefinite.

    Args:
        predictions: (R, N·N).
    """
    sites = int(np.sqrt(predictions.shape[1]))
    c = predictions.reshape(-1, sites, sites)
    off = ~np.eye(sites, dtype=np.bool_)
    diagonal = np.abs(np.einsum("rii->ri", c) - 1.0)
    outside = (c > 1 / 3 + CORRELATION) | (c < -1.0 - CORRELATION)
    return {
        "above_one": _rows(np.abs(c) > 1.0 + CORRELATION),
        "outside_pair": _rows(outside & off),
        "diagonal": _rows(diagonal > CORRELATION),
        "asymmetric": _rows(np.abs(c - c.transpose(0, 2, 1)) > 2 * CORRELATION),
        "not_positive": sum(not _is_positive(matrix) for matrix in c),
    }


def entropy_violations(predictions: Floats) -> Counts:
    """Rows of a `renyi2` answer with a value outside 0 … 2 bit, the bounds of two qubits."""
    return {
        "negative": _rows(predictions < -ENTROPY),
        "above_two_bit": _rows(predictions > 2.0 + ENTROPY),
    }


def energy_violations(predictions: Floats, ground: Floats) -> Counts:
    """Rows whose predicted energy lies below the ground state's: by the variational principle no
    state has it, so that such a value was not computed from one.

    Args:
        predictions: (R, 1).
        ground: (R,) or (R, 1), exact energies in the same unit.
    """
    exact = ground.reshape(len(ground), -1)
    return {"below_ground_state": _rows(predictions < exact - ENERGY * np.abs(exact))}


def violations(task: str, predictions: Floats, labels: Floats) -> Counts:
    """What applies to the task, law → number of rows; empty for tasks without such laws."""
    check = _CHECKS.get(task)
    return {} if check is None else check(predictions, labels)


def _is_positive(matrix: Floats) -> bool:
    """No eigenvalue below −N · tolerance: entry errors of t move eigenvalues by N·t at most."""
    sites = len(matrix)
    shifted = 0.5 * (matrix + matrix.T) + (sites * CORRELATION) * np.eye(sites)
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        return False
    return True


def _rows(broken: NDArray[Any]) -> int:
    return int(broken.reshape(len(broken), -1).any(axis=1).sum())


_CHECKS: Mapping[str, Callable[[Floats, Floats], Counts]] = {
    "correlation": lambda p, _: correlation_violations(p),
    "renyi2": lambda p, _: entropy_violations(p),
    "energy": energy_violations,
}
