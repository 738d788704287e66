"""A density-matrix renormalisation group of few states; no data is looked at."""

import numpy as np
from numpy.typing import NDArray

from baselines.solvers.solver_model import Labels, SolverBaseline
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian_family import need_hamiltonian

_BLOCK = 50  # rows at a time


class Model(SolverBaseline):
    """One sweep or few at a small bond, from the ground state of the family's typical Hamiltonian.

    It shows what an answer costs that uses no measurement. Where a family has several starting
    states or sectors, the lowest energy of a row is kept.

    Args:
        seed: of nothing.
        bond: largest bond dimension.
        sweeps: sweeps, there and back, at least 1.
    """

    title = "DMRG of few states"
    gives = ("energy", "correlation", "renyi2", "renyi2_blocks")

    def __init__(self, *, seed: int = 0, bond: int = 12, sweeps: int = 1) -> None:
        super().__init__(seed=seed)
        if bond < 1 or sweeps < 1:
            raise RequestError(f"{bond=}, {sweeps=}: both are at least 1.")
        self.bond, self.sweeps = bond, sweeps

    def _solve(self, family: Family, size: Size, parameters: NDArray[np.float64]) -> Labels:
        from baselines.solvers.dmrg_run import run

        parts: list[Labels] = []
        solved = need_hamiltonian(family)
        for start in range(0, len(parameters), _BLOCK):
            rows = solved.hamiltonians(size, parameters[start : start + _BLOCK])
            batch = run(solved, size, rows, self.bond, self.sweeps)
            parts.append({"energy": batch.energy, **batch.labels()})
        return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
