"""Other orders of up spins: walks through the neighbouring sectors of Σ Z.

In a disordered chain a state can hold an up spin here that costs less far away. It is an
eigenstate to its variance, and no local update carries the spin across the chain. The energies of
the neighbouring sectors tell: where two regions are far from each other, a spin that moves between
them changes the energy by E₊ − E, what one more costs in the one, plus E₋ − E, what one less costs
in the other. So the state is in order where E₊ + E₋ ≥ 2 E, each the lowest over all regions. Where
it is not, or nearly so, a walk adds a spin where it costs least and then takes one out where it
is worth least, and another walk does so the other way round. All of that is done at a small bond,
since truncation there changes such differences little; only what is lower at the bond of the batch
is kept.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.dmrg.batch import Batch, among, lowest
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import Mpo
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.variance import energy_of
from builders.solvers.dmrg.windows import Surroundings
from builders.solvers.mps.canonical import stacked
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.overlap import overlap

_BOND, _STEPS = 16, 3
_WINDOW, _SHIFT = 12, 8  # sites of a window, and from one to the next
_LOOK = HalfSweeps(2, _STEPS, _BOND)
_RELAX = HalfSweeps(4, _STEPS, _BOND)
# In units of H.scale, the largest coefficient. Regions are not quite independent: rows are walked
# from where E₊ + E₋ is less than this above 2 E.
_MARGIN = 0.02
# What the small bond may change in the difference of two energies.
_ROUNDED = 5e-3
_SAME_STATE = 0.5  # |overlap|² from which on two states hold their spins in one order
_MOST_ROUNDS = 10

Array = NDArray[np.float64]
Finish = Callable[[list[int], Mps], Batch]


def improved(batch: Batch, hamiltonians: Sequence[Hamiltonian], finish: Finish) -> Batch:
    """The batch, its rows replaced where a walk leads to a lower energy.

    Args:
        batch: states of one sector of Σ Z.
        hamiltonians: of the rows.
        finish: (row numbers, a state for each) → those rows solved from these states, as exactly as
            the batch is.
    """
    with one_thread():
        found = _walked(batch, hamiltonians)
    if not found:
        return batch
    rows = sorted(found)
    tried = finish(rows, stacked([found[k] for k in rows]))
    return lowest([batch, among(tried, rows, len(batch.energy))])


def neighbours(state: Mps, hamiltonians: Sequence[Hamiltonian]) -> tuple[Array, Array, Array]:
    """Energies of rows with one up spin less, as they are, and with one more, (B,) in units of H.

    Infinite where there is no such state. All are those of the small bond.
    """
    mpo = mpo_of([h.normalised() for h in hamiltonians], state.qubit.sector, state.device)
    with one_thread():
        state, _ = dmrg(mpo, state, (_LOOK,))
        around = Surroundings(state, mpo)
        less, more = (_stepped(around, step)[0] for step in (-2, 2))
    scale = np.array([h.scale for h in hamiltonians])
    return less * scale, _energies(state, mpo) * scale, more * scale


def _walked(batch: Batch, hamiltonians: Sequence[Hamiltonian]) -> dict[int, Mps]:
    """Rows that walks lead to another state of about the same or a lower energy, and that state."""
    start = batch.groups[0][1]
    every = mpo_of([h.normalised() for h in hamiltonians], start.qubit.sector, start.device)
    now: dict[int, Mps] = {}
    for rows, state in batch.groups:
        small, _ = dmrg(every.rows(rows), state, (_LOOK,))
        now |= {k: small.rows([at]) for at, k in enumerate(rows)}
    best = dict.fromkeys(now, math.inf)
    found: dict[int, Mps] = {}
    walking = sorted(now)
    for _ in range(_MOST_ROUNDS):
        state, mpo = stacked([now[k] for k in walking]).to(start.device), every.rows(walking)
        energy = _energies(state, mpo)
        fell = set()
        for at, e, other in _others(state, mpo, energy):
            row = walking[at]
            if e < min(best[row], energy[at] + _ROUNDED):
                best[row], found[row] = e, other
                if e < energy[at]:
                    now[row] = other
                    fell.add(row)
        walking = sorted(fell)
        if not walking:
            break
    return found


Other = tuple[int, float, Mps]


def _others(state: Mps, mpo: Mpo, energy: Array) -> list[Other]:
    """What walks lead to: numbers of rows, energies of other states, these states."""
    around = Surroundings(state, mpo)
    steps = {step: _stepped(around, step) for step in (2, -2)}
    excess = sum(there for there, _ in steps.values()) - 2.0 * energy
    rows = np.flatnonzero(excess < _MARGIN).tolist()
    others: list[Other] = []
    for step, (_, wholes) in steps.items():
        lower = {row for row, e, _ in others if e < energy[row]}
        if rows := [row for row in rows if row not in lower]:
            halfway = wholes(rows)
            others += _there_and_back(state.rows(rows), mpo.rows(rows), step, rows, halfway)
    return others


def _there_and_back(state: Mps, mpo: Mpo, step: int, rows: list[int], halfway: Mps) -> list[Other]:
    there = replace(mpo, qubit=halfway.qubit)
    halfway, _ = dmrg(there, halfway, (_LOOK,))
    everyone = list(range(len(rows)))
    back, _ = dmrg(mpo, _stepped(Surroundings(halfway, there), -step)[1](everyone), (_RELAX,))
    same = overlap(back, state).square().cpu().numpy() > _SAME_STATE
    energies = _energies(back, mpo)
    return [(rows[k], float(energies[k]), back.rows([k])) for k in everyone if not same[k]]


def _stepped(around: Surroundings, step: int) -> tuple[Array, Callable[[list[int]], Mps]]:
    """Lowest energies over the windows, (B,), and the states of the rows asked for."""
    n, total = around.state.n_sites, around.state.qubit.total
    if abs(total + step) > n:
        return np.full(around.state.batch, np.inf), lambda rows: around.state.rows(rows)
    width = min(_WINDOW, n)
    firsts = [*range(0, n - width, _SHIFT), n - width]
    windows = [around.stepped(step, a, a + width, (_LOOK,)) for a in firsts]
    energies = np.stack([window.energy.cpu().numpy() for window in windows])
    best = energies.argmin(axis=0)

    def wholes(rows: list[int]) -> Mps:
        states: dict[int, Mps] = {}
        for number in sorted({int(best[row]) for row in rows}):
            some = [row for row in rows if best[row] == number]
            state = around.whole(windows[number], step, some)
            states |= {row: state.rows([at]) for at, row in enumerate(some)}
        return stacked([states[row] for row in rows]).to(around.state.device)

    return energies.min(axis=0), wholes


def _energies(state: Mps, mpo: Mpo) -> Array:
    energies: Array = energy_of(state, mpo).cpu().numpy()
    return energies
