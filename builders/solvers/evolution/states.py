"""States of evolutions, from which shots are drawn and, without a closed form, labels measured."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import WorkError
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.vectors import MOST_SITES, evolved_vectors

Floats = NDArray[np.float64]


class EvolvedStates(Protocol):
    """B evolutions at T times, in whatever form."""

    @property
    def times(self) -> Floats:
        """float64 (T,), in units of 1 / energy."""

    @property
    def energy(self) -> Floats:
        """⟨H⟩, float64 (B, T), in the units of H."""

    @property
    def truncated_weight(self) -> Floats:
        """Norm squared that truncations took up to each time, float64 (B, T)."""

    def labels(self) -> dict[str, Floats]:
        """`magnetization`, `correlation`, `renyi2` and `renyi2_blocks`, each (B, T, …)."""

    def label_errors(self) -> dict[str, Floats]:
        """`label_error_correlation` and `label_error_renyi2`, each (B, T): the largest expected."""

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli tokens, uint8 (B, T, n_shots, N), with one generator an evolution."""


def evolved_states(
    hamiltonians: Sequence[Hamiltonian], initial: str, times: Floats
) -> EvolvedStates:
    """e^{−iHt} of the initial state of each Hamiltonian at all times.

    Args:
        hamiltonians: one an evolution, of one length.
        initial: name of the state at t = 0.
        times: float64 (T,), rising, from 0 on.

    Raises:
        RequestError: no such initial state.
        WorkError: more sites than a state vector holds.
    """
    n = hamiltonians[0].n_sites
    if n > MOST_SITES:
        raise WorkError(f"{n} sites: state vectors end at {MOST_SITES} sites.")
    return evolved_vectors(hamiltonians, initial, times)
