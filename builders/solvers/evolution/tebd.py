"""Batched time evolution of matrix product states by gates of two neighbouring sites (TEBD).

All rows of a batch evolve at once. They share the dimensions of their bonds, charge by charge, so
that a row's last digits depend on the rows beside it: blocks of rows are made whole.
Vidal, PRL 93, 040502 (2004); Hastings, J. Math. Phys. 50, 095207 (2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders.core.errors import RequestError
from builders.core.threads import one_thread
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.bonds import Gates, bond_hamiltonians
from builders.solvers.evolution.trotter import layers
from builders.solvers.evolution.two_sites import Chain, Cut, apply_gate
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.means import bond_energies
from builders.solvers.mps.measure import densities
from builders.solvers.mps.mps import Blocks, Mps, by_left_charge, by_right_charge

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evolved:
    """B states at T times.

    Attributes:
        times: float64 (T,), in the units of 1/H.
        states: one batch of B states a time, complex, right-canonical.
        truncated_weight: sum of what the row's truncations have lost of its norm up to the time,
            float64 (B, T).
        energy: ⟨H⟩, float64 (B, T), in the units of H.
        start_energy: that at time 0, float64 (B,).
    """

    times: Array
    states: tuple[Mps, ...]
    truncated_weight: Array
    energy: Array
    start_energy: Array


@torch.no_grad()
def evolve(
    hamiltonians: Sequence[Hamiltonian],
    initial: Mps,
    times: Sequence[float] | Array,
    settings: EvolutionSettings,
) -> Evolved:
    """exp(−i H t) |initial⟩ of each row at the given times.

    Args:
        hamiltonians: of nearest neighbours, one a row.
        initial: the states at time 0, one a row or one for all, right-canonical.
        times: in the units of 1/H, rising, not negative.
        settings: how.

    Raises:
        RequestError: times that fall or are negative; an H that is not of nearest neighbours or
            does not conserve the charge of the initial state; a state of total spin.
    """
    at = np.asarray(times, dtype=np.float64)
    if not len(at) or not np.isfinite(at).all() or at[0] < 0 or (np.diff(at) < 0).any():
        raise RequestError(f"times {at.tolist()}: give times that rise, from 0 on.")
    if initial.qubit.paths:
        raise RequestError("states of a total spin do not evolve: give the sector of one Σ Z.")
    with one_thread():
        return _evolve(hamiltonians, initial, at, settings)


def _evolve(
    hamiltonians: Sequence[Hamiltonian], initial: Mps, times: Array, settings: EvolutionSettings
) -> Evolved:
    # Single precision was hardly faster: factorisations of small blocks take the time.
    dtype = torch.complex128
    bonds = bond_hamiltonians(hamiltonians, initial.qubit)
    gates = Gates(bonds, dtype)
    chain = schmidt_form(_one_a_row(initial, len(hamiltonians)).to(dtype))
    lost = torch.zeros(len(hamiltonians), dtype=torch.float64)
    cut = Cut(settings.bond, settings.cut)
    start = energy(as_mps(chain), bonds).numpy()
    states, weights, energies, now = [], [], [], 0.0
    for time in times.tolist():
        if time > now:
            for layer in layers(time - now, settings.steps(time - now), settings.order):
                for b in range(int(layer.odd), len(bonds), 2):
                    lost += apply_gate(chain, b, gates.at(b, layer.time), cut)
        now = time
        states.append(as_mps(chain))
        weights.append(lost.clone())
        energies.append(energy(states[-1], bonds))
    return Evolved(
        times,
        tuple(states),
        torch.stack(weights, dim=1).clamp(min=0.0).numpy(),
        torch.stack(energies, dim=1).numpy(),
        start,
    )


def energy(state: Mps, bonds: Sequence[Tensor]) -> Tensor:
    """⟨Σ_b h_b⟩ of each row, float64 (B,)."""
    return bond_energies(state, densities(state), bonds).sum(1).double()


def _one_a_row(initial: Mps, rows: int) -> Mps:
    if initial.batch == rows:
        return initial
    if initial.batch != 1:
        raise ValueError(f"{initial.batch} states for {rows} Hamiltonians: give one, or one each")
    return initial.rows([0] * rows)


def schmidt_form(state: Mps) -> Chain:
    """The same states with bond states that are their Schmidt states."""
    qubit, sites = state.qubit, list(state.sites)
    first = next(iter(sites[0].values()))
    values: list[Blocks] = [{0: first.real.new_ones((state.batch, 1))}]
    center = by_right_charge(qubit, 0, state.dims[0], state.dims[1], sites[0])
    for i in range(state.n_sites):
        left, right = state.dims[i], state.dims[i + 1]
        own = by_right_charge(qubit, i, left, right, sites[i])
        weights: Blocks = {}
        turns: Blocks = {}
        for m, block in center.items():
            weight, turns[m] = torch.linalg.eigh(block.mH @ block)
            weights[m] = weight.clamp(min=0.0).sqrt()
        values.append(weights)
        turned = {m: own[m] @ turns[m] for m in own}
        sites[i] = by_left_charge(qubit, i, left, right, turned)
        if i + 1 < state.n_sites:
            sites[i + 1] = {m: turns[m].mH @ block for m, block in sites[i + 1].items()}
            behind = {m: weights[m][:, :, None] * block for m, block in sites[i + 1].items()}
            center = by_right_charge(qubit, i + 1, right, state.dims[i + 2], behind)
    turned_state = Mps(qubit, state.dims, sites)
    parts = [turned_state.parts(i) for i in range(state.n_sites)]
    return Chain(qubit, list(state.dims), parts, values)


def as_mps(chain: Chain) -> Mps:
    """The states, made right-canonical anew: truncation spoils that by what it loses."""
    return right_canonical(chain.sites, chain.qubit.sector, any_norm=True)
