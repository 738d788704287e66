"""Networks of the literature from the events of one shot to logits, one for each observable.

Of the five kinds that arXiv 2605.12046 compares, smaller: perceptron, convolutions over the volume
and over time; attention and messages are in `event_networks`. All read packed bits, and begin at
the base rate.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from baselines.decoders.layout import Layout


class Bits(nn.Module):
    """Packed events uint8 (B, ⌈D/8⌉) → float32 (B, D)."""

    places: Tensor

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.register_buffer("places", torch.arange(8, dtype=torch.uint8), persistent=False)

    def forward(self, packed: Tensor) -> Tensor:
        """Bit k is in byte k // 8, at place k % 8 from the lowest."""
        bits = (packed[:, :, None] >> self.places) & 1
        return bits.flatten(1)[:, : self.count].float()


class Head(nn.Linear):
    """Features → logits, which begin at those of the base rates, whatever the features are."""

    def __init__(self, width: int, logits: Tensor) -> None:
        super().__init__(width, len(logits))
        nn.init.zeros_(self.weight)
        with torch.no_grad():
            self.bias.copy_(logits)


class Dense(nn.Module):
    """Events, and further numbers where there are some → layers of one width with shortcuts."""

    def __init__(
        self, events: int, numbers: int, logits: Tensor, *, width: int, blocks: int
    ) -> None:
        super().__init__()
        self.bits = Bits(events)
        self.entrance = nn.Linear(events + numbers, width)
        layers = [nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(blocks)]
        self.layers = nn.ModuleList(layers)
        self.head = Head(width, logits)

    def forward(self, packed: Tensor, *numbers: Tensor) -> Tensor:
        """Packed events uint8 (B, ⌈D/8⌉) and float32 (B, F) → logits (B, K)."""
        h = torch.relu(self.entrance(torch.cat([self.bits(packed), *numbers], dim=1)))
        for layer in self.layers:
            h = h + layer(h)
        logits: Tensor = self.head(h)
        return logits


class Corrected(nn.Module):
    """Logarithm of the odds, times a number, and a change that the network learns; begins as given.

    The first of the numbers is the logarithm of the odds in some unit.
    """

    def __init__(self, events: int, numbers: int, *, width: int, blocks: int, unit: float) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(unit))
        self.change = Dense(events, numbers, torch.zeros(1), width=width, blocks=blocks)

    def forward(self, packed: Tensor, numbers: Tensor) -> Tensor:
        """Packed events uint8 (B, ⌈D/8⌉) and float32 (B, F) → logits (B, 1)."""
        logits: Tensor = self.scale * numbers[:, :1] + self.change(packed, numbers)
        return logits


class Volume(nn.Module):
    """Convolutions over rounds, columns and rows, the two kinds of checks as channels."""

    cell: Tensor

    def __init__(self, layout: Layout, logits: Tensor, *, width: int, blocks: int) -> None:
        super().__init__()
        self.shape = layout.shape
        self.bits = Bits(len(layout.t))
        self.register_buffer("cell", torch.from_numpy(layout.cell), persistent=False)
        channels = [self.shape[0]] + [width] * blocks
        self.layers = nn.ModuleList(nn.Conv3d(a, b, 3, padding=1) for a, b in pairwise(channels))
        inside = width * self.shape[1] * self.shape[2] * self.shape[3]
        self.after = nn.Linear(inside, 8 * width)
        self.head = Head(8 * width, logits)

    def forward(self, packed: Tensor) -> Tensor:
        """Packed events uint8 (B, ⌈D/8⌉) → logits (B, K)."""
        bits = self.bits(packed)
        cells = self.shape[0] * self.shape[1] * self.shape[2] * self.shape[3]
        h = bits.new_zeros(len(bits), cells)
        h[:, self.cell] = bits
        h = h.unflatten(1, self.shape)
        for depth, layer in enumerate(self.layers):
            change = torch.relu(layer(h))
            h = h + change if depth else change
        logits: Tensor = self.head(torch.relu(self.after(h.flatten(1))))
        return logits


class Temporal(nn.Module):
    """Convolutions over rounds, a channel for every check; each reaches twice as far."""

    place: Tensor

    def __init__(self, layout: Layout, logits: Tensor, *, width: int, blocks: int) -> None:
        super().__init__()
        checks, rounds = int(layout.column.max()) + 1, layout.shape[1]
        self.shape = checks, rounds
        self.bits = Bits(len(layout.t))
        place = torch.from_numpy(layout.column * rounds + layout.t)
        self.register_buffer("place", place, persistent=False)
        self.entrance = nn.Conv1d(checks, width, 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=2**k, dilation=2**k) for k in range(blocks)
        )
        self.after = nn.Linear(width * rounds, width)
        self.head = Head(width, logits)

    def forward(self, packed: Tensor) -> Tensor:
        """Packed events uint8 (B, ⌈D/8⌉) → logits (B, K)."""
        bits = self.bits(packed)
        h = bits.new_zeros(len(bits), self.shape[0] * self.shape[1])
        h[:, self.place] = bits
        h = torch.relu(self.entrance(h.unflatten(1, self.shape)))
        for layer in self.layers:
            h = h + torch.relu(layer(h))
        logits: Tensor = self.head(torch.relu(self.after(h.flatten(1))))
        return logits
