"""The exact answer where a chain is one of free fermions; no data is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.solvers.solver_model import Labels, SolverBaseline
from builders import families
from builders.core.names import Size
from builders.dataset.config import Config
from builders.physics.family import Family
from leaderboard.kinds.task import Task

FAMILIES = ("tfim_1d", "xy_1d")


class Model(SolverBaseline):
    """Ising and XY chains in a field, row by row: `builders.solvers.exact.free_fermion`."""

    title = "Free fermions, exact"
    gives = ("energy", "correlation", "renyi2")

    @classmethod
    def refusal(cls, task: Task, config: Config, *, noise_free: bool = False) -> str:
        """See `Baseline.refusal`: the family is one of free fermions, or a variant of one."""
        refused = super().refusal(task, config, noise_free=noise_free)
        solved = tuple(type(families.load(name)) for name in FAMILIES)
        if refused or isinstance(config.family, solved):
            return refused
        return (
            f"{config.family.name} is no chain of free fermions; those are {' and '.join(FAMILIES)}"
            " with their variants. Choose another baseline."
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
