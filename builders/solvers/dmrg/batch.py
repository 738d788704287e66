"""Solved Hamiltonians of one size: their states, certificates, labels and shots, row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders.core.errors import WorkError
from builders.core.threads import one_thread
from builders.solvers.mps import measure
from builders.solvers.mps.mps import Blocks, Mps
from builders.solvers.mps.sampling import sample_shots

Array = NDArray[np.float64]
_BY_ROW = ("energy", "energy_variance", "relative_variance", "step_angle", "label_error")


@dataclass(frozen=True)
class Batch:
    """Solved Hamiltonians.

    Attributes:
        groups: row numbers and their states, which share their dimensions; every row once.
        energy: ⟨H⟩, float64 (B,), in the units of H.
        energy_variance: ⟨H²⟩ − ⟨H⟩², float64 (B,), in the units of H².
        relative_variance: the same in units of (energy unit)² · N.
        step_angle: how far the last half sweep still moved the state, the sine of the angle between
            the states before and after, float64 (B,); NaN where it is not known.
        label_error: largest error to expect of an entry of C, and of a pair entropy in bits,
            float64 (B, 2); NaN where nobody has estimated it.
        single: the states are known to single precision, which is enough for correlations then.
        correlation: that label, float64 (B, N, N), where the solver has measured it on its way.
    """

    groups: tuple[tuple[tuple[int, ...], Mps], ...]
    energy: Array
    energy_variance: Array
    relative_variance: Array
    step_angle: Array
    single: bool = False
    correlation: Array | None = None
    label_error: Array = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        if len(self.label_error) != len(self.energy):
            object.__setattr__(self, "label_error", np.full((len(self.energy), 2), np.nan))

    @torch.no_grad()
    def labels(self) -> dict[str, Array]:
        """Correlation (B, N, N), renyi2 and renyi2_blocks (B, N−1), float64.

        Raises:
            WorkError: a label is not finite.
        """
        labels: dict[str, Array] = {}
        for rows, state in self.groups:
            with one_thread():
                rho = measure.densities(state)
                group_labels = {
                    "correlation": self._correlation(rows, state, rho),
                    "renyi2": measure.pair_entropies(state, rho),
                    "renyi2_blocks": measure.block_entropies(rho),
                }
            for name, values in group_labels.items():
                shape = (len(self.energy), *values.shape[1:])
                labels.setdefault(name, np.empty(shape))[list(rows)] = values.cpu().numpy()
        for name, array in labels.items():
            if not np.isfinite(array).all():
                raise WorkError(f"label {name} holds a value that is not finite")
        return labels

    def _correlation(self, rows: tuple[int, ...], state: Mps, rho: list[Blocks]) -> Tensor:
        if self.correlation is not None:
            return torch.from_numpy(self.correlation[list(rows)])
        if not self.single:
            return measure.correlation(state, rho)
        rounded = [{q: weight.float() for q, weight in cut.items()} for cut in rho]
        return measure.correlation(state.to(torch.float32), rounded)

    def sample(self, n_shots: int, rngs: Sequence[np.random.Generator]) -> NDArray[np.uint8]:
        """Random-Pauli shots, uint8 (B, n_shots, N), one generator a row."""
        n_sites = self.groups[0][1].n_sites
        shots = np.empty((len(self.energy), n_shots, n_sites), dtype=np.uint8)
        for rows, state in self.groups:
            with one_thread():
                shots[list(rows)] = sample_shots(state, n_shots, [rngs[r] for r in rows])
        return shots


def lowest(runs: Sequence[Batch], same: Array | float = 0.0) -> Batch:
    """Row by row the run of the lowest energy, the first of those that differ by `same` at most."""
    energies = np.stack([run.energy for run in runs])
    best = np.argmax(energies <= energies.min(axis=0) + same, axis=0)
    groups = []
    for k, run in enumerate(runs):
        for rows, state in run.groups:
            won = [at for at, row in enumerate(rows) if best[row] == k]
            if len(won) == len(rows):
                groups.append((rows, state))
            elif won:
                groups.append((tuple(rows[at] for at in won), state.rows(won)))
    pick = best, np.arange(len(best))
    by_row = {name: np.stack([getattr(run, name) for run in runs])[pick] for name in _BY_ROW}
    return Batch(tuple(groups), **by_row, single=runs[0].single)


def among(batch: Batch, rows: Sequence[int], count: int) -> Batch:
    """A batch as the given rows of `count`, of which the others have an infinite energy."""
    columns = {}
    for name in _BY_ROW:
        known = getattr(batch, name)
        columns[name] = np.full((count, *known.shape[1:]), np.inf)
        columns[name][list(rows)] = known
    groups = tuple((tuple(rows[k] for k in some), state) for some, state in batch.groups)
    return Batch(groups, single=batch.single, **columns)


def solve_again(
    batch: Batch, poor: NDArray[np.bool_], solve: Callable[[list[int], Mps], Batch]
) -> Batch:
    """A batch whose poor rows are replaced by `solve(row numbers, their states)`, in this order."""
    groups = []
    for rows, state in batch.groups:
        kept = [at for at, k in enumerate(rows) if not poor[k]]
        if kept:
            groups.append((tuple(rows[at] for at in kept), state.rows(kept)))
        if len(kept) < len(rows):
            left = [at for at, k in enumerate(rows) if poor[k]]
            numbers = [rows[at] for at in left]
            better = solve(numbers, state.rows(left))
            groups += [(tuple(numbers[at] for at in some), new) for some, new in better.groups]
            for name in _BY_ROW:
                getattr(batch, name)[numbers] = getattr(better, name)
            if batch.correlation is None or better.correlation is None:
                batch = replace(batch, correlation=None)  # measured with the other labels then
            else:
                batch.correlation[numbers] = better.correlation
    return replace(batch, groups=tuple(groups))


def in_order(batches: Sequence[Batch]) -> Batch:
    """Batches one after the other as one, its groups those of the batches."""
    first = np.cumsum([0, *(len(batch.energy) for batch in batches)]).tolist()
    groups = tuple(
        (tuple(start + k for k in rows), state)
        for start, batch in zip(first, batches, strict=False)
        for rows, state in batch.groups
    )
    by_row = {name: np.concatenate([getattr(b, name) for b in batches]) for name in _BY_ROW}
    return Batch(groups, **by_row, single=batches[0].single)
