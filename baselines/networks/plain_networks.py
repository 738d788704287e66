"""Networks of the literature: perceptron, convolutions over sites, a mean over shots."""

import torch
from torch import Tensor, nn

from baselines.inputs.pairs import Pairs

NEAREST = 8
"""Distances with weights of their own in `SharedPairs`; those beyond have the last one's."""


class Stack(nn.Module):
    """Layers of one width: h ← relu(layer(h)), or h ← h + relu(layer(h)) / depth if residual.

    Weights are drawn so that the mean square of h stays what it is in the plain form (He et al.,
    2015); divided by depth, it grows by less than (1 + 1/depth)^(2 depth) < e² in the residual one.
    """

    def __init__(self, layers: list[nn.Linear | nn.Conv1d], *, residual: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.residual = residual
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, h: Tensor) -> Tensor:
        """Same shape in and out."""
        step = 1.0 / max(1, len(self.layers))
        for layer in self.layers:
            change = torch.relu(layer(h))
            h = h + step * change if self.residual else change
        return h


class Perceptron(nn.Module):
    """Inputs → depth hidden layers → outputs, which begin at 0 if `silent`, that is at the base."""

    def __init__(
        self, inputs: int, outputs: int, *, width: int, depth: int, residual: bool, silent: bool
    ) -> None:
        super().__init__()
        self.entrance = Stack([nn.Linear(inputs, width)], residual=False)
        hidden: list[nn.Linear | nn.Conv1d] = [nn.Linear(width, width) for _ in range(depth - 1)]
        self.hidden = Stack(hidden, residual=residual)
        self.head = nn.Linear(width, outputs)
        if silent:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Float32 (B, inputs) → (B, outputs)."""
        outputs: Tensor = self.head(self.hidden(self.entrance(x)))
        return outputs


class Convolution(nn.Module):
    """Channels along the chain → depth convolutions over three sites each → `head`."""

    def __init__(
        self, channels: int, head: nn.Module, *, width: int, depth: int, residual: bool
    ) -> None:
        super().__init__()
        self.entrance = Stack([_three_sites(channels, width)], residual=False)
        hidden: list[nn.Linear | nn.Conv1d] = [_three_sites(width, width) for _ in range(depth - 1)]
        self.hidden = Stack(hidden, residual=residual)
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        """Float32 (B, channels, N) → (B, outputs)."""
        outputs: Tensor = self.head(self.hidden(self.entrance(x)).transpose(1, 2))
        return outputs


class ShotMean(nn.Module):
    """Convolutions over the sites of each shot, their mean over shots, convolutions, `head`.

    The mean forgets the order of shots; products of neighbouring outcomes are seen before it.
    """

    def __init__(self, head: nn.Module, *, width: int, depth: int) -> None:
        super().__init__()
        self.shot = nn.Sequential(_three_sites(3, width), nn.ReLU(), nn.Conv1d(width, width, 1))
        self.after = Convolution(width, head, width=width, depth=depth, residual=True)

    def forward(self, shots: Tensor) -> Tensor:
        """Float32 (B, M, 3, N), see `signed` → (B, outputs)."""
        rows, count = shots.shape[:2]
        seen = self.shot(shots.flatten(0, 1)).unflatten(0, (rows, count))
        outputs: Tensor = self.after(seen.mean(dim=1))
        return outputs


class OwnPairs(nn.Module):
    """Sites → pairs, each pair with weights of its own: w·(h_i, h_j, h_i h_j) + b."""

    sites: Tensor

    def __init__(self, pairs: Pairs, width: int) -> None:
        super().__init__()
        self.register_buffer("sites", torch.from_numpy(pairs.sites.T.copy()), persistent=False)
        self.weight = nn.Parameter(torch.zeros(3, len(pairs.sites), width))
        self.bias = nn.Parameter(torch.zeros(len(pairs.sites)))

    def forward(self, h: Tensor) -> Tensor:
        """Float32 (B, N, width) → (B, K)."""
        u, v = (h[:, i] for i in self.sites)
        one, other, both = self.weight
        out: Tensor = u * one + v * other + u * v * both
        return out.sum(dim=-1) + self.bias


class SharedPairs(nn.Module):
    """Sites → pairs, the weights a function of distance alone: a(d)·(h_i + h_j) + b(d)·h_i h_j."""

    sites: Tensor
    row: Tensor

    def __init__(self, pairs: Pairs, width: int) -> None:
        super().__init__()
        self.at(pairs)
        self.alone = nn.Parameter(torch.zeros(NEAREST, width))
        self.product = nn.Parameter(torch.zeros(NEAREST, width))

    def at(self, pairs: Pairs) -> None:
        """The pairs that are answered for; of another size, if need be."""
        row = torch.from_numpy(pairs.distance.clip(1, NEAREST) - 1)
        self.register_buffer("row", row, persistent=False)
        self.register_buffer("sites", torch.from_numpy(pairs.sites.T.copy()), persistent=False)

    def forward(self, h: Tensor) -> Tensor:
        """Float32 (B, N, width) → (B, K)."""
        u, v = (h[:, i] for i in self.sites)
        out = (u + v) * self.alone[self.row] + u * v * self.product[self.row]
        return out.sum(dim=-1)


class WholeChain(nn.Module):
    """Sites → outputs of the whole: the mean over sites, then one linear layer.

    They begin at 0 if `silent`, that is at the base.
    """

    def __init__(self, width: int, outputs: int, *, silent: bool) -> None:
        super().__init__()
        self.head = nn.Linear(width, outputs)
        if silent:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(self, h: Tensor) -> Tensor:
        """Float32 (B, N, width) → (B, outputs)."""
        outputs: Tensor = self.head(h.mean(dim=1))
        return outputs


def _three_sites(inputs: int, outputs: int) -> nn.Conv1d:
    return nn.Conv1d(inputs, outputs, 3, padding=1)
