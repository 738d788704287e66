"""A transformer over the times from t = 0 to that of a row."""

from typing import TYPE_CHECKING

from baselines.inputs.pairs import Pairs
from baselines.networks.network_baseline import Inputs, check_at_least
from baselines.networks.time_baseline import TimeNetworkBaseline
from builders.core.errors import RequestError

if TYPE_CHECKING:
    from torch import nn

HEAD = 16
"""Numbers of an attention head."""


class Model(TimeNetworkBaseline):
    """Couplings at every time from 0 → layers of causal self-attention → labels.

    What stands at a time attends to that time and earlier ones, so that a forecast does not depend
    on how far it goes on (Vaswani et al., NeurIPS 2017). It sees the same as `gru`, which has to
    carry along in its state what is read off directly here (`TimeNetworkBaseline`).

    Args:
        seed: of folds, weights and batches.
        width: numbers at a time, in heads of 16.
        depth: layers.
        rate: learning rate.
    """

    title = "Causal transformer over the times of an evolution"

    def __init__(
        self, *, seed: int = 0, width: int = 64, depth: int = 2, rate: float = 1e-3
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("depth", depth, 1)
        if width < HEAD or width % HEAD:
            raise RequestError(f"setting width={width}: give a multiple of {HEAD}.")
        self.width, self.depth = width, depth

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.time_networks import Attention

        return Attention(
            inputs[0].shape[1],
            outputs,
            width=self.width,
            depth=self.depth,
            heads=self.width // HEAD,
            silent=self._is_silent,
        )
