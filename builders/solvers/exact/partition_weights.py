"""Schmidt weights of a state of a few qubits across any partition of them."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.exact.state_vector import Vector


def partition_weights(vector: Vector, part: Iterable[int]) -> NDArray[np.float64]:
    """Squared Schmidt values, descending, of the sites of `part` against the others.

    Args:
        vector: amplitudes (2^N,), site 0 the most significant bit.
        part: different sites, neither none nor all.

    Raises:
        RequestError: sites that make no partition.
    """
    n, rows = vector.size.bit_length() - 1, list(part)
    if not 0 < len(set(rows)) == len(rows) < n or set(rows) - set(range(n)):
        raise RequestError(f"sites {rows}: give 1 to {n - 1} different sites of 0..{n - 1}.")
    others = [i for i in range(n) if i not in rows]
    matrix = vector.reshape((2,) * n).transpose(*rows, *others).reshape(2 ** len(rows), -1)
    return np.linalg.svd(matrix, compute_uv=False).astype(np.float64) ** 2
