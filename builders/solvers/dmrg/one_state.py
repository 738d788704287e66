"""The state of one Hamiltonian by DMRG, for `solve`: checked by a closed form, or vouched for."""

import os
from collections.abc import Sequence

import numpy as np

from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.physics.closed_form import ClosedForm
from builders.physics.hamiltonian import CLOSED_FORM, SAME_ENERGY, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.label_error import LabelError
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.lowest_sector import bytes_needed, lowest_search
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.vouched import DegenerateError, Say, Search, silent
from builders.solvers.dmrg.warm_starts import other_starts
from builders.solvers.exact.diagonalization import MAX_SITES
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.overlap import overlap

_SMALLEST_BOND = 2
_OUTSIDE = 1e-3  # of a state, beyond two others that are converged to less


def certified(
    spec: HamiltonianFamily,
    size: Size,
    parameters: Parameters,
    h: Hamiltonian,
    sectors: Sequence[Sector],
    bond: int | None,
    say: Say = silent,
) -> tuple[Batch, LabelError]:
    """The lowest state of a family with a closed form, whose labels it is held against.

    Raises:
        RequestError: the level is degenerate inside its sector.
        WorkError: the solver misses the labels.
    """
    max_bond = _largest_bond(spec, h, sectors[0], bond)
    known: list[tuple[ClosedForm, Sector]] = []
    for sector in sectors:
        try:
            exact = spec.exact_state(size, parameters, sector)
        except RequestError:
            # Degenerate; where that is not the lowest sector it does not matter.
            if not known and sector == sectors[-1]:
                raise
            continue
        known += [(exact, sector)] if exact is not None else []
    least = min(state.energy for state, _ in known)
    same = least + SAME_ENERGY * h.n_sites * h.scale
    state, sector = next(pair for pair in known if pair[0].energy <= same)
    batch = solve_cold(h, sector, max_bond=max_bond)
    error = _off(batch, state)
    if not error.allowed:
        search = Search(h, sector, max_bond, say=say)
        search.vouch()
        batch = search.batch()
        error = _off(batch, state)
    if not error.allowed:
        raise WorkError(
            f"DMRG could not vouch for this state: it gave the energy {batch.energy[0]:.12g}, the "
            f"closed form is {state.energy:.12g}, and labels are off by {error}. `--bond` gives "
            "it more."
        )
    return batch, error


def _off(batch: Batch, state: ClosedForm) -> LabelError:
    labels = batch.labels()
    off = [
        float(np.abs(labels[name][0] - expected).max(initial=0.0))
        for name, expected in (("correlation", state.correlation()), ("renyi2", state.renyi2()))
    ]
    if abs(batch.energy[0] - state.energy) > CLOSED_FORM * abs(state.energy):
        return LabelError(np.inf, np.inf)
    return LabelError(*off)


def vouched(
    spec: HamiltonianFamily,
    size: Size,
    parameters: Parameters,
    h: Hamiltonian,
    sectors: Sequence[Sector],
    bond: int | None,
    say: Say = silent,
) -> tuple[Batch, LabelError]:
    """The lowest state of some sectors, and how far its labels can be off.

    Raises:
        RequestError: the level is degenerate inside its sector, or the bond needs more memory.
        WorkError: nobody can vouch for the labels.
    """
    max_bond = _largest_bond(spec, h, sectors[0], bond)

    def starts(sector: Sector) -> list[Mps]:
        # Up to there a bond of 128 holds all states, and nothing is out of reach.
        if size.sites <= MAX_SITES:
            return []
        states = other_starts(spec.name, size, sector)
        if spec.solver_settings(size).walks and sector in spec.sectors(size):
            states.append(solve_warm(spec.name, size, [h]).groups[0][1])
        return [state for state in states if state.qubit.sector == sector]

    try:
        search = lowest_search(h, sectors, max_bond, starts, say)
    except DegenerateError as error:
        if spec.mirror and size.sites % 2 == 0 and size.sites > MAX_SITES:
            return _of_mirror_images(spec, size, h, error)
        raise
    batch = search.batch()
    if search.sector in spec.sector(size).choices():
        exact = spec.exact_energy(size, parameters)
        if exact is not None and abs(batch.energy[0] - exact) > CLOSED_FORM * abs(exact):
            raise WorkError(
                f"DMRG could not vouch for this state: it gave the energy {batch.energy[0]:.12g}, "
                f"the closed form is {exact:.12g}."
            )
    return batch, search.run.label_error


def _of_mirror_images(
    spec: HamiltonianFamily, size: Size, h: Hamiltonian, degenerate: DegenerateError
) -> tuple[Batch, LabelError]:
    """Of two mirror images that no energy tells apart the combination that the family's rows are.

    Raises:
        DegenerateError: it is not a combination of the two states: there are more of them.
        WorkError: its labels miss what is promised.
    """
    batch = solve_warm(spec.name, size, [h])
    ((_, state),) = batch.groups
    if state.qubit.sector != degenerate.states[0].qubit.sector:
        raise degenerate
    inside = sum(float(overlap(each, state)[0]) ** 2 for each in degenerate.states)
    if inside < 1.0 - _OUTSIDE:
        raise degenerate
    error = LabelError(*(float(x) for x in batch.label_error[0]))
    if not error.allowed:
        raise WorkError(
            f"DMRG could not vouch for the labels of this state, one of two mirror images: they "
            f"may be off by {error}. `--bond` gives it more."
        )
    return batch, error


def _largest_bond(spec: HamiltonianFamily, h: Hamiltonian, sector: Sector, bond: int | None) -> int:
    """The largest bond that is asked for, if it fits into memory."""
    if bond is None:
        return spec.max_bond
    if bond < _SMALLEST_BOND:
        raise RequestError(f"bond {bond}: give {_SMALLEST_BOND} or more.")
    # A cut of N sites never has more states than this.
    useful = min(bond, 1 << (h.n_sites // 2))
    mpo = build_mpo([h.normalised()], sector)
    channels = sum(sum(counts.values()) for counts in mpo.channels)
    memory = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    if bytes_needed(channels, useful) > memory:
        fits = int(useful * np.sqrt(memory / bytes_needed(channels, useful)))
        raise RequestError(
            f"bond {bond} needs about {bytes_needed(channels, useful) / 2**30:.0f} GiB, this "
            f"machine has {memory / 2**30:.0f}. At most {fits} fits."
        )
    return bond
