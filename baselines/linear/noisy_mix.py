"""The best linear mix of a guess and a noisy estimate, its weights learnt from halves of shots."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import Entries, Pairs, layout
from baselines.linear.parameter_prior import ParameterPrior

Floats = NDArray[np.float64]
MIN_SHOTS = 4
"""Below, the halves of the shots are too short for a purity."""
MIN_ROWS = 4
"""Below, nothing is learnt: the channel is inverted."""
_LEAST = 1e-6  # penalty of the weights, of the second moments


@dataclass(frozen=True, eq=False)
class Halves:
    """Training rows of a noisy config, entries of labels as read by `layout`.

    Labels of noisy training rows are noisy as well. Their mitigated estimates are unbiased, so that
    what is learnt from them is the ideal label; and they are taken from other shots than what a
    model is shown, or it would learn their common noise.

    Attributes:
        raw: float64 (n, K), estimates from all shots, as shown.
        raw_halves: two, from either half of the shots.
        wanted: float64 (n, K), mitigated estimates from all shots.
        wanted_halves: two, from either half.
    """

    raw: Floats
    raw_halves: tuple[Floats, Floats]
    wanted: Floats
    wanted_halves: tuple[Floats, Floats]

    @staticmethod
    def of(cell: Cell) -> "Halves | None":
        """None where there are too few rows or shots to learn from."""
        half = cell.train.copies // 2
        if cell.n < MIN_ROWS or 2 * half < MIN_SHOTS:
            return None
        task, entries = cell.regression, layout(cell.task, cell.config)

        def part(rows: Rows, k: int) -> Rows:
            return rows.with_shots(rows.shots[:, k * half : (k + 1) * half])

        def raw(rows: Rows) -> Floats:
            return entries.read(Target(task).of_rows(rows))

        def wanted(rows: Rows) -> Floats:
            return entries.read(Target(task, rows.channel).of_rows(rows))

        seen, train = cell.seen, cell.train
        return Halves(
            raw(seen),
            (raw(part(seen, 0)), raw(part(seen, 1))),
            wanted(train),
            (wanted(part(train, 0)), wanted(part(train, 1))),
        )


def bands(entries: Pairs | Entries, count: int) -> NDArray[np.int64]:
    """Number of the band of each of K entries: like distances, or like distances to the end."""
    if not isinstance(entries, Pairs):
        return np.zeros(count, dtype=np.int64)
    near = 1 + entries.groups - entries.groups.min()
    return np.asarray(np.log2(near), dtype=np.int64)


class NoisyMix:
    """label = c + u · guess + v · raw estimate, one (c, u, v) for entries of a band.

    The normal equations of least squares have the moments of what is seen on their left, noise
    included: that of all M shots, as at prediction. Those on the right are of estimate and label
    from different halves, whose noises are independent. So v is neither inflated by common noise
    nor that of half as many shots.

    Args:
        halves: training rows.
        prior: of them.
        bands: int64 (K,), see `bands`.

    Attributes:
        weights: float64 (bands, 3): c, u, v.
    """

    def __init__(self, halves: Halves, prior: ParameterPrior, bands: NDArray[np.int64]) -> None:
        self._bands = bands
        self.weights = np.zeros((int(bands.max(initial=0)) + 1, 3))
        for band in np.unique(bands):
            here = bands == band
            guess, raw = prior.held_out[:, here].ravel(), halves.raw[:, here].ravel()
            seen = np.stack([np.ones_like(guess), guess, raw])
            left = seen @ seen.T / raw.size
            right = seen @ halves.wanted[:, here].ravel() / raw.size
            crossed = zip(halves.raw_halves, halves.wanted_halves[::-1], strict=True)
            right[2] = np.mean([np.mean(x[:, here] * y[:, here]) for x, y in crossed])
            penalty = _LEAST * np.trace(left)
            # Nothing learnt is the guess: the penalty draws there.
            start = np.array([0.0, 1.0, 0.0])
            change = np.linalg.solve(left + penalty * np.eye(3), right - left @ start)
            self.weights[band] = start + change

    def __call__(self, guess: Floats, raw: Floats) -> Floats:
        """Float64 (R, K) both → (R, K)."""
        constant, share, slope = self.weights[self._bands].T
        return np.asarray(constant + share * guess + slope * raw)
