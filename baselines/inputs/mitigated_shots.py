"""Estimates from shots that went through a channel: with the channel undone, or made stronger."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import estimator
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from builders.physics.site_channel import SiteChannel
from builders.shadows import mitigation
from builders.shadows.estimators import shadow_correlation, shadow_magnetization, shadow_pair_purity
from leaderboard.kinds.regression import Regression

Floats = NDArray[np.float64]

_OF_OUTCOMES: dict[Callable[..., Any], Callable[..., Floats]] = {
    shadow_correlation: mitigation.correlation,
    shadow_magnetization: mitigation.magnetization,
    shadow_pair_purity: mitigation.pair_purity,
}
ESTIMATORS = tuple(_OF_OUTCOMES)
"""Estimates that are means of products of outcomes on different sites."""


@dataclass(frozen=True, eq=False)
class Amplified:
    """A channel that shots go through again, whole times, as what would have to be undone.

    `mitigation` replaces an outcome o by (o − a)/s. The mean over the flips of k further passes is
    S·o + A, which is that replacement with s = 1/S and a = −A/S. Flips of different sites and shots
    are independent, so that the mean over them of a product of outcomes is the product of these:
    an estimate from further noisy shots, averaged over all ways in which their bits could flip.

    Attributes:
        channel: one pass.
        passes: k, 0 or more.
    """

    channel: SiteChannel
    passes: int

    def slope_and_offset(self) -> tuple[Floats, Floats]:
        """See `MeanOutcomes`."""
        slope, offset = self.channel.slope_and_offset()
        total, shift = np.ones_like(slope), np.zeros_like(offset)
        for _ in range(self.passes):
            total, shift = slope * total, slope * shift + offset
        return 1.0 / total, -shift / total


@dataclass(frozen=True)
class MitigatedTarget:
    """What is averaged over rows of a task, from noisy shots; `Target` is without mitigation.

    Attributes:
        task: one whose estimate is among `ESTIMATORS`.
    """

    task: Regression

    def undone(self, rows: Rows) -> Floats:
        """The estimate with the channel of the rows inverted: unbiased, float64 (R, L).

        Raises:
            RequestError: the channel leaves nothing of some outcome.
        """
        return self._estimate(rows, rows.channel)

    def amplified(self, rows: Rows, passes: int) -> Floats:
        """The estimate as it would be after further passes through the channel, float64 (R, L).

        Raises:
            RequestError: the channel leaves nothing of some outcome.
        """
        if not passes or rows.channel is None:
            return Target(self.task).estimate(rows.shots)
        return self._estimate(rows, Amplified(rows.channel, passes))

    def to_label(self, values: Floats) -> Floats:
        """See `Target.to_label`."""
        return Target(self.task).to_label(values)

    def _estimate(self, rows: Rows, channel: mitigation.MeanOutcomes | None) -> Floats:
        average = estimator(self.task)
        if channel is None or average is None:
            return Target(self.task).estimate(rows.shots)
        return _OF_OUTCOMES[average](rows.shots, channel).reshape(len(rows), -1)
