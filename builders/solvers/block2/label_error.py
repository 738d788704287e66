"""Label errors of block2's rows: the law of `builders.solvers.dmrg.label_error`, by its means."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.label_error import (
    Scale,
    missing,
    suspicious,
    werner_entropies,
    whole,
)

Solve = Callable[[Sequence[Hamiltonian]], Batch]
Array = NDArray[np.float64]


def estimated(
    batch: Batch, hamiltonians: Sequence[Hamiltonian], smaller: Solve, scale: Scale | None
) -> Batch:
    """The batch with its label errors, extrapolated where the law comes near the promise.

    Args:
        batch: solved rows.
        hamiltonians: of its rows.
        smaller: solves rows at a smaller bond.
        scale: of the config; without one all rows are extrapolated.
    """
    if scale is None:
        errors = np.full_like(batch.label_error, np.inf)
    else:
        errors = scale.errors(batch.relative_variance, batch.step_angle)
    dear = np.flatnonzero(suspicious(errors))
    if len(dear):
        other = smaller([hamiltonians[k] for k in dear.tolist()])
        pairs = zip(_labels(batch, dear), _labels(other, np.arange(len(dear))), strict=True)
        moved = [np.abs(a - b).reshape(len(dear), -1).max(axis=1) for a, b in pairs]
        found = missing(
            np.stack(moved, axis=1),
            batch.relative_variance[dear],
            other.relative_variance,
            multiplets=batch.correlation is not None,
        )
        errors[dear] = whole(found, batch.step_angle[dear])
    return replace(batch, label_error=errors)


def _labels(batch: Batch, rows: NDArray[np.int64]) -> tuple[Array, Array]:
    """Correlation and pair entropies of some rows; of multiplets without measuring any."""
    if batch.correlation is not None:
        return batch.correlation[rows], werner_entropies(batch.correlation[rows])
    labels = batch.labels()
    return labels["correlation"][rows], labels["renyi2"][rows]
