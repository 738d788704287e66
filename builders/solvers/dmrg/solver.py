"""Ground states of a batch of Hamiltonians of one family and size, as matrix product states."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import CLOSED_FORM, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.physics.state_labels import PROMISED
from builders.solvers.dmrg.batch import Batch, in_order, solve_again
from builders.solvers.dmrg.cold import COLD, solve_cold
from builders.solvers.dmrg.dmrg import HalfSweeps
from builders.solvers.dmrg.estimates import estimated, label_error_scale
from builders.solvers.dmrg.mirror import mirror_symmetric
from builders.solvers.dmrg.runs import settled
from builders.solvers.dmrg.walks import improved
from builders.solvers.dmrg.warm_starts import from_warm_starts
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.multiplets import correlation, without_multiplets

_MOST_TIGHTER = 3  # times that a row may ask for half as much bond again

# Rows whose variance, in units of (energy unit)² · N, is above this are solved again
# with half as much bond again: the variance falls by ten or more, label errors, which
# go with its square root, from about 4e-4 to 1e-4.
AGAIN_ABOVE = 5e-6
# Rows of multiplets are solved again above this part of it: at equal variances the doublets of
# heisenberg_1d at 127 sites are off by two to three times as much.
_MULTIPLETS = 0.3


def need_cuda() -> None:
    """Refuse work for an accelerator where there is none.

    Raises:
        RequestError: torch finds no CUDA device.
    """
    if not torch.cuda.is_available():
        raise RequestError(
            "device 'cuda': torch finds no CUDA device on this machine. Leave --device out to "
            "compute on the processor, or install torch with CUDA where there is one."
        )


def solve_warm(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    device: str = "cpu",
    *,
    settings: SolverSettings | None = None,
    again_above: float = AGAIN_ABOVE,
    row_sectors: Sequence[Sequence[Sector]] | None = None,
) -> Batch:
    """Rows of a family's distribution, from its warm starts.

    Args:
        family: a family's name.
        size: N sites.
        hamiltonians: of the rows.
        device: `cpu` or `cuda`. Last bits, and so the bytes of labels, are those of the device.
        settings: the family's own by default.
        again_above: rows of a larger variance, in units of (energy unit)² · N, are solved again;
            rows of multiplets above 0.3 of it.
        row_sectors: of every row the sectors to solve it in; by default all in which the family's
            rows are solved.
    """
    spec = families.solvable(family)
    settings = settings or spec.solver_settings(size)
    # Where phases are crossed, rows of equal variance differ too much for one law.
    scale = None if "phase" in spec.tasks else label_error_scale(family, size, settings)
    mirror = spec.mirror and size.sites % 2 == 0
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    batch = from_warm_starts(family, size, hamiltonians, settings, device, row_sectors)
    if settings.walks:
        batch = improved(batch, hamiltonians, partial(at_full_bond, hamiltonians, settings))
    batch = estimated(batch, hamiltonians, stage, scale, mirror=mirror)
    limit, bond = again_above * (_MULTIPLETS if settings.multiplets else 1.0), settings.bond
    for _ in range(_MOST_TIGHTER):
        poor = batch.relative_variance > limit
        if again_above <= AGAIN_ABOVE:  # above it, rougher rows were asked for
            poor |= (batch.label_error > PROMISED).any(axis=1)
        if not poor.any():
            break
        bond += bond // 2
        again = replace(stage, bond=bond)

        def tighter(rows: list[int], state: Mps, again: HalfSweeps = again) -> Batch:
            chosen = [hamiltonians[k] for k in rows]
            better = settled(chosen, state.qubit.sector, state, again, settings.tolerance)
            return estimated(better, chosen, again, scale, mirror=mirror)

        batch = solve_again(batch, poor, tighter)
    if settings.multiplets:
        batch = _flat(batch)
    return with_mirror_parity(spec, size, batch, hamiltonians)


def at_full_bond(
    hamiltonians: Sequence[Hamiltonian], settings: SolverSettings, rows: list[int], state: Mps
) -> Batch:
    """Some of the rows from states of a smaller bond, at the bond of the settings."""
    chosen = [hamiltonians[k] for k in rows]
    stage = HalfSweeps(2, settings.steps, settings.bond, single=settings.single)
    return settled(chosen, state.qubit.sector, state, stage, settings.tolerance)


def _flat(batch: Batch) -> Batch:
    """A batch of multiplets as one of states, its correlations measured before."""
    groups = []
    measured = np.empty((len(batch.energy),) + 2 * (batch.groups[0][1].n_sites,))
    with one_thread():
        for rows, state in batch.groups:
            rounded = state.to(torch.float32) if batch.single else state
            measured[list(rows)] = correlation(rounded).cpu().numpy()
            groups.append((rows, without_multiplets(state)))
    return replace(batch, groups=tuple(groups), correlation=measured)


def with_mirror_parity(
    spec: HamiltonianFamily, size: Size, batch: Batch, hamiltonians: Sequence[Hamiltonian]
) -> Batch:
    """The batch, its states given a definite mirror parity where the family's H has that mirror."""
    if not spec.mirror or size.sites % 2:
        return batch
    return mirror_symmetric(batch, hamiltonians)


def solve_missed(
    batch: Batch, hamiltonians: Sequence[Hamiltonian], exact: Sequence[float | None]
) -> Batch:
    """A batch whose rows have the energies of a closed form, where there is one.

    In a strongly disordered chain a row can keep an excitation of its warm start that no sweep
    removes; it is an eigenstate as good as the ground state to its variance. Such rows are solved
    cold.
    """
    missed = np.array(
        [
            e is not None and abs(energy - e) > CLOSED_FORM * abs(e)
            for energy, e in zip(batch.energy, exact, strict=True)
        ]
    )

    def cold(rows: list[int], state: Mps) -> Batch:
        solved = in_order([solve_cold(hamiltonians[k], state.qubit.sector) for k in rows])
        return estimated(solved, [hamiltonians[k] for k in rows], COLD, None)

    return solve_again(batch, missed, cold)
