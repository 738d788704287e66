"""Clifford data regression: how noise changes labels is learnt where they are known."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.mitigation import Mitigation
from baselines.inputs.pairs import layout
from baselines.solvers.clifford_twins import clifford_twins

Floats = NDArray[np.float64]


class Model(Mitigation):
    """label = a + b · (estimate from the row's noisy shots), (a, b) by number of steps.

    a and b are the least squares fit to circuits near those of the training rows whose every gate
    is Clifford (Czarnik, Arrasmith, Coles, Cincio, Quantum 5, 592 (2021)): a stabilizer simulator
    knows their labels, and they run through the noise that the rows went through, gates of the
    device included (`clifford_twins`). So any noise is met that scales labels alike, and how strong
    it is need not be known. All entries of a label share (a, b). Estimates from M shots have a
    spread of their own, which draws b towards 0 where M is small.

    Copies: M of each of n Clifford circuits, in place of those of the n training rows, which are
    not looked at. Where rows are Clifford circuits, theirs are used.

    Args:
        seed: of angles and shots of the Clifford circuits.
    """

    title = "Clifford data regression: n·M copies of Clifford circuits, none of training rows"
    entry_class = "hybrid"
    needs_circuit = True
    is_random = True

    def _fit(self, cell: Cell) -> None:
        super()._fit(cell)
        self._layout = layout(cell.task, cell.config)
        twins, columns = clifford_twins(cell.seen, np.random.default_rng([self.seed, cell.n]))
        exact = self._target.of_label(cell.task.labels(columns, cell.family, cell.size))
        noisy, wanted = map(self._layout.read, (self._target.of_rows(twins), exact))
        steps = _steps(cell.seen)
        self._lines = {step: line(noisy[steps == step], wanted[steps == step]) for step in {*steps}}
        self._usual = line(noisy, wanted)
        self.n_parameters = 2 * len(self._lines)

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        # Numbers of steps that no training row has: the line of all.
        lines = [self._lines.get(step, self._usual) for step in _steps(rows)]
        offset, slope = np.array(lines).reshape(-1, 2).T
        noisy = self._layout.read(self._target.of_rows(rows))
        found = offset[:, None] + slope[:, None] * noisy
        return self._target.to_label(self._layout.write(found))


def line(x: Floats, y: Floats) -> tuple[float, float]:
    """(a, b) of the least squares fit y = a + b·x; (mean, 0) where all x are the same."""
    spread = x - x.mean()
    square = float((spread**2).sum())
    slope = float((spread * y).sum()) / square if square else 0.0
    return float(y.mean() - slope * x.mean()), slope


def _steps(rows: Rows) -> NDArray[np.float64]:
    family, size = rows.config.family, rows.config.size
    return np.array([float(family.unflatten(size, row)["steps"]) for row in rows.parameters])
