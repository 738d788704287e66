"""Rows as states of evolutions: what the time is, and what stays the same along one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Evolutions:
    """Which of the flat parameters is the time of a row: the one that changes along evolutions.

    Attributes:
        time: its number; None where nothing changes (one row of each), or more than one does.
        step: the smallest time between two rows of an evolution; 1 without a time.
    """

    time: int | None
    step: float = 1.0

    @staticmethod
    def of(parameters: Floats, trajectory: Ints) -> "Evolutions":
        """From the training rows.

        Args:
            parameters: float64 (n, P).
            trajectory: int64 (n,).
        """
        order = np.argsort(trajectory, kind="stable")
        same = np.diff(trajectory[order]) == 0
        change = np.abs(np.diff(parameters[order], axis=0))[same]
        moving = np.flatnonzero(change.any(axis=0))
        if len(moving) != 1:
            return Evolutions(None)
        steps = change[:, moving[0]]
        return Evolutions(int(moving[0]), float(steps[steps > 0].min()))

    def times(self, parameters: Floats) -> Floats:
        """Float64 (R,), in steps; zeros without a time."""
        if self.time is None:
            return np.zeros(len(parameters))
        return parameters[:, self.time] / self.step

    def couplings(self, parameters: Floats) -> Floats:
        """All other parameters, float64 (R, P − 1)."""
        if self.time is None:
            return parameters
        return np.delete(parameters, self.time, axis=1)

    def runs(self, parameters: Floats, trajectory: Ints) -> list[Ints]:
        """Rows of each evolution that follow each other by one step, numbers in order of time."""
        times, out = self.times(parameters), []
        for number in np.unique(trajectory):
            rows = np.flatnonzero(trajectory == number)
            rows = rows[np.argsort(times[rows], kind="stable")]
            gaps = np.flatnonzero(np.abs(np.diff(times[rows]) - 1.0) > 1e-6)
            out += np.split(rows, gaps + 1)
        return out
