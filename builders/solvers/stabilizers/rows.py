"""Stabilizer states as the rows of a data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.physics.phase import Phase
from builders.solvers.stabilizers.shots import sample_stabilizer
from builders.solvers.stabilizers.state import StabilizerState

Array = NDArray[np.float64]


@dataclass(frozen=True)
class StabilizerRows:
    """B eigenstates of their Hamiltonians, with what a data set asks of them.

    Attributes:
        states: the B states.
        energy: float64 (B,), in the units of H.
        phases: the phase of each row.
    """

    states: tuple[StabilizerState, ...]
    energy: Array
    phases: tuple[Phase, ...]

    @property
    def energy_variance(self) -> Array:
        """Zero: every term of H is a stabilizer of the state."""
        return np.zeros(len(self.states))

    @property
    def relative_variance(self) -> Array:
        """Zero."""
        return np.zeros(len(self.states))

    def labels(self) -> dict[str, Array]:
        """Correlation (B, N, N), renyi2 and renyi2_blocks (B, N−1), float64, exact."""
        return {
            name: np.stack([getattr(state, name)() for state in self.states])
            for name in ("correlation", "renyi2", "renyi2_blocks")
        }

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (B, n_shots, N), one generator a row."""
        return np.stack(
            [sample_stabilizer(s, n_shots, rng) for s, rng in zip(self.states, rngs, strict=True)]
        )
