"""A density-matrix renormalisation group at a small effort; no data is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from baselines.model import Baseline
from builders.errors import RequestError
from builders.hamiltonian import Hamiltonian

_BLOCK = 50  # rows at a time


class Model(Baseline):
    """One sweep or few at a small bond, from the ground state of the family's typical Hamiltonian.

    It shows what an answer costs that uses no measurement: its time in `train_seconds` of the
    submission is that of all test rows. Where a family has several starting states or sectors,
    the lowest energy of a row is kept.

    Args:
        seed: of nothing.
        bond: largest bond dimension.
        sweeps: sweeps, there and back, at least 1.
    """

    title = "DMRG at a small effort"
    entry_class = "solver"

    def __init__(self, *, seed: int = 0, bond: int = 12, sweeps: int = 1) -> None:
        super().__init__(seed=seed)
        if bond < 1 or sweeps < 1:
            raise RequestError(f"{bond=}, {sweeps=}: both are at least 1.")
        self.bond, self.sweeps = bond, sweeps

    def _fit(self, cell: Cell) -> None:
        self._task, self._family, self._size = cell.regression, cell.family, cell.size

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        found = []
        for start in range(0, len(rows), _BLOCK):
            part = rows.parameters[start : start + _BLOCK]
            found.append(self._labels(self._family.hamiltonians(self._size, part)))
        split = {self._task.label: np.concatenate(found)}
        return self._task.labels(split, self._family, self._size)

    def _labels(self, hamiltonians: list[Hamiltonian]) -> NDArray[np.float64]:
        from baselines.dmrg_run import run

        batch = run(self._family, self._size, hamiltonians, self.bond, self.sweeps)
        return batch.energy if self._task.label == "energy" else batch.labels()[self._task.label]
