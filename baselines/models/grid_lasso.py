"""Lasso on the cells of grids of the couplings near a pair."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.folds import fold_masks
from baselines.inputs.local_grid import LocalGrid, indicators
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from baselines.linear.grouped_lasso import Moments, Path
from baselines.linear.lasso_path import FACTORS
from builders.core.errors import RequestError

FOLDS = 4
_BYTES = 100 << 20  # of the sums of some groups
_ROWS = 20  # at a time in prediction
Floats = NDArray[np.float64]


class Model(Baseline):
    """Label of a pair = base + Σ_c w_c 1[couplings near the pair are in cell c].

    Wanner, Lewis, Bhattacharyya, Dubhashi, Gheorghiu (arXiv 2405.18489, NeurIPS 2024) weight the
    features of Lewis et al., Nature Communications 15, 895 (2024), which are indicators of the
    cells of a grid of all parameters near each Pauli string, by the coefficients of an observable
    that is known in advance, and prove that a number of rows that does not depend on N is enough
    for an error on average. (Their second model is a deep network, here `local_mlp`.) For a label
    of one pair only the strings of this pair have a coefficient, so what is left of the weighting
    is that each pair sees its own neighbourhood alone.

    Different here: a grid of all coordinates is too large for n rows, so that each coordinate has
    a grid of `levels` by itself, and those within no step and one step of the pair have one
    together of at most 64 cells (`LocalGrid`); the penalty chooses among them. By default weights
    are shared by all pairs of one distance, that is translated, which multiplies the samples of a
    weight by the number of pairs; it is not in the paper, and `shared=false` is the paper's, a
    weight for each pair and cell. One penalty, by four-fold cross-validation on noisy labels; no
    weight at all is a choice.

    Args:
        seed: not used.
        radius: steps from a pair to the couplings that it sees.
        levels: of a grid of one coordinate, 2 to 64.
        shared: whether pairs of one distance share weights, and have the base of `ridge_pairs`;
            else each has its own, and the mean of the training labels as its base.
    """

    title = "Lasso on grid cells of local couplings"
    needs_hamiltonian = True
    needs_pairs = True

    def __init__(
        self, *, seed: int = 0, radius: int = 2, levels: int = 8, shared: bool = True
    ) -> None:
        super().__init__(seed=seed)
        if radius < 0:
            raise RequestError(f"setting radius={radius}: give 0 or more.")
        if not 2 <= levels <= 64:
            raise RequestError(f"setting levels={levels}: give a number from 2 to 64.")
        self.radius, self.levels, self.shared = radius, levels, shared

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = self._pairs.read(self._target.training(cell))
        self._base = values.mean(axis=0)
        if self.shared:
            self._base = pair_base(self._pairs, values)[1]
        self._groups = self._own_groups()
        self._weights = np.zeros((len(self._groups), 0), dtype=np.float32)
        self.penalty = np.inf
        if cell.n > 1:
            self._learn(cell, (values - self._base).astype(np.float32))
        self.n_parameters = self._base.size + int(np.count_nonzero(self._weights))

    def _own_groups(self) -> list[NDArray[np.int64]]:
        """Pairs that share weights."""
        if not self.shared:
            return list(np.arange(len(self._base))[:, None])
        order = np.argsort(self._pairs.distance, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self._pairs.distance[order])) + 1)

    def _learn(self, cell: Cell, change: NDArray[np.float32]) -> None:
        settings = {"radius": self.radius, "levels": self.levels}
        self._grid = LocalGrid(cell.family, self._pairs, cell.parameters, **settings)
        cells, folds = self._grid(cell.parameters), fold_masks(cell.groups, FOLDS)
        self._centre = np.zeros((len(self._base), self._grid.length), dtype=np.float32)
        if not self._grid.length or len(folds) < 2:
            return
        pulls = (
            np.abs(np.einsum("nms,nm->s", x, y)).max() for x, y in self._samples(cells, change)
        )
        sizes = (np.sqrt(cell.n * len(group)) for group in self._groups)
        largest = max(float(pull / size) for pull, size in zip(pulls, sizes, strict=True))
        if largest == 0.0:
            return
        paths = [Path.of(part, largest) for part in self._moments(cells, change, folds)]
        errors = np.sum([path.errors for path in paths], axis=0)
        best = int(np.argmin(errors))
        if errors[best] < 0.0:
            self.penalty = FACTORS[best] * largest
            self._weights = np.concatenate([path.weights[best] for path in paths])

    def _samples(
        self, cells: NDArray[np.int64], change: NDArray[np.float32]
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Indicators (n, pairs, s) about the mean of each pair, and changes, of each group."""
        for group in self._groups:
            x = indicators(cells[:, group], self._grid.length)
            self._centre[group] = x.mean(axis=0)
            yield x - self._centre[group], change[:, group]

    def _moments(
        self,
        cells: NDArray[np.int64],
        change: NDArray[np.float32],
        folds: Sequence[NDArray[np.bool_]],
    ) -> Iterator[Moments]:
        """Sums of some groups at a time."""
        room = max(1, _BYTES // (8 * len(folds) * self._grid.length**2))
        samples = self._samples(cells, change)
        while some := list(islice((Moments.of(x, y, folds) for x, y in samples), room)):
            yield Moments.join(some)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._base, (len(rows), 1))
        used = [g for g, w in enumerate(self._weights) if self._weights.shape[1] and w.any()]
        for start in range(0, len(rows), _ROWS) if used else ():
            some = slice(start, start + _ROWS)
            cells = self._grid(rows.parameters[some])
            for g in used:
                pairs, w = self._groups[g], np.append(self._weights[g], np.float32(0.0))
                out[some, pairs] += w[cells[:, pairs]].sum(axis=2) - self._centre[pairs] @ w[:-1]
        return self._target.to_label(self._pairs.write(out))
