"""The mean of a Pauli letter on every site as a function of the couplings around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels
from baselines.inputs.pauli_sums import site_sums
from baselines.linear.window_process import WindowProcess, Windows

Floats = NDArray[np.float64]
LEAST = 0.02
"""Mean square of a letter below which its product over two sites is left to the pairs."""


@dataclass(frozen=True)
class SiteMeans:
    """⟨P_i⟩ = constant + f(window of i).

    Attributes:
        constant: mean over all training shots.
        windows: what a site sees.
        process: f; None where nothing speaks for one.
    """

    constant: float
    windows: Windows
    process: WindowProcess | None

    @staticmethod
    def fit(shots: NDArray[np.uint8], letter: str, given: Channels) -> "SiteMeans | None":
        """Learn from shots uint8 (n, M, N); None for a letter whose means are (nearly) zero."""
        sums = site_sums(shots, letter)
        pairs_of_shots = (sums.count * (sums.count - 1.0)).sum()
        square = (sums.total**2 - sums.count).sum() / max(pairs_of_shots, 1.0)
        if square < LEAST:
            return None
        constant = float(sums.total.sum() / sums.count.sum())
        estimate = sums.total / sums.count.clip(1.0)
        precision = sums.count / max(1.0 - square, 0.05)
        windows = Windows(given)
        process = None
        if len(shots) > 1:
            process = WindowProcess.fit(windows(given, 0), estimate - constant, precision)
        return SiteMeans(constant, windows, process)

    def __call__(self, given: Channels) -> Floats:
        """Means float64 (R, N), clipped to [−1, 1]."""
        shape = (len(given.shared), given.n_sites)
        change = np.zeros(shape) if self.process is None else self.process(self.windows(given, 0))
        return np.clip(self.constant + change, -1.0, 1.0)

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        return 1 + (0 if self.process is None else self.process.weights.size)
