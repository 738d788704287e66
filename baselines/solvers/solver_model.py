"""Entries that solve the Hamiltonian and look at no data."""

import inspect
import pickle
from abc import abstractmethod
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.pool import POOL
from baselines.contract.rows import Rows
from builders.core.names import Size
from builders.dataset.config import Config
from builders.physics.family import Family
from leaderboard.kinds.task import Task

Labels = dict[str, NDArray[np.float64]]


class SolverBaseline(Baseline):
    """Base of models of the class `solver`: a subclass states `gives` and `_solve`.

    n, M and the task change nothing in what is solved, so that a grid of cells on the same test
    rows solves them once in a process; `train_seconds` of its first cell is the cost. What the
    constructor was given does change it.

    Class attributes:
        gives: label columns that `_solve` returns; tasks of others are refused.
    """

    entry_class: ClassVar[Literal["learned", "hybrid", "solver"]] = "solver"
    uses_labels = False
    needs_hamiltonian = True
    gives: ClassVar[tuple[str, ...]]

    _settings: bytes

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """A model that remembers what its constructor was given, whatever it makes of it."""
        made = super().__new__(cls)
        given = inspect.signature(cls.__init__).bind(made, *args, **kwargs)
        given.apply_defaults()
        # Not by value: 1, 1.0 and True are equal, and need not mean the same.
        made._settings = pickle.dumps(sorted(list(given.arguments.items())[1:]))
        return made

    @classmethod
    def refusal(cls, task: Task, config: Config, *, noise_free: bool = False) -> str:
        """See `Baseline.refusal`."""
        refused = super().refusal(task, config, noise_free=noise_free)
        if not refused and task.label not in cls.gives:
            return (
                f"{cls.name()} gives {', '.join(cls.gives)}, and task {task.name} asks for "
                f"{task.label}. Choose another baseline or task."
            )
        return refused

    def _fit(self, cell: Cell) -> None:
        self._task = cell.task

    def _predict(self, rows: Rows) -> NDArray[np.floating[Any]]:
        config = rows.config
        key = (type(self), self._settings, config, rows.parameters.tobytes())
        labels = POOL.once(
            "solved", key, lambda: self._solve(config.family, config.size, rows.parameters)
        )
        return self._task.labels(labels, config.family, config.size)

    @abstractmethod
    def _solve(self, family: Family, size: Size, parameters: NDArray[np.float64]) -> Labels:
        """Labels of rows of parameters (R, P), by their columns in a data set, float64 (R, …)."""
