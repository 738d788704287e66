"""Evolutions of chains as matrix product states: labels, what they may be off by, shots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from builders.core.errors import WorkError
from builders.core.threads import one_thread
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.tebd import Evolved, evolve
from builders.solvers.mps import measure
from builders.solvers.mps.means import magnetization
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.sampling import sample_shots

Array = NDArray[np.float64]

SAFETY = 3.0
"""Labels are off by less than their difference to a coarser run, divided by this."""
_FLOOR = 1e-6
"""What a label may be off by in any case: rounding of thousands of gates, and of float32."""


@dataclass(frozen=True, eq=False)
class EvolvedChains:
    """B evolutions at T times, as matrix product states.

    Attributes:
        hamiltonians: one an evolution.
        initial: the state at time 0, of one or of B rows.
        settings: how they evolve.
        evolved: the states.
    """

    hamiltonians: Sequence[Hamiltonian]
    initial: Mps
    settings: EvolutionSettings
    evolved: Evolved

    @property
    def times(self) -> Array:
        """float64 (T,), in the units of 1/H."""
        return self.evolved.times

    @property
    def energy(self) -> Array:
        """⟨H⟩, float64 (B, T), in the units of H."""
        return self.evolved.energy

    @property
    def truncated_weight(self) -> Array:
        """Sum of what truncations took of the norm squared up to each time, float64 (B, T)."""
        return self.evolved.truncated_weight

    def labels(self) -> dict[str, Array]:
        """`magnetization`, `correlation`, `renyi2` and `renyi2_blocks`, float64 (B, T, …).

        Raises:
            WorkError: a label is not finite.
        """
        for name, values in self._labels.items():
            if not np.isfinite(values).all():
                raise WorkError(f"label {name} holds a value that is not finite")
        return self._labels

    @cached_property
    def _labels(self) -> dict[str, Array]:
        times = list(labels_of(self.evolved))
        return {name: np.stack([one[name] for one in times], axis=1) for name in times[0]}

    def label_errors(self) -> dict[str, Array]:
        """`label_error_correlation`, `label_error_renyi2`: largest errors to expect, (B, T).

        From the difference to a coarser run (`EvolutionSettings.coarser`), whose errors are larger
        than ours by more than 1 + `SAFETY`, wherever they come from: step, cut or bond.
        """
        coarse = evolve(self.hamiltonians, self.initial, self.times, self.settings.coarser())
        errors: dict[str, list[Array]] = {"correlation": [], "renyi2": []}
        for k, rough in enumerate(labels_of(coarse)):
            for name, found in errors.items():
                off = np.abs(rough[name] - self._labels[name][:, k])
                found.append(off.reshape(len(off), -1).max(axis=1) / SAFETY + _FLOOR)
        return {f"label_error_{name}": np.stack(e, axis=1) for name, e in errors.items()}

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (B, T, n_shots, N), one generator an evolution.

        Every time has a stream of its own.
        """
        streams = [rng.spawn(len(self.times)) for rng in rngs]
        with one_thread():
            shots = [
                sample_shots(state, n_shots, [of_row[k] for of_row in streams])
                for k, state in enumerate(self.evolved.states)
            ]
        return np.stack(shots, axis=1)


def evolved_chains(
    hamiltonians: Sequence[Hamiltonian],
    initial: Mps,
    times: Sequence[float] | Array,
    settings: EvolutionSettings,
) -> EvolvedChains:
    """exp(−i H t) |initial⟩ at all times; see `evolve` for arguments and refusals."""
    evolved = evolve(hamiltonians, initial, times, settings)
    return EvolvedChains(hamiltonians, initial, settings, evolved)


@torch.no_grad()
def labels_of(evolved: Evolved) -> Iterator[dict[str, Array]]:
    """The labels of all rows, time by time, float64 (B, …)."""
    for state in evolved.states:
        with one_thread():
            rho = measure.densities(state)
            values = {
                "magnetization": magnetization(state, rho),
                "correlation": measure.correlation(state, rho),
                "renyi2": measure.pair_entropies(state, rho),
                "renyi2_blocks": measure.block_entropies(rho),
            }
        yield {name: array.double().numpy() for name, array in values.items()}
