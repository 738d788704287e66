"""Networks over the events of a shot alone: attention between them, and messages."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from baselines.decoders.layout import Layout
from baselines.decoders.networks import Bits, Head


class Residual(nn.Module):
    """h ← h + W₂ relu(W₁ norm(h))."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, inner), nn.ReLU(), nn.Linear(inner, width)
        )

    def forward(self, h: Tensor) -> Tensor:
        """Same shape in and out."""
        out: Tensor = h + self.change(h)
        return out


class OfEvents(nn.Module):
    """Base of networks over the events of each shot: it has few, and a quiet detector says nothing.

    Shots of like numbers of events are taken together, so that little is padded.
    """

    GROUPS = 4  # as many as were fastest

    def __init__(self, detectors: int) -> None:
        super().__init__()
        self.bits = Bits(detectors)

    def forward(self, packed: Tensor) -> Tensor:
        """Packed events uint8 (B, ⌈D/8⌉) → logits (B, K)."""
        bits = self.bits(packed).bool()
        order = bits.sum(dim=1).argsort(stable=True)
        found = [self.answer(*_padded(bits[part])) for part in order.chunk(self.GROUPS)]
        return torch.cat(found)[order.argsort()]

    def answer(self, detectors: Tensor, there: Tensor) -> Tensor:
        """Logits (B, K) of events: detectors int64 (B, T), and which are there, bool (B, T)."""
        raise NotImplementedError


def _padded(bits: Tensor) -> tuple[Tensor, Tensor]:
    """Bits (B, D) → the detectors with an event, in order, int64 (B, T), and which are there."""
    count = bits.sum(dim=1)
    longest = max(1, int(count.max()))
    there = torch.arange(longest, device=bits.device) < count[:, None]
    detectors = torch.zeros(there.shape, dtype=torch.int64, device=bits.device)
    detectors[there] = bits.nonzero()[:, 1]
    return detectors, there


class Attention(OfEvents):
    """Self-attention over events and one token for the whole shot, which answers in the end."""

    def __init__(
        self, layout: Layout, logits: Tensor, *, width: int, blocks: int, heads: int
    ) -> None:
        super().__init__(len(layout.t))
        self.heads = heads
        self.place = nn.Embedding(len(layout.t), width)
        self.whole = nn.Parameter(torch.randn(width))
        self.mix = nn.ModuleList(nn.Linear(width, 3 * width) for _ in range(blocks))
        self.out = nn.ModuleList(nn.Linear(width, width) for _ in range(blocks))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(blocks))
        self.own = nn.ModuleList(Residual(width, 2 * width) for _ in range(blocks))
        self.last = nn.LayerNorm(width)
        self.head = Head(width, logits)

    def answer(self, detectors: Tensor, there: Tensor) -> Tensor:
        """See `OfEvents.answer`."""
        whole = self.whole.expand(len(detectors), 1, -1)
        h = torch.cat([whole, self.place(detectors)], dim=1)
        seen = functional.pad(there, (1, 0), value=True)[:, None, None]
        for mix, out, norm, own in zip(self.mix, self.out, self.norms, self.own, strict=True):
            q, k, v = mix(norm(h)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
            found = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
            h = own(h + out(found.transpose(1, 2).flatten(2)))
        logits: Tensor = self.head(self.last(h[:, 0]))
        return logits


class Messages(OfEvents):
    """A graph of the events, near ones more tightly bound; the mean over events answers.

    Layers h_i ← relu(A h_i + B Σ_j e_ij h_j) with e_ij = 1/distance², as in arXiv 2307.01241.
    """

    nearness: Tensor
    features: Tensor

    def __init__(self, layout: Layout, logits: Tensor, *, width: int, blocks: int) -> None:
        super().__init__(len(layout.t))
        near, features = torch.from_numpy(layout.nearness), torch.from_numpy(layout.features)
        self.register_buffer("nearness", near, persistent=False)
        self.register_buffer("features", features, persistent=False)
        sizes = [4] + [width] * blocks
        pairs = list(pairwise(sizes))
        self.own = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.near = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in pairs)
        self.after = nn.Sequential(nn.Linear(2 * width + 1, width), nn.ReLU())
        self.head = Head(width, logits)

    def answer(self, detectors: Tensor, there: Tensor) -> Tensor:
        """See `OfEvents.answer`."""
        real = there[:, :, None].float()
        bonds = self.nearness[detectors[:, :, None], detectors[:, None, :]]
        bonds = bonds * real * real.transpose(1, 2)
        h = self.features[detectors] * real
        for own, near in zip(self.own, self.near, strict=True):
            change = torch.relu(own(h) + near(bonds @ h)) * real
            h = h + change if h.shape == change.shape else change
        count = real.sum(dim=1)
        mean = h.sum(dim=1) / count.clamp(min=1.0)
        most = h.max(dim=1).values
        logits: Tensor = self.head(self.after(torch.cat([mean, most, count / 8.0], dim=1)))
        return logits
