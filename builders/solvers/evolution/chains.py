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
    def start_energy(self) -> Array:
        """⟨H⟩ at time 0, float64 (B,), in the units of H."""
        return self.evolved.start_energy

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

        The difference to a coarser run (`EvolutionSettings.coarser`) is above our error where its
        own is more than twice ours. It is 2.5 times and more in what was measured, wherever errors
        come from: step, cut or bond.
        """
        coarse = evolve(self.hamiltonians, self.initial, self.times, self.settings.coarser())
        found = self._differences(coarse, slice(None))
        return {name: values + _FLOOR for name, values in found.items()}

    def at_twice_the_bond(self, row: int) -> dict[str, Array]:
        """See `EvolvedStates.at_twice_the_bond`: a second run of this evolution by itself.

        The cut is what this differs by, so that it sees two thirds of its error and more: errors
        go with the root of the cut.
        """
        start = self.initial if self.initial.batch == 1 else self.initial.rows([row])
        fine = evolve([self.hamiltonians[row]], start, self.times, self.settings.finer())
        found = self._differences(fine, slice(row, row + 1))
        return {name: values[0] for name, values in found.items()}

    def _differences(self, other: Evolved, rows: slice) -> dict[str, Array]:
        """Largest ones of the labels of some rows, (B, T)."""
        found: dict[str, list[Array]] = {"correlation": [], "renyi2": []}
        for k, theirs in enumerate(labels_of(other)):
            for name, all_times in found.items():
                off = np.abs(theirs[name] - self._labels[name][rows, k])
                all_times.append(off.reshape(len(off), -1).max(axis=1))
        return {f"label_error_{name}": np.stack(e, axis=1) for name, e in found.items()}

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
