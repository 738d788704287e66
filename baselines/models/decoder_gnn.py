"""Messages between the events of a shot."""

from typing import TYPE_CHECKING

from baselines.contract.rows import Rows
from baselines.decoders.decoder import NetworkDecoder
from baselines.decoders.error_model import layout_of

if TYPE_CHECKING:
    import torch
    from torch import nn


class Model(NetworkDecoder):
    """A graph of the events, bound by 1/distance² → `blocks` rounds of messages → a logit.

    As in arXiv 2307.01241. Of the error model it reads where the detectors are, and no probability.

    Args:
        seed: of weights and batches.
        width: features of an event.
        blocks: rounds of messages.
        seen: shots shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    title = "Messages between events"
    needs_error_model = True

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 96,
        blocks: int = 4,
        seen: int = 1_000_000,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, width=width, blocks=blocks, seen=seen, rate=rate)

    def _build(self, rows: Rows, logits: "torch.Tensor") -> "nn.Module":
        from baselines.decoders.event_networks import Messages

        return Messages(layout_of(rows), logits, width=self.width, blocks=self.blocks)
