"""Attention between the events of a shot."""

from typing import TYPE_CHECKING

from baselines.contract.rows import Rows
from baselines.decoders.decoder import NetworkDecoder
from baselines.decoders.error_model import layout_of

if TYPE_CHECKING:
    import torch
    from torch import nn

HEADS = 4


class Model(NetworkDecoder):
    """A token for every event, its detector embedded → `blocks` layers of attention → a logit.

    Quiet detectors are no tokens: a shot at p = .005 and distance 5 has 8 of 120. Of the error
    model it reads how many detectors there are, and no probability.

    Args:
        seed: of weights and batches.
        width: of a token.
        blocks: layers.
        seen: shots shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    title = "Attention between events"
    needs_error_model = True

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 64,
        blocks: int = 2,
        seen: int = 500_000,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, width=width, blocks=blocks, seen=seen, rate=rate)

    def _build(self, rows: Rows, logits: "torch.Tensor") -> "nn.Module":
        from baselines.decoders.event_networks import Attention

        return Attention(layout_of(rows), logits, width=self.width, blocks=self.blocks, heads=HEADS)
