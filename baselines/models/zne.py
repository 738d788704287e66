"""Zero-noise extrapolation: the channel is applied again and again, and drawn back to none."""

from math import comb

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.amplified import Amplified
from baselines.inputs.mitigation import Mitigation
from builders.core.errors import RequestError

MOST_PASSES = 6
MOST_RATIO = 5.0
"""An exponential is drawn back by at most this factor: past it, the smaller value is noise."""


class Model(Mitigation):
    """Estimates at 1, 2, …, k + 1 passes through the channel, extrapolated to 0 passes.

    Noise cannot be taken from a record, only added (Temme, Bravyi, Gambetta, PRL 119, 180509
    (2017); Li, Benjamin, PRX 7, 021050 (2017)): shots of the test row go through their channel
    again, and the mean over all further flips is taken instead of drawing them. A polynomial of
    degree k runs through the k + 1 values; with s the slope of the channel, it misses a string of
    weight w by (1 − s^w)^(k + 1) of its value. `exponential` takes the first two values v₁, v₂, and
    answers b + (v₁ − b)²/(v₂ − b), b what full noise leaves (¼ of a purity, else 0). For a channel
    that treats bits, bases and sites alike, and labels made of strings of one weight, that is exact
    in the mean, and the same as `readout_mitigation`; elsewhere it is not.

    The strength of a channel need not be known for this, only how to pass through it again.

    Args:
        seed: of nothing.
        degree: k.
        exponential: instead of the polynomial.
    """

    title = "Zero-noise extrapolation of the test row's shadow"

    def __init__(self, *, seed: int = 0, degree: int = 2, exponential: bool = False) -> None:
        super().__init__(seed=seed)
        if not 1 <= degree < MOST_PASSES:
            raise RequestError(f"setting degree={degree}: give 1 to {MOST_PASSES - 1}.")
        self.degree, self.exponential = degree, exponential

    def _fit(self, cell: Cell) -> None:
        super()._fit(cell)
        self._is_purity = cell.regression.averaged is not None

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        passes = 2 if self.exponential else self.degree + 1
        values = np.stack([self._passed(rows, k) for k in range(passes)])
        if self.exponential:
            base = 0.25 if self._is_purity else 0.0
            found = base + exponential(values[0] - base, values[1] - base)
        else:
            found = np.tensordot(richardson(passes), values, axes=1)
        return self._target.to_label(found)

    def _passed(self, rows: Rows, passes: int) -> NDArray[np.float64]:
        """The estimate as it would be after further passes through the channel, (R, L)."""
        if not passes or rows.channel is None:
            return self._target.of_rows(rows)
        return Target(self._target.task, Amplified(rows.channel, passes)).of_rows(rows)


def richardson(points: int) -> NDArray[np.float64]:
    """Weights of values at 1, …, K that a polynomial of degree K − 1 through them has at 0."""
    return np.array([(-1.0) ** (k - 1) * comb(points, k) for k in range(1, points + 1)])


def exponential(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Value at λ = 0 of c·exp(−bλ), from its values at 1 and 2; at most `MOST_RATIO` · first.

    Values of different signs, or that grow with the noise, are no such curve: first is kept.
    """
    falls = (first * second > 0.0) & (np.abs(second) <= np.abs(first))
    ratio = np.divide(first, second, out=np.ones_like(first), where=falls)
    return np.asarray(first * np.minimum(ratio, MOST_RATIO))
