"""Convolutions over the rounds of a code."""

from typing import TYPE_CHECKING

from baselines.contract.rows import Rows
from baselines.decoders.decoder import NetworkDecoder
from baselines.decoders.error_model import layout_of

if TYPE_CHECKING:
    import torch
    from torch import nn


class Model(NetworkDecoder):
    """The checks of a round as channels → convolutions over 3 rounds, then 5, 9, … → a logit.

    Of the error model it reads where the detectors are, and no probability.

    Args:
        seed: of weights and batches.
        width: channels.
        blocks: convolutions.
        seen: shots shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    title = "Convolutions over time"
    needs_error_model = True

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 128,
        blocks: int = 3,
        seen: int = 600_000,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, width=width, blocks=blocks, seen=seen, rate=rate)

    def _build(self, rows: Rows, logits: "torch.Tensor") -> "nn.Module":
        from baselines.decoders.networks import Temporal

        return Temporal(layout_of(rows), logits, width=self.width, blocks=self.blocks)
