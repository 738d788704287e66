"""The energy of a known Hamiltonian estimated from random-Pauli shots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian
from builders.shadows.estimators import outcomes


def shadow_energy(
    shots: NDArray[np.uint8], hamiltonians: Sequence[Hamiltonian]
) -> NDArray[np.float64]:
    """⟨H⟩ estimated from shots, term by term.

    A Pauli string of weight w is estimated by the mean over shots of 3^w times the product of its
    outcomes, 0 where a basis differs (Huang, Kueng, Preskill 2020). Unbiased, whatever H is; the
    variance grows with the number of terms, as all are read off the same shots.

    Args:
        shots: uint8 (R, M, N), tokens 0..5; or (M, N) of a single row.
        hamiltonians: of the R rows.

    Returns:
        float64 (R,), or () of a single row, in the units of H.

    Raises:
        RequestError: not shots, none of them, or another number of Hamiltonians.

    >>> import numpy as np
    >>> import qslbench
    >>> h = qslbench.Hamiltonian(2, (qslbench.PauliTerms("ZZ", [[0, 1]], [-1.0]),))
    >>> float(qslbench.shadow_energy(np.array([[4, 4], [0, 4]], dtype=np.uint8), [h]))
    -4.5
    """
    rows = shots[None] if shots.ndim == 2 else shots
    if len(rows) != len(hamiltonians):
        raise RequestError(f"{len(rows)} rows of shots and {len(hamiltonians)} Hamiltonians.")
    values = [_energy(row, h) for row, h in zip(rows, hamiltonians, strict=True)]
    return np.array(values).reshape(shots.shape[:-2])


def _energy(shots: NDArray[np.uint8], hamiltonian: Hamiltonian) -> float:
    letters = dict(zip("XYZ", outcomes(shots), strict=True))
    total = 0.0
    for term in hamiltonian.terms:
        if term.paulis == "I":
            total += float(term.coefficients.sum())
            continue
        product = np.ones((len(shots), len(term.sites)))
        for letter, sites in zip(term.paulis, term.sites.T, strict=True):
            product *= letters[letter][:, sites]
        total += 3.0 ** len(term.paulis) * float(product.mean(axis=0) @ term.coefficients)
    return total
