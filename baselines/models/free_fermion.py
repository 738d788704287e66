"""The exact answer where a chain is one of free fermions; no data is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.solvers.solver_model import Labels, SolverBaseline
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family


class Model(SolverBaseline):
    """Ising and XY chains in a field, row by row: `builders.solvers.exact.free_fermion`."""

    title = "Free fermions, exact"

    def _check(self, family: Family) -> None:
        names = {spec.name for spec in family.parameters}
        like = "xy_1d" if "gamma" in names else "tfim_1d"
        if names - {"gamma"} != {"J", "h"} or not family.name.startswith(like):
            raise RequestError(
                f"{family.name} is no chain of free fermions; those are tfim_1d with its variants "
                "and xy_1d. Choose another baseline."
            )

    def _solve(self, family: Family, size: Size, parameters: NDArray[np.float64]) -> Labels:
        from builders.solvers.exact.free_fermion import tfim_ground_state, xy_ground_state

        states = []
        for row in parameters:
            p = family.unflatten(size, row)
            if "gamma" in p:
                states.append(xy_ground_state(p["J"], p["h"], float(p["gamma"])))
            else:
                states.append(tfim_ground_state(p["J"], p["h"]))
        return {
            "energy": np.array([s.energy for s in states]),
            "correlation": np.stack([s.correlation() for s in states]),
            "renyi2": np.stack([s.renyi2() for s in states]),
        }
