"""One small perceptron a pair, all of them side by side."""

from itertools import pairwise

import torch
from torch import Tensor, nn


class LocalNetworks(nn.Module):
    """K perceptrons that share nothing; pair k is given its own inputs.

    Args:
        pairs: K.
        inputs: of each.
        width: units of a hidden layer.
        depth: hidden layers.
    """

    def __init__(self, pairs: int, inputs: int, *, width: int, depth: int) -> None:
        super().__init__()
        widths = (inputs, *(depth * [width]))
        self.weights = nn.ParameterList(
            torch.randn(pairs, a, b) / max(1, a) ** 0.5 for a, b in pairwise(widths)
        )
        self.biases = nn.ParameterList(torch.zeros(pairs, 1, b) for b in widths[1:])
        self.last = nn.Parameter(torch.zeros(pairs, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Float32 (B, K, inputs) → (B, K)."""
        h = x.transpose(0, 1)
        for weight, bias in zip(self.weights, self.biases, strict=True):
            h = torch.tanh(torch.baddbmm(bias, h, weight))
        return torch.bmm(h, self.last)[:, :, 0].T
