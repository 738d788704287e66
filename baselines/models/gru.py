"""A recurrent network that steps from t = 0 to the time of a row."""

from typing import TYPE_CHECKING

from baselines.inputs.pairs import Pairs
from baselines.networks.network_baseline import Inputs, check_at_least
from baselines.networks.time_baseline import TimeNetworkBaseline

if TYPE_CHECKING:
    from torch import nn


class Model(TimeNetworkBaseline):
    """Couplings → a gated recurrent unit, one step for each time between rows → labels.

    The state after k steps answers for the time of k steps, so that the rows of an evolution share
    all steps up to the earlier of them (`TimeNetworkBaseline`).

    Args:
        seed: of folds, weights and batches.
        width: hidden units.
        rate: learning rate.
    """

    title = "Gated recurrent unit over the times of an evolution"

    def __init__(self, *, seed: int = 0, width: int = 64, rate: float = 3e-3) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("width", width, 1)
        self.width = width

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.time_networks import Recurrent

        return Recurrent(inputs[0].shape[1], outputs, width=self.width, silent=self._is_silent)
