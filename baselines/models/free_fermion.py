"""The exact answer where a chain is one of free fermions; no data is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.cell import Cell, Rows
from baselines.model import Baseline
from builders.errors import RequestError
from builders.family import Family, Parameters


class Model(Baseline):
    """Ground states of Ising and XY chains in a field by `builders.free_fermion`, row by row."""

    title = "Free fermions, exact"
    entry_class = "solver"

    def _fit(self, cell: Cell) -> None:
        _refuse_interactions(cell.family)
        self._task, self._family, self._size = cell.regression, cell.family, cell.size

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        found = [self._labels(self._family.unflatten(self._size, r)) for r in rows.parameters]
        split = {self._task.label: np.stack(found)}
        return self._task.labels(split, self._family, self._size)

    def _labels(self, p: Parameters) -> NDArray[np.float64]:
        from builders.free_fermion import tfim_ground_state, xy_ground_state

        if "gamma" in p:
            state = xy_ground_state(p["J"], p["h"], float(p["gamma"]))
        else:
            state = tfim_ground_state(p["J"], p["h"])
        if self._task.label == "energy":
            return np.asarray(state.energy)
        return state.correlation() if self._task.label == "correlation" else state.renyi2()


def _refuse_interactions(family: Family) -> None:
    names = {spec.name for spec in family.parameters}
    like = "xy_1d" if "gamma" in names else "tfim_1d"
    if names - {"gamma"} != {"J", "h"} or not family.name.startswith(like):
        raise RequestError(
            f"{family.name} is no chain of free fermions; those are tfim_1d with its variants and "
            "xy_1d. Choose another baseline."
        )
