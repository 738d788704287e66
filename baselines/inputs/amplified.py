"""A channel that shots go through again: noise can be added to a record, and not taken away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.shadows.mitigation import MeanOutcomes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Amplified:
    """A channel that shots go through again, whole times, as what would have to be undone.

    Mitigation replaces an outcome o by (o − a)/s. The mean over the flips of k further passes is
    S·o + A, which is that replacement with s = 1/S and a = −A/S. Flips of different sites and shots
    are independent, so that the mean over them of a product of outcomes is the product of these:
    an estimate from further noisy shots, averaged over all ways in which their bits could flip.

    Attributes:
        channel: one pass.
        passes: k, 0 or more.
    """

    channel: MeanOutcomes
    passes: int

    def slope_and_offset(self) -> tuple[Floats, Floats]:
        """See `MeanOutcomes`."""
        slope, offset = self.channel.slope_and_offset()
        total, shift = np.ones_like(slope), np.zeros_like(offset)
        for _ in range(self.passes):
            total, shift = slope * total, slope * shift + offset
        return 1.0 / total, -shift / total
