"""Exact evolution of windows of a chain: right for as long as their ends are out of sight."""

import numpy as np
from numpy.typing import NDArray

from baselines.solvers.solver_model import Labels, SolverBaseline
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.config import Config
from builders.kinds.evolution import EvolutionFamily
from builders.physics.family import Family
from builders.physics.initial_state import SPINS
from leaderboard.kinds.task import Task

MOST = 12


class Model(SolverBaseline):
    """State vectors of `length` sites around every site and pair, evolved by e^{−iHt}.

    What happens at the ends of a window is felt at a distance r only after about r/v, v the largest
    group velocity (Lieb, Robinson, Commun. Math. Phys. 28, 251 (1972)): before, the error falls
    faster than exponentially with r; after, answers are those of a short chain. Nothing is learnt
    and no measurement is looked at; the cost grows with 2^length and not with the chain.

    Args:
        seed: of nothing.
        length: sites of a window, the whole chain if it has fewer.
    """

    title = "Exact evolution of short windows"
    needs_hamiltonian = False
    needs_evolution = True
    needs_chain = True
    gives = ("magnetization", "correlation", "renyi2")

    def __init__(self, *, seed: int = 0, length: int = 8) -> None:
        super().__init__(seed=seed)
        if not 2 <= length <= MOST:
            raise RequestError(f"setting length={length}: give 2 to {MOST} sites.")
        self.length = length

    @classmethod
    def refusal(cls, task: Task, config: Config, *, noise_free: bool = False) -> str:
        """See `Baseline.refusal`: windows of an entangled initial state are no vectors."""
        refused = super().refusal(task, config, noise_free=noise_free)
        family = config.family
        if refused or (isinstance(family, EvolutionFamily) and family.initial in SPINS):
            return refused
        return (
            f"{cls.name()} cuts product states into windows ({', '.join(SPINS)}), and evolutions "
            f"of {family.name} start from another one. Choose another baseline."
        )

    def _solve(self, family: Family, size: Size, parameters: NDArray[np.float64]) -> Labels:
        from baselines.solvers.evolved_windows import labels
        from builders.physics.initial_state import spins

        if not isinstance(family, EvolutionFamily):
            raise TypeError(f"{family.name} is no family of evolutions")
        rows = [family.unflatten(size, row) for row in parameters]
        start, length = spins(family.initial, size.sites), min(self.length, size.sites)
        evolutions: dict[bytes, list[int]] = {}
        for k, row in enumerate(rows):
            couplings = [value.tobytes() for name, value in sorted(row.items()) if name != "t"]
            evolutions.setdefault(b"".join(couplings), []).append(k)
        out: Labels = {}
        for members in evolutions.values():
            times = np.array([float(rows[k]["t"]) for k in members])
            order = np.argsort(times, kind="stable")
            hamiltonian = family.hamiltonian(size, rows[members[0]])
            found = labels(hamiltonian, start, times[order], length)
            for name, values in found.items():
                column = out.setdefault(name, np.empty((len(rows), *values.shape[1:])))
                column[np.array(members)[order]] = values
        return out
