"""A perceptron from all events of a shot to the flip of the observable."""

from typing import TYPE_CHECKING

from baselines.contract.rows import Rows
from baselines.decoders.decoder import NetworkDecoder

if TYPE_CHECKING:
    import torch
    from torch import nn


class Model(NetworkDecoder):
    """Events → `blocks` hidden layers of `width` units with shortcuts → a logit.

    The width of arXiv 2605.12046; layers are fewer, so that training takes minutes.

    Args:
        seed: of weights and batches.
        width: units of a layer.
        blocks: layers after the first.
        seen: shots shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    title = "Perceptron over events"

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 1024,
        blocks: int = 1,
        seen: int = 2_500_000,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, width=width, blocks=blocks, seen=seen, rate=rate)

    def _build(self, rows: Rows, logits: "torch.Tensor") -> "nn.Module":
        from baselines.decoders.networks import Dense

        return Dense(rows.detectors, 0, logits, width=self.width, blocks=self.blocks)
