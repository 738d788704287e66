"""Label errors of rows: by their config's law, extrapolated where that comes near the promise."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from builders import families
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import SolverSettings
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.dmrg import HalfSweeps
from builders.solvers.dmrg.label_error import Scale, extrapolated, scale_of, suspicious, whole
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.warm_starts import from_warm_starts

_ROWS, _SEED = 6, 20261130  # rows that tell what a config's variance means


@lru_cache(maxsize=16)
def label_error_scale(family: str, size: Size, settings: SolverSettings) -> Scale:
    """What the variance of a config's rows says of their labels, from a few rows of its own.

    Always computed on the processor: it depends on the arguments alone.
    """
    hamiltonians = rows_of_scale(family, size)
    batch = from_warm_starts(family, size, hamiltonians, settings)
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    batch = estimated(batch, hamiltonians, stage, None)
    return scale_of(batch.relative_variance, batch.label_error)


def rows_of_scale(family: str, size: Size) -> list[Hamiltonian]:
    """Some rows of the family's distribution: six, or two where a row is a block of its own."""
    spec, rng = families.solvable(family), np.random.default_rng(_SEED)
    count = max(2, min(_ROWS, spec.block(size)))
    return [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(count)]


def estimated(
    batch: Batch,
    hamiltonians: Sequence[Hamiltonian],
    stage: HalfSweeps,
    scale: Scale | None,
    *,
    mirror: bool = False,
) -> Batch:
    """The batch with its label errors: by the law, extrapolated where that comes near the promise.

    Args:
        batch: rows in the solver's sectors, before any projection.
        hamiltonians: of its rows.
        stage: how they were swept.
        scale: of the config; without one all rows are extrapolated.
        mirror: whether they are projected onto a mirror parity later.
    """
    if scale is None:
        errors = np.full_like(batch.label_error, np.inf)
    else:
        errors = scale.errors(batch.relative_variance, batch.step_angle)
    dear = suspicious(errors)
    with one_thread():
        for rows, state in batch.groups:
            at = [k for k, row in enumerate(rows) if dear[row]]
            if at:
                chosen = [rows[k] for k in at]
                mpo = mpo_of(
                    [hamiltonians[k].normalised() for k in chosen],
                    state.qubit.sector,
                    state.device,
                )
                variance = batch.relative_variance[chosen]
                found = extrapolated(state.rows(at), mpo, variance, stage, mirror=mirror)
                errors[chosen] = whole(found, batch.step_angle[chosen])
    return replace(batch, label_error=errors)
