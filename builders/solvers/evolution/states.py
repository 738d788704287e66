"""States of evolutions, from which shots are drawn and, without a closed form, labels measured."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.starts import starting_state
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
    def start_energy(self) -> Floats:
        """That at time 0, float64 (B,)."""

    @property
    def truncated_weight(self) -> Floats:
        """Norm squared that truncations took up to each time, float64 (B, T)."""

    def labels(self) -> dict[str, Floats]:
        """`magnetization`, `correlation`, `renyi2` and `renyi2_blocks`, each (B, T, …)."""

    def label_errors(self) -> dict[str, Floats]:
        """`label_error_correlation` and `label_error_renyi2`, each (B, T): the largest expected."""

    def at_twice_the_bond(self, row: int) -> dict[str, Floats] | None:
        """Largest differences of the labels of one evolution to a run of `finer` settings.

        `label_error_correlation` and `label_error_renyi2`, each (T,); None where nothing is cut.
        """

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli tokens, uint8 (B, T, n_shots, N), with one generator an evolution."""


def evolved_states(
    hamiltonians: Sequence[Hamiltonian],
    initial: str,
    times: Floats,
    settings: EvolutionSettings,
) -> EvolvedStates:
    """e^{−iHt} of the initial state of each Hamiltonian at all times.

    Args:
        hamiltonians: one an evolution, of one length.
        initial: name of the state at t = 0.
        times: float64 (T,), rising, from 0 on.
        settings: of matrix product states, which more than `MOST_SITES` sites take.

    Raises:
        RequestError: no such initial state, or times that do not rise.
    """
    if not len(times) or times[0] < 0.0 or (np.diff(times) <= 0.0).any():
        raise RequestError(
            f"times {', '.join(f'{t:g}' for t in times)} of an evolution: each state goes on from "
            "the one before. Give rising times, from 0 on."
        )
    if hamiltonians[0].n_sites <= MOST_SITES:
        return evolved_vectors(hamiltonians, initial, times)
    # torch takes a second to import.
    from builders.solvers.evolution.chains import evolved_chains

    return evolved_chains(hamiltonians, starting_state(initial, hamiltonians), times, settings)
