"""Product states of Z that evolutions start from, by name."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import unknown

SPINS: dict[str, Callable[[int], NDArray[np.float64]]] = {
    "all_up": lambda n: np.ones(n),
    "neel": lambda n: np.where(np.arange(n) % 2, -1.0, 1.0),
    # Odd chains have one more up than down.
    "domain_wall": lambda n: np.where(np.arange(n) < (n + 1) // 2, 1.0, -1.0),
}
"""Name → ⟨Z_i⟩ = ±1 of the sites of a chain: up everywhere, up, down, up, …, or the left half."""


def spins(name: str, n_sites: int) -> NDArray[np.float64]:
    """⟨Z_i⟩ = ±1, float64 (N,), of a product state.

    Raises:
        RequestError: no such state.
    """
    if name not in SPINS:
        raise unknown("initial state", name, list(SPINS))
    return SPINS[name](n_sites)
